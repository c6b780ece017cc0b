import { describe, expect, it } from 'vitest';
import { addInput, draftOf, NEW_PROVIDER, updateInput } from '../../src/console/providers/provider-draft';

type Row = Parameters<typeof draftOf>[0];

const row = (config: Row['config']): Row => ({
	id: 'r1',
	provider: 'azure-openai',
	name: 'west',
	keyLast4: 'abcd',
	baseUrl: 'https://west.example.com',
	config,
	isActive: true,
	isDefault: false,
	source: 'organization',
	version: 4,
	refusedAt: null,
	refusedStatus: null,
	createdAt: 1,
	updatedAt: 2,
});

describe('a provider key in its form', () => {
	it('sends the figures of its pool as numbers and everything else as text', () => {
		const config = {
			weight: '0.5',
			residency: ' eu ',
			requestsPerMinute: '600',
			tokensPerMinute: '',
			project: '2024',
			deployments: 'gpt-4.1 = own=name',
		};
		expect(addInput({ ...NEW_PROVIDER, provider: 'openai', config }).config).toEqual({
			weight: 0.5,
			residency: 'eu',
			requestsPerMinute: 600,
			project: '2024',
			deployments: { 'gpt-4.1': 'own=name' },
		});
	});

	it('changes nothing of a row that is only opened', () => {
		const stored = row({ weight: 2, residency: 'eu', requestsPerMinute: 60, deployments: { a: 'b' } });
		expect(updateInput(stored, draftOf(stored))).toEqual({ id: 'r1', version: 4 });
	});

	it('sends the whole of the settings where one of them is emptied', () => {
		const stored = row({ weight: 2, residency: 'eu' });
		const draft = draftOf(stored);
		expect(updateInput(stored, { ...draft, config: { ...draft.config, weight: '' } })).toEqual({
			id: 'r1',
			version: 4,
			config: { residency: 'eu' },
		});
	});
});

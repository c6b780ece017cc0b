import { describe, expect, it } from 'vitest';
import { configurationRows } from '../../src/config/rows';
import { agentRow, globalRow, modelRow, preferences, providerRow, rowsOf, SEEDED } from './fixtures';

const prompt = { source: { system: 'Hi {{a}}', variables: { a: { type: 'string' as const } } }, hash: 'h', version: 1 };
const full = rowsOf({
	providers: [providerRow()],
	models: [modelRow({ prices: { input: '1', output: '2' }, limits: { maxOutput: 5 } })],
	agent: agentRow({ preferences: preferences({ prompt }) }),
});

describe('rows kept in KV', () => {
	it('come back as they were written', () => {
		expect(configurationRows.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
	});

	it('lose each setting out of range, and keep the others', () => {
		const wrong = {
			temperature: 9,
			topP: -1,
			topK: 0,
			maxTokens: 0.5,
			presencePenalty: 3,
			frequencyPenalty: '1',
			seed: 0.5,
			stop: 'END',
			reasoning: { effort: 'frantic' },
			timeoutMs: 600_001,
		};
		const right = {
			temperature: 2,
			topP: 1,
			topK: 1,
			maxTokens: 1,
			presencePenalty: -2,
			frequencyPenalty: 2,
			seed: -5,
			stop: ['END'],
			reasoning: { effort: 'low', budgetTokens: 0 },
			timeoutMs: 600_000,
		};
		const settingsOf = (settings: object) =>
			JSON.parse(
				JSON.stringify(configurationRows.parse({ ...full, globals: [{ ...SEEDED, settings }] }).globals[0]?.settings),
			);
		expect(settingsOf(wrong)).toEqual({});
		expect(settingsOf(right)).toEqual(right);
		for (const name of Object.keys(right))
			expect(settingsOf({ ...right, [name]: wrong[name as keyof typeof wrong] })).toEqual({
				...right,
				[name]: undefined,
			});
	});

	it('are not read where an older release wrote them', () => {
		const { globals: _globals, models: _models, ...others } = full;
		const older = {
			...others,
			global: { provider: null, model: null, settings: {} },
			agent: agentRow({ preferences: { ...preferences(), systemPrompt: 'Hi' } as never }),
		};
		expect(configurationRows.safeParse(older).success).toBe(false);
	});

	it.each([
		['no organization', { ...full, organization: undefined }],
		['a version that is no integer', { ...full, organization: { ...full.organization, version: '3' } }],
		['a plan nobody sells', { ...full, organization: { ...full.organization, plan: 'gold' } }],
		['money that is no number', { ...full, organization: { ...full.organization, budgetDayNanoUsd: '1e9' } }],
		['a provider row without an id', { ...full, providers: [{ ...providerRow(), id: null }] }],
		['a price that is no number', { ...full, globals: [globalRow({ inputPricePico: '0.5' })] }],
		['an own price that is negative', { ...full, models: [modelRow({ prices: { input: '-1', output: '1' } })] }],
		['another shape', { v: 0 }],
		['a list', []],
		['nothing', null],
	])('are not read where they hold %s', (_, value) => {
		expect(configurationRows.safeParse(value).success).toBe(false);
	});
});

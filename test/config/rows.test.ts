import { describe, expect, it } from 'vitest';
import { configurationRows } from '../../src/config/rows';
import { agentRow, preferences, providerRow, rowsOf } from './fixtures';

const full = rowsOf({ providers: [providerRow()], agent: agentRow({ preferences: preferences() }) });

describe('rows kept in KV', () => {
	it('come back as they were written', () => {
		expect(configurationRows.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
	});

	it('lose a setting out of range, and keep the others', () => {
		const settings = { temperature: 9, maxTokens: 0.5, topP: 0.3, timeoutMs: 'soon' };
		const global = { provider: null, model: null, settings };
		const parsed = configurationRows.parse({ ...full, global });
		expect(JSON.parse(JSON.stringify(parsed.global?.settings))).toEqual({ topP: 0.3 });
	});

	it.each([
		['no organization', { ...full, organization: undefined }],
		['a version that is no integer', { ...full, organization: { ...full.organization, version: '3' } }],
		['a plan nobody sells', { ...full, organization: { ...full.organization, plan: 'gold' } }],
		['money that is no number', { ...full, organization: { ...full.organization, budgetDayNanoUsd: '1e9' } }],
		['a provider row without an id', { ...full, providers: [{ ...providerRow(), id: null }] }],
		['an older shape', { v: 0 }],
		['a list', []],
		['nothing', null],
	])('are not read where they hold %s', (_, value) => {
		expect(configurationRows.safeParse(value).success).toBe(false);
	});
});

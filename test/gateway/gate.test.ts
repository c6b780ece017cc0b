import { describe, expect, it } from 'vitest';
import { gateOf } from '../../src/gateway/gate';
import type { Place } from '../../src/health/contract';
import { findProvider } from '../../src/providers';
import { healthSet, keyUse, PLACE } from '../support/health';
import { rowOf } from './snapshots';

const MARK = 'row-a.1';
const OTHER: Place = { ...PLACE, modelClass: 'other' };

function gates() {
	const all = healthSet();
	const provider = findProvider('openai');
	if (!provider) throw new Error('there is no openai');
	const gate = (place: Place = PLACE, organizationId = 'a', forced = false) =>
		gateOf({ provider, credential: rowOf('row-a', { mark: MARK }), place }, forced, 1_000, {
			health: all.here.request(organizationId),
			time: all.time,
		});
	return { ...all, gate };
}

describe('a key and a model', () => {
	it('that was limited leave the same key with another model alone, and the limit ends in time', async () => {
		const { call, gate, time } = gates();
		call('neutral', { key: keyUse({ word: 'limited', until: time.now() + 20_000 }) });
		expect(gate()).toEqual({ gate: 'held', reason: 'its key is limited by the provider' });
		expect(gate(OTHER).gate).toBe('closed');
		expect(gate(PLACE, 'a', true).gate).toBe('closed');
		await time.advance(20_000);
		expect(gate().gate).toBe('closed');
	});

	it('whose stated tokens are used up leave the same key with another model alone', () => {
		const { call, gate, time } = gates();
		const rates = { requests: null, tokens: { limit: 10_000, remaining: 999, resetAt: time.now() + 9_000 } };
		call('success', { key: keyUse({ rates }) });
		expect(gate().gate).toBe('near');
		expect(gate(OTHER).gate).toBe('closed');
	});

	it('that was refused is held back with all models, for the organization that it was refused for', () => {
		const { call, gate } = gates();
		call('neutral', { key: keyUse({ word: 'refused', status: 401 }) });
		expect([gate(), gate(OTHER)].map(({ gate }) => gate)).toEqual(['held', 'held']);
		expect(gate(PLACE, 'b').gate).toBe('closed');
	});
});

it('is shut for the organization alone whose failures opened the breaker', () => {
	const { call, gate } = gates();
	for (let n = 0; n < 5; n++) call('failure');
	expect([gate(), gate(OTHER), gate(PLACE, 'b')].map(({ gate }) => gate)).toEqual(['shut', 'closed', 'closed']);
});

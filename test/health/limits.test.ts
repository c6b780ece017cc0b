import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allowance, KeyUse } from '../../src/health/contract';
import { isNotable, leftOf, limitsAt, newLimit, noteLimit } from '../../src/health/limits';
import { keyUse } from '../support/health';

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

function aLimit() {
	const limit = newLimit('m');
	return {
		note: (fields: Partial<KeyUse>, now = START) => noteLimit(limit, keyUse(fields), now),
		standing: (now = START) => limitsAt(limit, now),
	};
}

const allowance = (fields: Partial<Allowance> = {}): Allowance => ({
	limit: 100,
	remaining: 50,
	resetAt: START + 60_000,
	...fields,
});

describe('a limited key', () => {
	it('is left alone until the time it was told, at most a day', () => {
		const { note, standing } = aLimit();
		note({ word: 'limited', until: START + 30_000 });
		expect(standing().limitedUntil).toBe(START + 30_000);
		note({ word: 'limited', until: START + 5_000 });
		expect(standing().limitedUntil).toBe(START + 30_000);
		note({ word: 'limited', until: START + 365 * DAY });
		expect(standing().limitedUntil).toBe(START + DAY);
	});

	it('is free at once where that time is past', () => {
		const { note, standing } = aLimit();
		note({ word: 'limited', until: START - 1 });
		expect(standing().limitedUntil).toBeNull();
	});

	it('is left alone for a second where nothing is said, and twice as long each time, up to a minute', () => {
		const { note, standing } = aLimit();
		const waits: number[] = [];
		let now = START;
		for (let n = 0; n < 8; n++) {
			note({ word: 'limited' }, now);
			note({ word: 'limited' }, now);
			const until = standing(now).limitedUntil ?? now;
			waits.push((until - now) / 1000);
			now = until;
		}
		expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
		note({ word: 'good' }, now);
		note({ word: 'limited' }, now);
		expect(standing(now).limitedUntil).toBe(now + 1_000);
	});

	it('is free as soon as it answers', () => {
		const { note, standing } = aLimit();
		note({ word: 'limited', until: START + 30_000 });
		note({ word: 'silent' });
		note({ word: 'refused' });
		expect(standing().limitedUntil).toBe(START + 30_000);
		note({ word: 'good' });
		expect(standing().limitedUntil).toBeNull();
	});

	it('is never left alone for more than a day, whatever it was told', () => {
		const word = fc.constantFrom<KeyUse['word']>('good', 'refused', 'limited', 'silent');
		const step = fc.record({ wait: fc.nat(700_000), word, until: fc.option(fc.double(), { nil: null }) });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
				const { note, standing } = aLimit();
				let now = START;
				for (const { wait, word, until } of steps) {
					now += wait;
					note({ word, until: until === null ? null : now + until }, now);
					const { limitedUntil } = standing(now);
					if (word === 'good') expect(limitedUntil).toBeNull();
					expect((limitedUntil ?? now) - now).toBeLessThanOrEqual(DAY);
				}
			}),
			{ numRuns: 200 },
		);
	});
});

describe('stated rates', () => {
	it('are those stated last, and say nothing once their time has come', () => {
		const { note, standing } = aLimit();
		note({ rates: { requests: allowance(), tokens: allowance({ resetAt: START + 1_000 }) } });
		note({ rates: null });
		expect(standing().rates).toEqual({ requests: allowance(), tokens: allowance({ resetAt: START + 1_000 }) });
		expect(standing(START + 1_000).rates).toEqual({ requests: allowance(), tokens: null });
		expect(standing(START + 60_000).rates).toBeNull();
	});

	it('are bounded: a day ahead, and no number that is none', () => {
		const { note, standing } = aLimit();
		note({
			rates: {
				requests: allowance({ limit: Number.NaN, remaining: -5, resetAt: START + 400 * DAY }),
				tokens: allowance({ remaining: Number.NaN }),
			},
		});
		expect(standing().rates).toEqual({ requests: { limit: null, remaining: 0, resetAt: START + DAY }, tokens: null });
		note({ rates: { requests: allowance({ resetAt: Number.NaN }), tokens: null } });
		expect(standing().rates).toBeNull();
	});

	it('are worth telling where less than a fifth is left of one', () => {
		const told = (fields: Partial<Allowance>): boolean => {
			const { note, standing } = aLimit();
			note({ rates: { requests: allowance({ remaining: 100 }), tokens: allowance(fields) } });
			return isNotable(standing());
		};
		expect(told({ remaining: 20 })).toBe(false);
		expect(told({ remaining: 19 })).toBe(true);
		expect(told({ limit: null, remaining: 1 })).toBe(false);
		expect(told({ limit: null, remaining: 0 })).toBe(true);
	});

	it('have as much left as the scarcest', () => {
		expect(leftOf(null)).toBe(1);
		expect(leftOf({ requests: allowance(), tokens: allowance({ remaining: 10 }) })).toBe(0.1);
	});
});

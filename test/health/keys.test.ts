import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allowance, KeyUse } from '../../src/health/contract';
import { isNotable, keyHeard, newKey, note, standingOf } from '../../src/health/keys';
import { keyUse } from '../support/health';

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

function aKey() {
	const key = newKey('row-a.1');
	return {
		key,
		note: (fields: Partial<KeyUse>, now = START) => note(key, keyUse(fields), now),
		standing: (now = START) => standingOf(key, now),
	};
}

const allowance = (fields: Partial<Allowance> = {}): Allowance => ({
	limit: 100,
	remaining: 50,
	resetAt: START + 60_000,
	...fields,
});

describe('a refused key', () => {
	it('is left alone for a minute, and twice as long with each refusal after that, up to ten minutes', () => {
		const { note, standing } = aKey();
		const waits: number[] = [];
		let now = START;
		for (let n = 0; n < 6; n++) {
			note({ word: 'refused', status: 401 }, now);
			const until = standing(now).refusedUntil ?? now;
			waits.push((until - now) / 1000);
			expect(standing(until - 1).refusedUntil).toBe(until);
			expect(standing(until).refusedUntil).toBeNull();
			now = until;
		}
		expect(waits).toEqual([60, 120, 240, 480, 600, 600]);
	});

	it('is refused once, however many calls were under way with it', () => {
		const { note, standing } = aKey();
		for (let n = 0; n < 50; n++) note({ word: 'refused' }, START + n);
		expect(standing(START + 50).refusedUntil).toBe(START + 60_000);
	});

	it('is as good as any as soon as it answers, and starts again from a minute', () => {
		const { note, standing } = aKey();
		note({ word: 'refused' });
		note({ word: 'refused' }, START + 60_000);
		note({ word: 'good' }, START + 61_000);
		expect(standing(START + 61_000).refusedUntil).toBeNull();
		note({ word: 'refused' }, START + 62_000);
		expect(standing(START + 62_000).refusedUntil).toBe(START + 122_000);
	});

	it('is left alone only once two were refused where it is good for several organizations', () => {
		const { note, standing } = aKey();
		note({ word: 'good', organizationId: 'b' });
		for (let n = 0; n < 50; n++) {
			note({ word: 'refused', organizationId: 'a' });
			expect(standing().refusedUntil).toBeNull();
		}
		note({ word: 'refused', organizationId: 'b' });
		expect(standing().refusedUntil).toBe(START + 60_000);
	});

	it("is nobody else's any more ten minutes after it was good for them", () => {
		const { note, standing } = aKey();
		note({ word: 'good', organizationId: 'b' });
		note({ word: 'refused', organizationId: 'a' }, START + 600_000);
		expect(standing(START + 600_000).refusedUntil).toBe(START + 660_000);
	});
});

describe('a limited key', () => {
	it('is left alone until the time it was told, at most a day', () => {
		const { note, standing } = aKey();
		note({ word: 'limited', until: START + 30_000 });
		expect(standing().limitedUntil).toBe(START + 30_000);
		note({ word: 'limited', until: START + 5_000 });
		expect(standing().limitedUntil).toBe(START + 30_000);
		note({ word: 'limited', until: START + 365 * DAY });
		expect(standing().limitedUntil).toBe(START + DAY);
	});

	it('is free at once where that time is past', () => {
		const { note, standing } = aKey();
		note({ word: 'limited', until: START - 1 });
		expect(standing().limitedUntil).toBeNull();
	});

	it('is left alone for a second where nothing is said, and twice as long each time, up to a minute', () => {
		const { note, standing } = aKey();
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
		const { note, standing } = aKey();
		note({ word: 'limited', until: START + 30_000 });
		note({ word: 'silent' });
		expect(standing().limitedUntil).toBe(START + 30_000);
		note({ word: 'good' });
		expect(standing().limitedUntil).toBeNull();
	});
});

describe('stated rates', () => {
	it('are those stated last, and say nothing once their time has come', () => {
		const { note, standing } = aKey();
		note({ rates: { requests: allowance(), tokens: allowance({ resetAt: START + 1_000 }) } });
		note({ rates: null });
		expect(standing().rates).toEqual({ requests: allowance(), tokens: allowance({ resetAt: START + 1_000 }) });
		expect(standing(START + 1_000).rates).toEqual({ requests: allowance(), tokens: null });
		expect(standing(START + 60_000).rates).toBeNull();
	});

	it('are bounded: a day ahead, and no number that is none', () => {
		const { note, standing } = aKey();
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

	it('are worth telling where less than a fifth is left', () => {
		const told = (fields: Partial<Allowance>): boolean => {
			const { note, standing } = aKey();
			note({ rates: { requests: null, tokens: allowance(fields) } });
			return isNotable(standing());
		};
		expect(told({ remaining: 20 })).toBe(false);
		expect(told({ remaining: 19 })).toBe(true);
		expect(told({ limit: null, remaining: 1 })).toBe(false);
		expect(told({ limit: null, remaining: 0 })).toBe(true);
	});
});

describe('use', () => {
	it('is counted over a minute, whatever came of the calls', () => {
		const { note, standing } = aKey();
		note({ word: 'silent', tokens: 100 });
		note({ word: 'limited', tokens: 0 });
		note({ tokens: 30 }, START + 30_000);
		expect(standing(START + 30_000)).toMatchObject({ requestsMinute: 3, tokensMinute: 130 });
		expect(standing(START + 59_999)).toMatchObject({ requestsMinute: 3, tokensMinute: 130 });
		expect(standing(START + 60_000)).toMatchObject({ requestsMinute: 1, tokensMinute: 30 });
		expect(standing(START + 90_000)).toMatchObject({ requestsMinute: 0, tokensMinute: 0 });
	});

	it('takes no number of tokens that is none', () => {
		const { note, standing } = aKey();
		for (const tokens of [Number.NaN, -7, Number.POSITIVE_INFINITY]) note({ tokens });
		expect(standing().tokensMinute).toBe(Number.MAX_SAFE_INTEGER);
	});
});

it('remembers a bounded number of keys: the one used longest ago goes', () => {
	const keys: Parameters<typeof keyHeard>[0] = new Map();
	for (let n = 0; n < 256; n++) note(keyHeard(keys, `k${n}`, START + n), keyUse(), START);
	keyHeard(keys, 'k0', START + 300);
	keyHeard(keys, 'new', START + 301);
	const names = [...keys.keys()];
	expect(names).toHaveLength(256);
	expect(names).toContain('k0');
	expect(names).not.toContain('k1');
	expect(names).toContain('new');
});

it('never leaves a key alone for more than a day, whatever it was told', () => {
	const word = fc.constantFrom<KeyUse['word']>('good', 'refused', 'limited', 'silent');
	const step = fc.record({ wait: fc.nat(700_000), word, until: fc.option(fc.double(), { nil: null }) });
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
			const { note, standing } = aKey();
			let now = START;
			for (const { wait, word, until } of steps) {
				now += wait;
				note({ word, until: until === null ? null : now + until }, now);
				const { refusedUntil, limitedUntil } = standing(now);
				if (word === 'good') expect([refusedUntil, limitedUntil]).toEqual([null, null]);
				if (word === 'refused') expect(refusedUntil).toBeGreaterThan(now);
				expect((refusedUntil ?? now) - now).toBeLessThanOrEqual(600_000);
				expect((limitedUntil ?? now) - now).toBeLessThanOrEqual(DAY);
			}
		}),
		{ numRuns: 200 },
	);
});

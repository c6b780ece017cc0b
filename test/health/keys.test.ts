import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyUse } from '../../src/health/contract';
import { absorbKey, type KeyMemory, keyAtWorst, keySnapshot, newKey, noteKey } from '../../src/health/keys';
import { WHOLE_ENDPOINT } from '../../src/health/place';
import { keyUse } from '../support/health';

const START = Date.UTC(2026, 0, 1);

function aKey() {
	const key = newKey('row-a.1');
	return {
		key,
		note: (fields: Partial<KeyUse>, now = START) => noteKey(key, keyUse(fields), now),
		standing: (now = START) => keyAtWorst(key, now),
	};
}

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
	const keys = new Map<string, KeyMemory>();
	const use = (mark: string, now: number) => absorbKey(keys, 'm', keyUse({ mark }), now);
	for (let n = 0; n < 256; n++) use(`k${n}`, START + n);
	use('k0', START + 300);
	use('new', START + 301);
	const names = [...keys.keys()];
	expect(names).toHaveLength(256);
	expect(names).toContain('k0');
	expect(names).not.toContain('k1');
	expect(names).toContain('new');
});

it('is left alone for ten minutes at most, and not at all once it was good', () => {
	const word = fc.constantFrom<KeyUse['word']>('good', 'refused', 'limited', 'silent');
	const step = fc.record({ wait: fc.nat(700_000), word });
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
			const { note, standing } = aKey();
			let now = START;
			for (const { wait, word } of steps) {
				now += wait;
				note({ word }, now);
				const { refusedUntil } = standing(now);
				if (word === 'good') expect(refusedUntil).toBeNull();
				if (word === 'refused') expect(refusedUntil).toBeGreaterThan(now);
				expect((refusedUntil ?? now) - now).toBeLessThanOrEqual(600_000);
			}
		}),
		{ numRuns: 200 },
	);
});

describe('limits of a key', () => {
	const rates = (remaining: number): KeyUse['rates'] => ({
		requests: { limit: 100, remaining, resetAt: START + 60_000 },
		tokens: null,
	});

	function classes() {
		const keys = new Map<string, KeyMemory>();
		const use = (modelClass: string, fields: Partial<KeyUse>, now = START) =>
			absorbKey(keys, modelClass, keyUse(fields), now);
		const key = use('m', { word: 'silent' });
		return { use, key, told: (all = true) => keySnapshot(key, all, START).limits };
	}

	it('are those of one class of models, which no other answers for', () => {
		const { use, told } = classes();
		use('m', { word: 'limited', until: START + 9_000 });
		use('other', { rates: rates(40) });
		use('third', { word: 'good' });
		expect(told()).toEqual({
			m: { limitedUntil: START + 9_000, rates: null },
			other: { limitedUntil: null, rates: rates(40) },
		});
		expect(Object.keys(told(false))).toEqual(['m']);
		use('m', { word: 'good' });
		expect(Object.keys(told())).toEqual(['other']);
	});

	it('end with a good answer that is about the key alone', () => {
		const { use, told } = classes();
		use('m', { word: 'limited', until: START + 9_000 });
		use(WHOLE_ENDPOINT, { word: 'good' });
		expect(told()).toEqual({});
	});

	it('are of 16 classes at most, of which those that hold go last', () => {
		const { use, key } = classes();
		use('held', { word: 'limited', until: START + 60_000 });
		for (let n = 0; n < 40; n++) use(`m${n}`, { rates: rates(50) }, START + n);
		expect(key.limits.size).toBe(16);
		expect(key.limits.has('held')).toBe(true);
		expect(key.limits.has('m24')).toBe(false);
		expect(key.limits.has('m25')).toBe(true);
	});

	it('are shown by the worst: the one that holds for longest, else the one of which least is left', () => {
		const { use, key } = classes();
		expect(keyAtWorst(key, START)).not.toHaveProperty('modelClass');
		use('half', { rates: rates(50) });
		use('little', { rates: rates(5) });
		use('much', { rates: rates(90) });
		expect(keyAtWorst(key, START)).toMatchObject({ modelClass: 'little', limitedUntil: null, rates: rates(5) });
		use('soon', { word: 'limited', until: START + 1_000 });
		use('late', { word: 'limited', until: START + 9_000 });
		use('sooner', { word: 'limited', until: START + 500 });
		const limited = { modelClass: 'late', limitedUntil: START + 9_000, rates: null, requestsMinute: 7 };
		expect(keyAtWorst(key, START)).toMatchObject(limited);
		expect(keyAtWorst(key, START + 9_000)).toMatchObject({ modelClass: 'little', limitedUntil: null });
	});
});

it('names the organization that alone was refused, and nobody once there were two', () => {
	const { key, note } = aKey();
	const by = () => keySnapshot(key, true, START).refusedBy;
	expect(by()).toBeNull();
	note({ word: 'refused', organizationId: 'a' });
	note({ word: 'refused', organizationId: 'a' });
	expect(by()).toBe('a');
	note({ word: 'refused', organizationId: 'b' });
	note({ word: 'refused', organizationId: 'a' });
	expect(keySnapshot(key, true, START)).toMatchObject({ refusedUntil: START + 60_000, refusedBy: null });
	note({ word: 'good', organizationId: 'b' });
	note({ word: 'refused', organizationId: 'b' }, START + 600_000);
	expect(keySnapshot(key, true, START + 600_000).refusedBy).toBe('b');
});

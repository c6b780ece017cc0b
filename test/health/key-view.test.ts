import { describe, expect, it } from 'vitest';
import type { KeyUse, Place } from '../../src/health/contract';
import { healthSet, isolate, keyUse, PLACE } from '../support/health';

const MARK = 'row-a.1';

function set() {
	const all = healthSet();
	const { time, object, here } = all;
	const other = isolate(time, object);
	const standing = (at = here, mark = MARK) => at.request().standing(PLACE, mark);
	/** Both isolates have the object's word of now. */
	async function fresh(): Promise<void> {
		await time.advance(1_100);
		for (const each of [here, other]) each.admits();
		await time.advance(10);
	}
	return { ...all, other, standing, fresh };
}

it('knows nothing of a key that nobody used', () => {
	const { standing, here } = set();
	expect(standing()).toBeNull();
	here.record({ key: keyUse() });
	expect(standing(here, 'another')).toBeNull();
	expect(standing(here, 'constructor')).toBeNull();
});

describe('a key that was refused', () => {
	it('is held back on the next request of the same isolate, before the object has heard of it', () => {
		const { here, standing, time, object } = set();
		here.record({ result: 'neutral', key: keyUse({ word: 'refused', status: 401 }) });
		expect(standing()?.refusedUntil).toBe(time.now() + 60_000);
		expect(object.reports).toHaveLength(0);
	});

	it('is held back in all isolates soon after, while they look', async () => {
		const { here, other, standing, time } = set();
		here.record({ result: 'neutral', key: keyUse({ word: 'refused' }) });
		await time.advance(60);
		other.admits();
		await time.advance(10);
		expect(standing(other)?.refusedUntil).toBe(standing()?.refusedUntil);
		expect(standing(other)?.refusedUntil).toBeGreaterThan(time.now() + 59_000);
	});

	it('is free again everywhere once it was good anywhere', async () => {
		const { here, other, standing, time, fresh } = set();
		here.record({ result: 'neutral', key: keyUse({ word: 'refused' }) });
		await fresh();
		other.record({ key: keyUse() });
		expect(standing(other)?.refusedUntil).toBeNull();
		expect(standing()?.refusedUntil).not.toBeNull();
		await time.advance(60);
		expect(standing(other)?.refusedUntil).toBeNull();
		await fresh();
		expect(standing()?.refusedUntil).toBeNull();
	});

	it('stays free where an older word of the object comes after its good answer', async () => {
		const { here, other, standing, time, fresh } = set();
		other.record({ result: 'neutral', key: keyUse({ word: 'refused' }) });
		await fresh();
		await time.advance(1_100);
		here.admits();
		here.record({ key: keyUse() });
		await time.advance(10);
		expect(standing()?.refusedUntil).toBeNull();
		await time.advance(60);
		expect(standing()?.refusedUntil).toBeNull();
	});

	it('stays held back where an older word of the object comes after its refusal', async () => {
		const { here, standing, time } = set();
		here.admits();
		here.record({ result: 'neutral', key: keyUse({ word: 'refused' }) });
		await time.advance(10);
		expect(standing()?.refusedUntil).not.toBeNull();
	});

	it('is known by the object even to an isolate that meets it by a call that says nothing', async () => {
		const { here, other, standing, fresh } = set();
		here.record({ result: 'neutral', key: keyUse({ word: 'refused' }) });
		await fresh();
		other.record({ result: 'neutral', key: keyUse({ word: 'silent' }) });
		expect(standing(other)?.refusedUntil).not.toBeNull();
	});

	it('is held back by what the isolate saw itself where the object can not be reached', async () => {
		const { here, object, standing, time } = set();
		object.mode = 'down';
		here.record({ result: 'neutral', key: keyUse({ word: 'refused' }) });
		await time.advance(2_000);
		expect(standing()?.refusedUntil).not.toBeNull();
		await time.advance(58_000);
		expect(standing()?.refusedUntil).toBeNull();
	});
});

describe('limits', () => {
	it('are reported within 60 ms, and so is their end', async () => {
		const { here, object, time, call } = set();
		call('success');
		await time.advance(100);
		here.record({ result: 'neutral', key: keyUse({ word: 'limited', until: time.now() + 30_000 }) });
		await time.advance(60);
		expect(object.snapshot().keys[MARK]?.limits.m?.limitedUntil).toBe(time.now() + 30_000 - 60);
		here.record({ key: keyUse() });
		await time.advance(60);
		expect(object.snapshot().keys[MARK]?.limits).toEqual({});
	});

	it('are those stated last, by whichever isolate heard them', async () => {
		const { here, other, standing, time, fresh } = set();
		const rates = (remaining: number) => ({
			requests: { limit: 100, remaining, resetAt: time.now() + 60_000 },
			tokens: null,
		});
		here.record({ key: keyUse({ rates: rates(50) }) });
		await fresh();
		other.record({ key: keyUse({ rates: rates(40) }) });
		expect(standing(other)?.rates?.requests?.remaining).toBe(40);
		await fresh();
		await fresh();
		expect(standing()?.rates?.requests?.remaining).toBe(40);
	});
});

describe('use', () => {
	it('adds what is not reported yet to what all isolates reported', async () => {
		const { here, other, standing, time, fresh } = set();
		for (let n = 0; n < 10; n++) other.record({ key: keyUse() });
		for (let n = 0; n < 3; n++) here.record({ key: keyUse() });
		expect(standing()).toMatchObject({ requestsMinute: 3, tokensMinute: 30 });
		await fresh();
		expect(standing()).toMatchObject({ requestsMinute: 13, tokensMinute: 130 });
		for (let n = 0; n < 5; n++) here.record({ key: keyUse() });
		expect(standing()).toMatchObject({ requestsMinute: 18, tokensMinute: 180 });
		await time.advance(70_000);
		expect(standing()).toMatchObject({ requestsMinute: 0, tokensMinute: 0 });
		expect(standing(other)).toMatchObject({ requestsMinute: 0, tokensMinute: 0 });
	});
});

describe('limits of one class of models', () => {
	const OTHER = { ...PLACE, modelClass: 'other' };
	const limited = (until: number, fields: Partial<KeyUse> = {}) => keyUse({ word: 'limited', until, ...fields });
	const rates = (remaining: number, resetAt: number): KeyUse['rates'] => ({
		requests: { limit: 100, remaining, resetAt },
		tokens: null,
	});

	it('hold that class alone back, in all isolates, while a refusal holds back all', async () => {
		const { here, other, time, fresh } = set();
		const until = time.now() + 30_000;
		here.record({ result: 'neutral', key: limited(until, { rates: rates(0, until) }) });
		const of = (at: typeof here, place: Place) => at.request().standing(place, MARK);
		expect(of(here, PLACE)).toMatchObject({ limitedUntil: until, rates: rates(0, until) });
		expect(of(here, OTHER)).toMatchObject({ limitedUntil: null, rates: null, requestsMinute: 1 });
		await fresh();
		expect(of(other, PLACE)).toMatchObject({ limitedUntil: until, rates: rates(0, until) });
		expect(of(other, OTHER)).toMatchObject({ limitedUntil: null, rates: null, requestsMinute: 1 });
		here.record({ result: 'neutral', modelClass: 'other', key: keyUse({ word: 'refused' }) });
		expect(of(here, PLACE)?.refusedUntil).not.toBeNull();
		await fresh();
		expect(of(other, PLACE)?.refusedUntil).not.toBeNull();
	});

	it('are not ended by another class that answers', async () => {
		const { here, standing, time, fresh } = set();
		const until = time.now() + 30_000;
		here.record({ result: 'neutral', key: limited(until) });
		here.record({ modelClass: 'other', key: keyUse() });
		expect(standing()?.limitedUntil).toBe(until);
		await fresh();
		expect(standing()?.limitedUntil).toBe(until);
	});

	it('end here at once where another isolate had met them, though an older word of the object comes after', async () => {
		const { here, other, standing, time, fresh } = set();
		other.record({ result: 'neutral', key: limited(time.now() + 30_000) });
		await fresh();
		expect(standing()?.limitedUntil).not.toBeNull();
		await time.advance(1_100);
		here.admits();
		here.record({ key: keyUse() });
		expect(standing()?.limitedUntil).toBeNull();
		await time.advance(10);
		expect(standing()?.limitedUntil).toBeNull();
		await time.advance(60);
		expect(standing()?.limitedUntil).toBeNull();
	});

	it('hold back still where an older word of the object comes after them', async () => {
		const { here, standing, time } = set();
		here.admits();
		here.record({ result: 'neutral', key: limited(time.now() + 30_000) });
		await time.advance(10);
		expect(standing()?.limitedUntil).not.toBeNull();
	});
});

it('is refused for the organization alone that it was refused for, until another was', async () => {
	const { here, other, time, fresh } = set();
	const refused = (organizationId: string) => ({
		organizationId,
		result: 'neutral' as const,
		key: keyUse({ word: 'refused', organizationId }),
	});
	const until = (at: typeof here, whose: string) => at.request(whose).standing(PLACE, MARK)?.refusedUntil ?? null;
	here.record(refused('a'));
	expect([until(here, 'a'), until(here, 'b')]).toEqual([time.now() + 60_000, null]);
	await fresh();
	expect([until(here, 'b'), until(other, 'a') !== null, until(other, 'b')]).toEqual([null, true, null]);
	other.record(refused('b'));
	expect(until(other, 'c')).not.toBeNull();
	await fresh();
	expect(until(here, 'c')).not.toBeNull();
});

import { describe, expect, it } from 'vitest';
import { ENDPOINT, healthSet, isolate, keyUse } from '../support/health';

const MARK = 'row-a.1';

function set() {
	const all = healthSet();
	const { time, object, here } = all;
	const other = isolate(time, object);
	const standing = (at = here, mark = MARK) => at.request().standing(ENDPOINT, mark);
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
		expect(object.snapshot().keys[MARK]?.limitedUntil).not.toBeNull();
		here.record({ key: keyUse() });
		await time.advance(60);
		expect(object.snapshot().keys[MARK]?.limitedUntil).toBeNull();
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthClient } from '../../src/health/client';
import type { HealthPort } from '../../src/health/contract';
import type { HealthViews } from '../../src/health/view';
import { ENDPOINT, facts, fakeObject, healthSet, isolate, openedSet, outcome, PLACE, POLICY } from '../support/health';
import { type VirtualTime, virtualTime } from '../support/virtual-time';

/** Requests that end before they come to report. */
const dying = (views: HealthViews, { now }: VirtualTime): HealthPort =>
	healthClient({
		organizationId: 'a',
		views,
		time: { now, after: () => () => {} },
		policy: POLICY,
		object: () => fakeObject(virtualTime()).api,
		defer: () => {},
	});

describe('deciding', () => {
	it('lets the first request through without waiting for the object', () => {
		const { admits, object } = healthSet();
		expect(admits()).toBe('closed');
		expect(object.snapshots).toBe(1);
	});

	it('opens at once on its own failures, before anything was reported', () => {
		const { call, admits, object } = healthSet();
		for (let n = 0; n < 5; n++) call('failure');
		expect(admits()).toBe('open');
		expect(object.reports).toHaveLength(0);
	});

	it('learns within a second that another isolate saw the endpoint fail', async () => {
		const { time, object } = await openedSet();
		const other = isolate(time, object);
		expect(other.admits()).toBe('closed');
		await time.advance(10);
		expect(other.admits()).toBe('open');
	});

	it('refreshes a snapshot older than a second, one request asking at a time', async () => {
		const { time, object, admits } = healthSet();
		for (let n = 0; n < 20; n++) admits();
		expect(object.snapshots).toBe(1);
		await time.advance(900);
		admits();
		expect(object.snapshots).toBe(1);
		await time.advance(200);
		for (let n = 0; n < 20; n++) admits();
		expect(object.snapshots).toBe(2);
	});

	it('gives up its own verdict when the object has seen it all and judges otherwise', async () => {
		const { time, object, here, call, admits } = healthSet();
		const other = isolate(time, object);
		other.record({ organizationId: 'b' });
		await time.advance(100);
		for (let n = 0; n < 5; n++) call('failure');
		expect(admits()).toBe('open');
		await time.advance(100);
		expect(object.state()).toBe('closed');
		expect(here.admits()).toBe('closed');
		for (let n = 0; n < 50; n++) call('failure');
		expect(admits()).toBe('closed');
	});

	it('keeps endpoints apart and remembers a bounded number of them', () => {
		const { here, call, admits } = healthSet();
		for (let n = 0; n < 5; n++) call('failure');
		expect(here.admits({ endpoint: 'other@api.example', modelClass: 'm' })).toBe('closed');
		expect(admits()).toBe('open');
		for (let n = 0; n < 1_000; n++) here.admits({ endpoint: `openai@${n}.example`, modelClass: 'm' });
		expect(here.views.size).toBeLessThanOrEqual(256);
	});
});

describe('reporting', () => {
	it('gathers what many requests record into one report', async () => {
		const { time, object, call, here } = healthSet();
		for (let n = 0; n < 40; n++) {
			call('failure');
			await time.advance(1);
		}
		expect(here.deferred).toHaveLength(1);
		await time.advance(60);
		expect(object.reports.flat()).toHaveLength(40);
		expect(object.reports.length).toBeLessThanOrEqual(2);
	});

	it('reports a steady flow of successes about once a second, failures within 60 ms', async () => {
		const { time, object, here, call } = healthSet();
		for (let n = 0; n < 300; n++) {
			call('success');
			await time.advance(10);
		}
		expect(object.reports.length).toBeGreaterThanOrEqual(3);
		expect(object.reports.length).toBeLessThanOrEqual(4);
		expect(here.deferred.length).toBeLessThan(10);
		const before = object.reports.flat().length;
		call('failure');
		await time.advance(60);
		expect(object.reports.flat().length).toBeGreaterThan(before);
		expect(object.reports.at(-1)?.at(-1)?.result).toBe('failure');
	});

	it('sends what a request that died left behind with the next one', async () => {
		const { time, object, here, call } = healthSet();
		dying(here.views, time).record(facts(), outcome({ result: 'failure', at: time.now() }));
		await time.advance(500);
		expect(object.reports).toHaveLength(0);
		call('success');
		await time.advance(60);
		expect(object.reports.flat().map(({ result }) => result)).toEqual(['failure', 'success']);
	});

	it('reports the last of a flow of successes within a second, though nobody calls any more', async () => {
		const { time, object, call } = healthSet();
		call('success');
		await time.advance(100);
		call('success');
		await time.advance(999);
		expect(object.reports.map((outcomes) => outcomes.length)).toEqual([1, 1]);
	});

	it('says whose endpoint it is, by the key used last', async () => {
		const { time, object, here } = healthSet();
		here.request().record(facts({ rowId: 'row-a' }), outcome({ at: time.now() }));
		await time.advance(100);
		expect(object.facts).toEqual([facts({ rowId: 'row-a' })]);
	});

	it('drops outcomes too old to say anything of now', async () => {
		const { time, object, here, call } = healthSet();
		dying(here.views, time).record(facts(), outcome({ at: time.now() }));
		await time.advance(60_000);
		call('success');
		await time.advance(100);
		expect(object.reports.map((outcomes) => outcomes.length)).toEqual([1]);
	});

	it('holds a bounded queue when nobody can send', () => {
		const { here, time } = healthSet();
		const port = here.request();
		for (let n = 0; n < 5_000; n++) port.record(facts(), outcome({ at: time.now() }));
		expect(here.views.get(ENDPOINT)?.queue.length).toBeLessThanOrEqual(1_000);
	});
});

describe('measures', () => {
	it('are its own until the object has told those of all isolates', async () => {
		const { time, object, here, call } = healthSet();
		const other = isolate(time, object);
		expect(here.request().measures(PLACE)).toEqual({ firstEventMs: null, outputTokensPerSecond: null });
		call('success', { firstEventMs: 100 });
		other.record({ firstEventMs: 200, outputTokensPerSecond: 40 });
		expect(here.request().measures(PLACE)).toEqual({ firstEventMs: 100, outputTokensPerSecond: null });
		await time.advance(2_000);
		here.admits();
		await time.advance(10);
		expect(here.request().measures(PLACE)).toEqual({ firstEventMs: 120, outputTokensPerSecond: 40 });
		expect(here.request().measures({ ...PLACE, modelClass: 'constructor' }).firstEventMs).toBeNull();
	});
});

it('is never opened by one organization once another is known to be active', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(fc.nat(1_200), fc.boolean()), { maxLength: 40 }), async (steps) => {
			const { time, object, call, admits } = healthSet();
			const other = isolate(time, object);
			other.record({ organizationId: 'b' });
			call('success');
			await time.advance(100);
			for (const [wait, succeeds] of steps) {
				call(succeeds ? 'success' : 'failure');
				await time.advance(wait);
				expect(object.state()).toBe('closed');
				expect(admits()).toBe('closed');
			}
		}),
		{ numRuns: 60 },
	);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healthClient } from '../../src/health/client';
import { ENDPOINT, healthSet, isolate, openedSet, outcome, POLICY } from '../support/health';

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
		expect(other.request().admits(ENDPOINT)).toBe('closed');
		await time.advance(10);
		expect(other.request().admits(ENDPOINT)).toBe('open');
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
		other.request().record(ENDPOINT, outcome({ organizationId: 'b', at: time.now() }));
		await time.advance(100);
		for (let n = 0; n < 5; n++) call('failure');
		expect(admits()).toBe('open');
		await time.advance(100);
		expect(object.state()).toBe('closed');
		expect(here.request().admits(ENDPOINT)).toBe('closed');
		for (let n = 0; n < 50; n++) call('failure');
		expect(admits()).toBe('closed');
	});

	it('keeps endpoints apart and remembers a bounded number of them', () => {
		const { here, call, admits } = healthSet();
		for (let n = 0; n < 5; n++) call('failure');
		expect(here.request().admits('https://other.example')).toBe('closed');
		expect(admits()).toBe('open');
		for (let n = 0; n < 1_000; n++) here.request().admits(`https://${n}.example`);
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
		expect(here.deferred).toHaveLength(40);
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
		expect(here.deferred.length).toBeLessThan(40);
		const before = object.reports.flat().length;
		call('failure');
		await time.advance(60);
		expect(object.reports.flat().length).toBeGreaterThan(before);
		expect(object.reports.at(-1)?.at(-1)?.result).toBe('failure');
	});

	it('sends what a request that died left behind with the next one', async () => {
		const { time, object, here, call } = healthSet();
		const dead = healthClient({
			views: here.views,
			time: { now: time.now, after: () => () => {} },
			policy: POLICY,
			object: () => object.api,
			defer: () => {},
		});
		dead.record(ENDPOINT, outcome({ result: 'failure', at: time.now() }));
		await time.advance(500);
		expect(object.reports).toHaveLength(0);
		call('success');
		await time.advance(60);
		expect(object.reports.flat().map(({ result }) => result)).toEqual(['failure', 'success']);
	});

	it('drops outcomes too old to say anything of now', async () => {
		const { time, object, call } = healthSet();
		call('success');
		await time.advance(100);
		call('success');
		await time.advance(60_000);
		call('success');
		await time.advance(100);
		expect(object.reports.map((outcomes) => outcomes.length)).toEqual([1, 1]);
	});

	it('holds a bounded queue when nobody can send', () => {
		const { here, time } = healthSet();
		const port = here.request();
		for (let n = 0; n < 5_000; n++) port.record(ENDPOINT, outcome({ at: time.now() }));
		expect(here.views.get(ENDPOINT)?.queue.length).toBeLessThanOrEqual(1_000);
	});
});

it('is never opened by one organization once another is known to be active', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(fc.nat(1_200), fc.boolean()), { maxLength: 40 }), async (steps) => {
			const { time, object, call, admits } = healthSet();
			const other = isolate(time, object);
			other.request().record(ENDPOINT, outcome({ organizationId: 'b', at: time.now() }));
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

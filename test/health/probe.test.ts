import { describe, expect, it } from 'vitest';
import { ENDPOINT, healthSet, isolate, openedSet } from '../support/health';

describe('probing', () => {
	it('asks for the lease in the background and lets one later request probe', async () => {
		const { time, admits, call, object } = await openedSet();
		await time.advance(10_000);
		expect(admits()).toBe('open');
		expect(admits()).toBe('open');
		await time.advance(10);
		expect(object.leases).toBe(1);
		expect(admits()).toBe('probe');
		expect(admits()).toBe('open');
		call('success', { probe: true });
		await time.advance(100);
		expect(object.state()).toBe('closed');
		expect(admits()).toBe('closed');
	});

	it('stays open when the probe fails', async () => {
		const { time, admits, call, object } = await openedSet();
		await time.advance(10_000);
		admits();
		await time.advance(10);
		expect(admits()).toBe('probe');
		call('failure', { probe: true });
		await time.advance(100);
		expect(object.state()).toBe('open');
		await time.advance(9_000);
		expect(admits()).toBe('open');
		expect(object.leases).toBe(1);
	});

	it('does not take up a lease so late that the probe would outlive it', async () => {
		const { time, admits } = await openedSet();
		await time.advance(10_000);
		admits();
		await time.advance(6_000);
		expect(admits()).toBe('open');
	});

	it('waits for the lease where a request has no other target', async () => {
		const { time, here } = await openedSet();
		await time.advance(10_000);
		const first = here.request().lease(ENDPOINT);
		const second = here.request().lease(ENDPOINT);
		await time.advance(10);
		expect([await first, await second]).toEqual([true, false]);
		expect(time.pending()).toBe(0);
	});

	it('refuses without asking while the cool-down runs', async () => {
		const { here, object } = await openedSet();
		expect(await here.request().lease(ENDPOINT)).toBe(false);
		expect(object.leases).toBe(0);
	});

	it('hands the lease to one isolate of several', async () => {
		const { time, object, here } = await openedSet();
		const isolates = [here, isolate(time, object), isolate(time, object)];
		const answers: string[] = [];
		for (const wait of [10_500, 10, 10, 10]) {
			for (const each of isolates) answers.push(each.request().admits(ENDPOINT));
			await time.advance(wait);
		}
		expect(answers.filter((answer) => answer === 'probe')).toHaveLength(1);
	});
});

describe('without the object', () => {
	it('is quiet, and takes silence for closed', async () => {
		const { time, object, here, call, admits } = healthSet();
		object.mode = 'down';
		expect(admits()).toBe('closed');
		call('success');
		await time.advance(2_000);
		expect(admits()).toBe('closed');
		await time.advance(2_000);
		expect(await Promise.allSettled(here.deferred)).toEqual(
			here.deferred.map(() => ({ status: 'fulfilled', value: undefined })),
		);
	});

	it('still opens, probes and closes on what it sees itself', async () => {
		const { time, object, call, admits } = healthSet();
		object.mode = 'down';
		for (let n = 0; n < 5; n++) call('failure');
		await time.advance(9_999);
		expect(admits()).toBe('open');
		await time.advance(1);
		expect(admits()).toBe('open');
		await time.advance(10);
		expect(admits()).toBe('probe');
		expect(admits()).toBe('open');
		call('success', { probe: true });
		expect(admits()).toBe('closed');
	});

	it('no longer believes what an object said that now fails', async () => {
		const { time, object } = await openedSet();
		const other = isolate(time, object);
		other.request().admits(ENDPOINT);
		await time.advance(2_000);
		object.mode = 'down';
		expect(other.request().admits(ENDPOINT)).toBe('open');
		await time.advance(10);
		expect(other.request().admits(ENDPOINT)).toBe('closed');
	});

	it('forgets an old verdict by itself where the object never answers', async () => {
		const { time, object, admits } = await openedSet();
		object.mode = 'hung';
		await time.advance(60_000);
		expect(admits()).toBe('open');
		await time.advance(10_000);
		expect(admits()).toBe('closed');
	});

	it('waits for a lease no longer than a second', async () => {
		const { time, object, here } = await openedSet();
		await time.advance(10_000);
		object.mode = 'hung';
		here.request().admits(ENDPOINT);
		const granted = here.request().lease(ENDPOINT);
		await time.advance(1_000);
		expect(await granted).toBe(true);
	});
});

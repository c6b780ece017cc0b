import { describe, expect, it } from 'vitest';
import { healthSet, isolate, openedSet, PLACE } from '../support/health';

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
		const first = here.request().lease(PLACE);
		const second = here.request().lease(PLACE);
		await time.advance(10);
		expect([await first, await second]).toEqual([true, false]);
		expect(time.pending()).toBe(0);
	});

	it('gives a request that has nobody else the lease it has asked for itself', async () => {
		const { time, here, object } = await openedSet();
		for (let tick = 0; tick < 3; tick++) {
			await time.advance(16_000);
			const request = here.request();
			expect(request.admits(PLACE)).toBe('open');
			const granted = request.lease(PLACE);
			await time.advance(10);
			expect(await granted).toBe(true);
			expect(object.leases).toBe(tick + 1);
			if (tick === 2) break;
			here.record({ result: 'neutral', probe: true });
		}
	});

	it('does not give it where another request has taken it meanwhile', async () => {
		const { time, here, admits } = await openedSet();
		await time.advance(10_000);
		const request = here.request();
		request.admits(PLACE);
		await time.advance(10);
		expect(admits()).toBe('probe');
		const granted = request.lease(PLACE);
		await time.advance(10);
		expect(await granted).toBe(false);
	});

	it('gives a request with no other target the lease before the cool-down is over', async () => {
		const { time, here, call, object, admits } = await openedSet();
		const granted = here.request().lease(PLACE);
		await time.advance(10);
		expect(await granted).toBe(true);
		call('success', { probe: true });
		await time.advance(100);
		expect(object.state()).toBe('closed');
		expect(admits()).toBe('closed');
	});

	it('gives that lease to one isolate of several, and once a second', async () => {
		const { time, object, here } = await openedSet();
		const isolates = [here, isolate(time, object), isolate(time, object)];
		for (const each of isolates) each.admits();
		await time.advance(10);
		const granted: boolean[] = [];
		for (let at = 0; at < 4_000; at += 250) {
			const answers = isolates.map((each) => each.request().lease(PLACE));
			await time.advance(10);
			for (const [index, answer] of answers.entries()) {
				if (!(await answer)) continue;
				granted.push(true);
				isolates[index]?.record({ result: 'failure', probe: true });
			}
			await time.advance(240);
		}
		expect(granted).toHaveLength(4);
	});

	it('asks the object once for many requests that have nobody else, and refuses the others at once', async () => {
		const { time, here, object } = await openedSet();
		const answers = Array.from({ length: 50 }, () => here.request().lease(PLACE));
		await time.advance(10);
		expect((await Promise.all(answers)).filter((granted) => granted)).toHaveLength(1);
		expect(object.leases).toBe(1);
	});

	it('leases endpoint and class together, and its success closes both', async () => {
		const { time, object, admits, call } = await openedSet('endpoint');
		for (let n = 0; n < 5; n++) call('failure', { scope: 'model' });
		await time.advance(100);
		expect([object.state(''), object.state('m')]).toEqual(['open', 'open']);
		await time.advance(10_000);
		admits();
		admits({ endpoint: PLACE.endpoint, modelClass: 'other' });
		await time.advance(10);
		expect(admits({ endpoint: PLACE.endpoint, modelClass: 'other' })).toBe('open');
		expect(admits()).toBe('probe');
		call('success', { probe: true });
		await time.advance(100);
		expect([object.state(''), object.state('m')]).toEqual(['closed', 'closed']);
		expect(admits({ endpoint: PLACE.endpoint, modelClass: 'other' })).toBe('closed');
	});

	it('hands the lease to one isolate of several', async () => {
		const { time, object, here } = await openedSet();
		const isolates = [here, isolate(time, object), isolate(time, object)];
		const answers: string[] = [];
		for (const wait of [10_500, 10, 10, 10]) {
			for (const each of isolates) answers.push(each.admits());
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
		other.admits();
		await time.advance(2_000);
		object.mode = 'down';
		expect(other.admits()).toBe('open');
		await time.advance(10);
		expect(other.admits()).toBe('closed');
	});

	it('forgets an old verdict by itself where the object never answers', async () => {
		const { time, object, admits } = await openedSet();
		object.mode = 'hung';
		await time.advance(29_900);
		expect(admits()).toBe('open');
		await time.advance(100);
		expect(admits()).toBe('closed');
	});

	it('lets a request with nobody else probe once a second', async () => {
		for (const mode of ['down', 'hung'] as const) {
			const { time, object, here, call } = await openedSet();
			object.mode = mode;
			const asked: Promise<boolean>[] = [];
			for (let at = 0; at < 5_000; at += 100) {
				if (mode === 'down') for (let n = 0; n < 5; n++) call('failure');
				asked.push(here.request().lease(PLACE));
				await time.advance(100);
			}
			await time.advance(2_000);
			const granted = (await Promise.all(asked)).filter(Boolean).length;
			expect(granted).toBeGreaterThanOrEqual(1);
			expect(granted).toBeLessThanOrEqual(6);
		}
	});

	it('waits for a lease no longer than a second', async () => {
		const { time, object, here } = await openedSet();
		await time.advance(10_000);
		object.mode = 'hung';
		here.admits();
		const granted = here.request().lease(PLACE);
		await time.advance(1_000);
		expect(await granted).toBe(true);
	});
});

import { describe, expect, it } from 'vitest';
import type { HealthSnapshot } from '../../src/health/contract';
import { absorb, newEndpoint, snapshotOf } from '../../src/health/endpoint';
import { accept, healthViews, recordIn, verdict, viewOf } from '../../src/health/view';
import { ENDPOINT, facts, healthSet, isolate, outcome, PLACE, POLICY } from '../support/health';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** An isolate that the object has told that the breaker is open, for `cooldownMs`. */
function toldOpen(cooldownMs: number) {
	const memory = newEndpoint();
	const failing = ['a', 'b', 'a', 'b', 'a'].map((organizationId) => outcome({ organizationId, result: 'failure' }));
	absorb(memory, facts(), failing, START, { failures: 5, cooldownMs });
	const view = viewOf(healthViews(), ENDPOINT, START);
	accept(view, snapshotOf(memory, START), START, null);
	return { at: (ms: number) => verdict(view, 'm', 'c', START + ms) };
}

describe('the word of the object', () => {
	it('that a breaker is open holds until its cool-down is over, however old it is', () => {
		const { at } = toldOpen(300_000);
		expect([at(31_000), at(299_999), at(300_000)]).toEqual(['open', 'open', 'closed']);
	});

	it('that it is half-open by now is forgotten half a minute after it was heard', () => {
		const { at } = toldOpen(10_000);
		expect([at(9_999), at(10_000), at(29_999), at(30_000)]).toEqual(['open', 'half-open', 'half-open', 'closed']);
	});

	it('is still good for the first request after a pause in what it has measured', async () => {
		const { time, here, call } = healthSet();
		call('success', { firstEventMs: 100 });
		await time.advance(100);
		await time.advance(HOUR);
		expect(here.request().measures(PLACE).firstEventMs).toBe(100);
	});

	it('that a breaker is open counts no more once a probe of this isolate went well, until it has heard of that', () => {
		const memory = newEndpoint();
		const failing = Array.from({ length: 5 }, () => outcome({ result: 'failure' }));
		absorb(memory, facts(), failing, START, POLICY);
		const view = viewOf(healthViews(), ENDPOINT, START);
		const stillOpen = snapshotOf(memory, START);
		accept(view, stillOpen, START, null);
		const states = [verdict(view, 'm', 'a', START)];
		recordIn(view, outcome({ probe: true, at: START + 10 }), START + 10, POLICY);
		states.push(verdict(view, 'm', 'a', START + 10));
		// An answer to a question from before.
		accept(view, { ...stillOpen, takenAt: START + 11 }, START + 12, null);
		states.push(verdict(view, 'm', 'a', START + 12));
		accept(view, { ...stillOpen, takenAt: START + 60 }, START + 61, { at: START + 60, calls: 1, samples: 0 });
		states.push(verdict(view, 'm', 'a', START + 61));
		expect(states).toEqual(['open', 'closed', 'closed', 'open']);
	});

	it('is nothing where it is of another release', async () => {
		const { time, object, here, call, admits } = healthSet();
		const foreign = { state: 'open', probeAt: START + HOUR, errorRate: 1, takenAt: START };
		const answer = () => Promise.resolve(foreign as unknown as HealthSnapshot);
		object.api = { ...object.api, snapshot: answer, report: answer };
		for (let n = 0; n < 3; n++) {
			expect(admits()).toBe('closed');
			call('success');
			await time.advance(2_000);
		}
		for (let n = 0; n < 5; n++) call('failure');
		await time.advance(100);
		expect(admits()).toBe('open');
		const ends = await Promise.allSettled(here.deferred);
		expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
	});

	it('is the latest of several, in whichever order they come', () => {
		const view = viewOf(healthViews(), ENDPOINT, START);
		const takenAt = (at: number): HealthSnapshot => snapshotOf(newEndpoint(), at);
		accept(view, takenAt(START + 50), START + 60, null);
		accept(view, takenAt(START + 40), START + 70, null);
		expect(view.snapshot?.takenAt).toBe(START + 50);
	});
});

describe('a clock that goes back', () => {
	it('of the object is followed by the isolates at once', async () => {
		const { time, object, call, admits } = healthSet();
		for (const organizationId of ['a', 'b', 'a', 'b', 'a']) call('failure', { organizationId });
		await time.advance(2_000);
		expect(object.state()).toBe('open');
		object.skew = -HOUR;
		admits();
		await time.advance(1_100);
		expect(object.state()).toBe('closed');
		expect(admits()).toBe('closed');
		for (const organizationId of ['a', 'b', 'a', 'b', 'a']) call('failure', { organizationId });
		await time.advance(60);
		expect(object.state()).toBe('open');
		expect(admits(PLACE, 'c')).toBe('open');
		await time.advance(9_900);
		expect(admits(PLACE, 'c')).toBe('open');
		await time.advance(100);
		admits(PLACE, 'c');
		await time.advance(10);
		expect(admits(PLACE, 'c')).toBe('probe');
	});

	it('of an isolate leaves nothing of what it knew: it would hold for an hour', () => {
		const views = healthViews();
		const view = viewOf(views, ENDPOINT, START);
		for (let n = 0; n < 5; n++) recordIn(view, outcome({ result: 'failure' }), START, POLICY);
		expect(viewOf(views, ENDPOINT, START - 5_000)).toBe(view);
		const anew = viewOf(views, ENDPOINT, START - HOUR);
		expect(verdict(anew, 'm', 'a', START - HOUR)).toBe('closed');
		expect(anew.queue).toEqual([]);
		expect(viewOf(views, ENDPOINT, START - HOUR + 1)).toBe(anew);
	});
});

it('opens for the organization alone whose failures it saw, and closes where another succeeds', async () => {
	const { time, object, here, call } = healthSet();
	object.mode = 'hung';
	for (let n = 0; n < 5; n++) call('failure');
	expect([here.admits(PLACE, 'a'), here.admits(PLACE, 'b')]).toEqual(['open', 'closed']);
	call('success', { organizationId: 'b' });
	expect(here.admits(PLACE, 'a')).toBe('closed');
	const other = isolate(time, object);
	for (let n = 0; n < 5; n++) other.record({ result: 'failure' });
	other.record({ result: 'failure', organizationId: 'b' });
	expect([other.admits(PLACE, 'a'), other.admits(PLACE, 'b'), other.admits(PLACE, 'c')]).toEqual([
		'open',
		'open',
		'open',
	]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../../src/errors';
import type { EndpointFacts, KeyUse, Outcome } from '../../src/health/contract';
import { absorb, newEndpoint, restoreEndpoint, snapshotOf, textOf } from '../../src/health/endpoint';
import { ENDPOINT, facts, healthSet, isolate, keyUse, outcome, PLACE, POLICY } from '../support/health';

const START = Date.UTC(2026, 0, 1);
const OWN_OF_B = 'row-b.1';
const SHARED = 'environment.1';

/** One thing that organization `a` can make happen, by its key, its limits, its requests, or a bad day of its own. */
type Mischief = 'unreachable' | 'failing' | 'refused' | 'limited' | 'impatient' | 'odd' | 'well';

const ALL: readonly Mischief[] = ['unreachable', 'failing', 'refused', 'limited', 'impatient', 'odd', 'well'];

const neutral = (failure: FailureClass, status: number | null, key: Partial<KeyUse>): Partial<Outcome> => ({
	result: 'neutral',
	error: { failure, status },
	key: keyUse(key),
});

function byA(mischief: Mischief, mark: string): Partial<Outcome> {
	const key = { mark, rowId: mark === SHARED ? null : 'row-a' };
	switch (mischief) {
		case 'unreachable':
			return { result: 'failure', scope: 'endpoint', error: { failure: 'network', status: null } };
		case 'failing':
			return { result: 'failure', error: { failure: 'server', status: 500 }, key: keyUse({ ...key, word: 'silent' }) };
		case 'refused':
			return neutral('key-dead', 401, { ...key, word: 'refused', status: 401 });
		case 'limited':
			return neutral('rate-limited', 429, { mark: 'row-a.1', word: 'limited', until: Number.MAX_SAFE_INTEGER });
		case 'impatient':
			return neutral('timeout', null, { ...key, word: 'silent' });
		case 'odd':
			return neutral('bad-request', 400, { ...key, word: 'silent', tokens: Number.MAX_VALUE });
		case 'well':
			return { key: keyUse(key) };
	}
}

interface Step {
	readonly wait: number;
	readonly mischief: Mischief;
	readonly times: number;
	readonly mark: string;
}

const step: fc.Arbitrary<Step> = fc.record({
	wait: fc.oneof({ weight: 5, arbitrary: fc.nat(1_500) }, { weight: 1, arbitrary: fc.nat(590_000) }),
	mischief: fc.constantFrom(...ALL),
	times: fc.integer({ min: 1, max: 40 }),
	mark: fc.constantFrom('row-a.1', 'row-a.2', SHARED),
});

const byB = (mark: string): Partial<Outcome> => ({
	organizationId: 'b',
	key: keyUse({ mark, rowId: mark === SHARED ? null : 'row-b', organizationId: 'b' }),
});

function expectWell(memory: ReturnType<typeof newEndpoint>, now: number): void {
	const { classes, keys } = snapshotOf(memory, now);
	expect(classes['']?.state).toBe('closed');
	expect(classes[PLACE.modelClass]?.state).toBe('closed');
	for (const mark of [OWN_OF_B, SHARED]) {
		expect(keys[mark]?.refusedUntil ?? null).toBeNull();
		expect(keys[mark]?.limits[PLACE.modelClass]?.limitedUntil ?? null).toBeNull();
	}
}

function expectThrough({ admits, request }: ReturnType<typeof isolate>): void {
	for (const modelClass of [PLACE.modelClass, 'other'])
		expect(admits({ endpoint: ENDPOINT, modelClass }, 'b')).toBe('closed');
	for (const mark of [OWN_OF_B, SHARED]) {
		const standing = request('b').standing(PLACE, mark);
		expect(standing?.refusedUntil ?? null).toBeNull();
		expect(standing?.limitedUntil ?? null).toBeNull();
	}
}

const MODES = ['up', 'down', 'hung'] as const;
const isMode = (does: string): does is (typeof MODES)[number] => MODES.some((mode) => mode === does);

/** What happens at once, by either of them or to the object, and how long nothing does after it. */
const moment = fc.record({
	wait: fc.oneof(
		{ weight: 6, arbitrary: fc.nat(70) },
		{ weight: 3, arbitrary: fc.nat(12_000) },
		{ weight: 1, arbitrary: fc.nat(700_000) },
	),
	at: fc.nat(2),
	does: fc.oneof(
		{ weight: 6, arbitrary: fc.constantFrom(...ALL) },
		{ weight: 2, arbitrary: fc.constant('b' as const) },
		{ weight: 1, arbitrary: fc.constantFrom('probe' as const, 'evict' as const) },
		{ weight: 1, arbitrary: fc.constantFrom(...MODES) },
	),
	times: fc.integer({ min: 1, max: 12 }),
	mark: fc.constantFrom('row-a.1', SHARED),
});

/** It has nobody else to ask, and fails again. */
function probeByA(one: ReturnType<typeof isolate>): void {
	const leased = one.request('a').lease(PLACE);
	one.deferred.push(leased.then((granted) => granted && one.record({ ...byA('failing', SHARED), probe: true })));
}

function happens(
	{ does, times, mark }: typeof moment extends fc.Arbitrary<infer Moment> ? Moment : never,
	one: ReturnType<typeof isolate>,
	object: ReturnType<typeof healthSet>['object'],
): void {
	if (isMode(does)) object.mode = does;
	else if (does === 'evict') object.evict();
	else if (does === 'b') for (const own of [OWN_OF_B, SHARED]) one.record(byB(own));
	else if (does === 'probe') probeByA(one);
	else for (let n = 0; n < times; n++) one.record(byA(does, mark));
}

describe('whatever one organization makes happen by itself', () => {
	it('no breaker opens and no key is held back for another that is well', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, cut) => {
				let memory = newEndpoint();
				let now = START;
				const report = (fields: Partial<Outcome>, from: EndpointFacts = facts()): void => {
					absorb(memory, from, [outcome({ at: now, ...fields })], now, POLICY);
					expectWell(memory, now);
				};
				for (const mark of [OWN_OF_B, SHARED]) report(byB(mark));
				for (const [index, { wait, mischief, times, mark }] of steps.entries()) {
					now += wait;
					if (index === cut) memory = restoreEndpoint(textOf(memory));
					for (let n = 0; n < times; n++) report(byA(mischief, mark));
					// It is active: well within ten minutes it calls again, and all goes well.
					for (const mark of [OWN_OF_B, SHARED]) report(byB(mark));
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('isolates that both call from let the other one through, too', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
				const { time, object, here } = healthSet();
				const isolates = [here, isolate(time, object)];
				const both = (fields: Partial<Outcome>): void => {
					for (const each of isolates) each.record(fields);
				};
				for (const mark of [OWN_OF_B, SHARED]) both(byB(mark));
				await time.advance(60);
				for (const { wait, mischief, times, mark } of steps) {
					for (let n = 0; n < times; n++) both(byA(mischief, mark));
					isolates.forEach(expectThrough);
					await time.advance(wait);
					isolates.forEach(expectThrough);
					for (const own of [OWN_OF_B, SHARED]) both(byB(own));
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('isolates let the other one through at every moment, whether it was there before or not', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(moment, { maxLength: 40 }), async (moments) => {
				const { time, object, here } = healthSet();
				const isolates = [here, isolate(time, object), isolate(time, object)];
				for (const each of moments) {
					happens(each, isolates[each.at] ?? here, object);
					for (let part = 0; part < 5; part++) {
						isolates.forEach(expectThrough);
						await time.advance(each.wait / 4);
					}
				}
			}),
			{ numRuns: 100 },
		);
	});

	it("its retries take none of the other's budget", () => {
		const { here } = healthSet();
		const asked = (organizationId: string) =>
			Array.from({ length: 100 }, () => here.request().mayRetry(ENDPOINT, organizationId)).filter(Boolean).length;
		expect(asked('a')).toBe(10);
		expect(asked('b')).toBe(10);
	});
});

it('opens once both fail', () => {
	const memory = newEndpoint();
	const both = ['a', 'b', 'a', 'b', 'a'].map((organizationId) =>
		outcome({ ...byA('failing', 'row-a.1'), organizationId }),
	);
	absorb(memory, facts(), [outcome(byB(OWN_OF_B)), ...both], START, POLICY);
	expect(snapshotOf(memory, START).classes[PLACE.modelClass]?.state).toBe('open');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureClass, GatewayError } from '../../src/errors';
import { nextStep, type RetryState } from '../../src/gateway/retry';

const CLASSES: readonly FailureClass[] = [
	'key-dead',
	'quota',
	'rate-limited',
	'overloaded',
	'server',
	'network',
	'timeout',
	'bad-request',
	'context-too-long',
	'content-filter',
	'model-missing',
	'malformed',
];

const failed = (failure: FailureClass, retryAfterMs?: number, shouldRetry?: boolean): GatewayError =>
	new GatewayError('upstream_unavailable', 'x', {
		upstream: { failure, scope: 'provider', ...(shouldRetry !== undefined && { shouldRetry }) },
		...(retryAfterMs !== undefined && { retryAfterMs }),
	});

const state = (partial: Partial<RetryState> = {}): RetryState => ({
	tries: 1,
	maxTries: 3,
	others: true,
	timeLeftMs: 10_000,
	random: () => 0.5,
	mayRetry: () => true,
	...partial,
});

describe('after a failed try', () => {
	it.each<[FailureClass, string, string]>([
		['server', 'again', 'again'],
		['overloaded', 'again', 'again'],
		['network', 'again', 'again'],
		['rate-limited', 'later', 'later'],
		['timeout', 'later', 'later'],
		['malformed', 'later', 'later'],
		['key-dead', 'next', 'next'],
		['quota', 'next', 'next'],
		['model-missing', 'next', 'next'],
		['context-too-long', 'next', 'next'],
		['content-filter', 'next', 'next'],
		['bad-request', 'stop', 'stop'],
	])('%s: with others left %s, without any %s', (failure, withOthers, alone) => {
		expect(nextStep(failed(failure), state()).step).toBe(withOthers);
		expect(nextStep(failed(failure), state({ others: false })).step).toBe(alone);
	});

	it('stops where the client has left, and goes on where the fault is ours', () => {
		expect(nextStep(new GatewayError('aborted', 'gone'), state()).step).toBe('stop');
		expect(nextStep(new GatewayError('internal', 'oops'), state()).step).toBe('next');
	});

	it('waits between nothing and a doubled base, capped', () => {
		const delay = (tries: number, random: number) => {
			const next = nextStep(failed('server'), state({ tries, maxTries: 20, random: () => random, timeLeftMs: 1e9 }));
			return next.step === 'again' ? next.delayMs : null;
		};
		expect([delay(1, 0), delay(1, 1), delay(2, 1), delay(3, 1), delay(9, 1)]).toEqual([0, 200, 400, 800, 2_000]);
	});

	it('waits for a Retry-After only while nobody else may be asked', () => {
		expect(nextStep(failed('overloaded', 1_500), state({ others: false }))).toEqual({ step: 'again', delayMs: 1_500 });
		expect(nextStep(failed('overloaded', 1_500), state())).toEqual({ step: 'later', delayMs: 1_500 });
		expect(nextStep(failed('rate-limited', 7_000), state({ others: false }))).toEqual({
			step: 'later',
			delayMs: 7_000,
		});
	});

	it('never waits less than the backoff for a shorter Retry-After', () => {
		expect(nextStep(failed('server', 10), state({ others: false }))).toEqual({ step: 'again', delayMs: 100 });
	});

	it('comes back later where the wait is longer than the time left', () => {
		expect(nextStep(failed('overloaded', 60_000), state({ others: false }))).toEqual({
			step: 'later',
			delayMs: 60_000,
		});
	});

	it("follows the upstream's own word that a retry is useless", () => {
		expect(nextStep(failed('server', undefined, false), state({ others: false })).step).toBe('next');
	});

	it('lets others go first where the retry budget has no room, and nobody wait where there are none', () => {
		const mayRetry = () => false;
		expect(nextStep(failed('server'), state({ mayRetry })).step).toBe('later');
		expect(nextStep(failed('server'), state({ mayRetry, others: false })).step).toBe('again');
	});

	it('never tries more often than allowed, nor waits at the spot beyond the time left', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...CLASSES),
				fc.integer({ min: 1, max: 5 }),
				fc.boolean(),
				fc.boolean(),
				fc.integer({ min: -1_000, max: 3_000 }),
				fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
				(failure, tries, others, room, timeLeftMs, retryAfterMs) => {
					const next = nextStep(
						failed(failure, retryAfterMs),
						state({ tries, others, timeLeftMs, mayRetry: () => room }),
					);
					if (next.step === 'next' || next.step === 'stop') return;
					expect(tries).toBeLessThan(3);
					expect(next.delayMs).toBeGreaterThanOrEqual(0);
					if (next.step === 'again') expect(next.delayMs).toBeLessThan(timeLeftMs);
					if (next.step === 'again' && others) expect([room, retryAfterMs]).toEqual([true, undefined]);
				},
			),
		);
	});
});

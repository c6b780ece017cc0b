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
	more: true,
	timeLeftMs: 10_000,
	random: () => 0.5,
	...partial,
});

describe('after a failed try', () => {
	it.each<[FailureClass, string, string]>([
		['server', 'retry', 'retry'],
		['overloaded', 'retry', 'retry'],
		['network', 'retry', 'retry'],
		['rate-limited', 'next', 'retry'],
		['timeout', 'next', 'retry'],
		['key-dead', 'next', 'stop'],
		['quota', 'next', 'stop'],
		['model-missing', 'next', 'stop'],
		['malformed', 'next', 'stop'],
		['bad-request', 'stop', 'stop'],
		['context-too-long', 'stop', 'stop'],
		['content-filter', 'stop', 'stop'],
	])('%s: with another target %s, without one %s', (failure, withMore, alone) => {
		expect(nextStep(failed(failure), state()).step).toBe(withMore);
		expect(nextStep(failed(failure), state({ more: false })).step).toBe(alone);
	});

	it('stops where the fault is ours or the client has left', () => {
		expect(nextStep(new GatewayError('aborted', 'gone'), state()).step).toBe('stop');
	});

	it('waits between nothing and a doubled base, capped', () => {
		const delay = (tries: number, random: number) => {
			const next = nextStep(failed('server'), state({ tries, maxTries: 20, random: () => random, timeLeftMs: 1e9 }));
			return next.step === 'retry' ? next.delayMs : null;
		};
		expect([delay(1, 0), delay(1, 1), delay(2, 1), delay(3, 1), delay(9, 1)]).toEqual([0, 200, 400, 800, 2_000]);
	});

	it('honours a short Retry-After and leaves a long one to the client', () => {
		expect(nextStep(failed('rate-limited', 1_500), state({ more: false }))).toEqual({ step: 'retry', delayMs: 1_500 });
		expect(nextStep(failed('rate-limited', 60_000), state({ more: false })).step).toBe('stop');
	});

	it("follows the upstream's own word that a retry is useless", () => {
		expect(nextStep(failed('server', undefined, false), state({ more: false })).step).toBe('stop');
	});

	it('never tries more often than allowed, nor waits beyond the time left', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...CLASSES),
				fc.integer({ min: 1, max: 5 }),
				fc.boolean(),
				fc.integer({ min: -1_000, max: 3_000 }),
				fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
				(failure, tries, more, timeLeftMs, retryAfterMs) => {
					const next = nextStep(failed(failure, retryAfterMs), state({ tries, more, timeLeftMs }));
					if (next.step === 'retry') {
						expect(tries).toBeLessThan(3);
						expect(next.delayMs).toBeLessThan(timeLeftMs);
					}
					if (next.step === 'next') expect(more && timeLeftMs > 0).toBe(true);
				},
			),
		);
	});
});

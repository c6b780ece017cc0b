/**
 * The time limits of one upstream call on one timer: a chunk only moves a number, nothing is armed per chunk.
 * Limits: until the first event (any frame), idle gap after it, until the first content, and in total.
 */
import { GatewayError, type UpstreamFailure } from '../errors';
import type { Time } from './ports';

export interface WatchdogLimits {
	/** ms from now to the first event */
	readonly firstEventMs: number;
	/** ms between events after it */
	readonly idleMs: number;
	/** ms since epoch: without content by then this call has failed, since others wait; absent: nobody does */
	readonly contentBy?: number;
	/** ms since epoch: without content by then the request has failed */
	readonly commitBy: number;
	/** ms since epoch: the end of the whole request */
	readonly totalBy: number;
}

export interface Watchdog {
	/** Something arrived. */
	touch(): void;
	/** Content arrived: the commit deadline no longer applies. */
	committed(): void;
	stop(): void;
}

/** A timer for longer goes off at once (HTML, `setTimeout`: a signed 32-bit number). */
const LONGEST_MS = 2 ** 31 - 1;

type Limit = NonNullable<UpstreamFailure['limit']>;

const WORDS: Readonly<Record<Limit, string>> = {
	'first-event': 'sent nothing within its first-event time limit',
	idle: 'fell silent for longer than the idle time limit',
	content: 'sent no content while there was time left for another',
	commit: 'sent no content before the deadline of the request',
	total: 'did not finish within the total time limit',
};

const timeout = (limit: Limit): GatewayError =>
	new GatewayError('upstream_timeout', `The upstream ${WORDS[limit]}.`, {
		upstream: { failure: 'timeout', scope: 'model', limit },
	});

/** Calls `expire` once with an `upstream_timeout` when a limit is passed. */
export function watch(time: Time, limits: WatchdogLimits, expire: (error: GatewayError) => void): Watchdog {
	const startedAt = time.now();
	let lastEventAt: number | null = null;
	let uncommitted = true;
	const { contentBy = Number.POSITIVE_INFINITY } = limits;
	let armedFor = 0;
	let cancel: (() => void) | null = null;

	const due = (): { at: number; limit: Limit } => {
		const moving: { at: number; limit: Limit } =
			lastEventAt === null
				? { at: startedAt + limits.firstEventMs, limit: 'first-event' }
				: { at: lastEventAt + limits.idleMs, limit: 'idle' };
		let next = moving;
		if (uncommitted && contentBy < Math.min(next.at, limits.commitBy)) next = { at: contentBy, limit: 'content' };
		if (uncommitted && limits.commitBy < next.at) next = { at: limits.commitBy, limit: 'commit' };
		if (limits.totalBy <= next.at) next = { at: limits.totalBy, limit: 'total' };
		return next;
	};

	const arm = (): void => {
		armedFor = due().at;
		cancel = time.after(Math.min(Math.max(0, armedFor - time.now()), LONGEST_MS), check);
	};

	const check = (): void => {
		const next = due();
		if (next.at > time.now()) {
			arm();
			return;
		}
		cancel = null;
		expire(timeout(next.limit));
	};

	arm();
	return {
		touch() {
			const first = lastEventAt === null;
			lastEventAt = time.now();
			// Where the idle limit is the shorter one, the timer of the first event would come too late.
			if (!first || cancel === null || lastEventAt + limits.idleMs >= armedFor) return;
			cancel();
			arm();
		},
		committed() {
			uncommitted = false;
		},
		stop() {
			cancel?.();
			cancel = null;
		},
	};
}

/** After a failed attempt: the same target again, others first, or not again. Pure but for what is handed in. */
import type { GatewayError } from '../errors';
import { ruleOf } from './failure-rule';

export interface RetryState {
	/** Calls made to this target so far, over all rounds. */
	readonly tries: number;
	readonly maxTries: number;
	/** Somebody else may be asked now. */
	readonly others: boolean;
	/** ms until the commit deadline. */
	readonly timeLeftMs: number;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	/** Is there room in the retry budget? Counts the retry where there is. */
	readonly mayRetry: () => boolean;
}

/** `again`: the same target, after the delay. `later`: others first, it comes back, no sooner than that. */
export type NextStep =
	| { readonly step: 'again' | 'later'; readonly delayMs: number }
	| { readonly step: 'next' }
	| { readonly step: 'stop' };

const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 2_000;
const NEXT: NextStep = { step: 'next' };
const STOP: NextStep = { step: 'stop' };

/** Full jitter: uniform between 0 and the doubled base (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
const backoff = (tries: number, random: () => number): number =>
	random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (tries - 1));

/**
 * What the failure's rule says, as far as tries, time and the retry budget allow. Where the upstream says when to come
 * back, nobody waits for it while somebody else may be asked; the budget blocks nobody who is the only one left.
 */
export function nextStep(error: GatewayError, state: RetryState): NextStep {
	const rule = ruleOf(error);
	if (rule.elsewhere === 'nowhere') return STOP;
	if (rule.again === 'never' || rule.again === 'replan' || state.tries >= state.maxTries) return NEXT;
	const jitter = backoff(state.tries, state.random);
	const stated = error.retryAfterMs;
	if (rule.again === 'later') return { step: 'later', delayMs: stated ?? jitter };
	const delayMs = Math.max(stated ?? 0, jitter);
	const waits = delayMs < state.timeLeftMs && (stated === undefined || !state.others);
	if (waits && (state.mayRetry() || !state.others)) return { step: 'again', delayMs };
	return { step: 'later', delayMs };
}

/** After a failed attempt: again, elsewhere, or give up. Pure but for the jitter handed in. */
import type { GatewayError } from '../errors';

export interface RetryState {
	/** Calls made to this target so far. */
	readonly tries: number;
	readonly maxTries: number;
	/** Another target is left. */
	readonly more: boolean;
	/** ms until the commit deadline. */
	readonly timeLeftMs: number;
	/** Uniform in [0, 1). */
	readonly random: () => number;
}

export type NextStep =
	| { readonly step: 'retry'; readonly delayMs: number }
	| { readonly step: 'next' }
	| { readonly step: 'stop' };

const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 2_000;
/** A longer `Retry-After` is the client's to wait for: it gets it with the error. */
const PATIENCE_MS = 2_000;

/** Full jitter: uniform between 0 and the doubled base (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
const backoff = (tries: number, random: () => number): number =>
	random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (tries - 1));

function retry(state: RetryState, delayMs: number): NextStep {
	if (state.tries < state.maxTries && delayMs < state.timeLeftMs) return { step: 'retry', delayMs };
	return elsewhere(state);
}

const elsewhere = (state: RetryState): NextStep => ({ step: state.more && state.timeLeftMs > 0 ? 'next' : 'stop' });

export function nextStep(error: GatewayError, state: RetryState): NextStep {
	const failure = error.upstream?.failure;
	if (failure === undefined) return { step: 'stop' };
	switch (failure) {
		case 'bad-request':
		case 'context-too-long':
		case 'content-filter':
			return { step: 'stop' };
		case 'key-dead':
		case 'quota':
		case 'model-missing':
		case 'malformed':
			return elsewhere(state);
		case 'timeout':
			return state.more ? elsewhere(state) : retry(state, 0);
		case 'rate-limited': {
			if (state.more) return elsewhere(state);
			const wait = error.retryAfterMs ?? backoff(state.tries, state.random);
			return wait <= PATIENCE_MS ? retry(state, wait) : { step: 'stop' };
		}
		case 'overloaded':
		case 'server':
		case 'network': {
			if (error.upstream?.shouldRetry === false) return elsewhere(state);
			const wait = Math.max(error.retryAfterMs ?? 0, backoff(state.tries, state.random));
			return wait <= PATIENCE_MS ? retry(state, wait) : elsewhere(state);
		}
	}
}

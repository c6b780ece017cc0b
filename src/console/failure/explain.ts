/** A failure in words: what happened, its code, and what to do about it. */
import type { GatewayFailure } from '../../client';
import { failureOf } from './refusal';

export interface Explanation {
	/** The gateway's code, or `network`. */
	readonly code: GatewayFailure['code'] | 'network';
	readonly message: string;
	readonly advice: string;
	/** The field at fault. */
	readonly param: string | null;
	readonly retryAfterMs: number | null;
}

type Code = Explanation['code'];

/** `source`: a limit of the gateway's own is raised here, an upstream's is not. */
export function adviceFor(code: Code, source: GatewayFailure['source'] = 'gateway'): string {
	switch (code) {
		case 'network':
			return 'Check your connection and that the gateway is running, then try again.';
		case 'invalid_request':
			return 'Correct the field that is named and send it again.';
		case 'context_too_long':
			return 'Shorten the messages, lower the maximum of output tokens, or choose a model with a larger window.';
		case 'unauthorized':
			return 'Check that the key was copied whole, and that it is neither revoked nor expired.';
		case 'forbidden':
			return 'Ask someone who may do it. Administration needs the role owner or admin, or a key with the scope manage.';
		case 'not_found':
			return 'It may have been deleted. Reload the list.';
		case 'model_not_found':
			return 'Choose a model from the list, or configure a key for its provider.';
		case 'conflict':
			return 'Change what stands in the way, or reload and apply your change to what is there now.';
		case 'too_large':
			return 'Send less: a request has at most 16 MiB.';
		case 'budget_exceeded':
			return 'Wait for the next period, or raise the budget of the organization.';
		case 'rate_limited':
			return source === 'upstream'
				? 'It is the provider’s own limit: wait, then try again, or add another key or a fallback.'
				: 'Wait, then try again, or raise the limit.';
		case 'aborted':
			return 'The request was ended before its answer. Send it again if that was not meant.';
		case 'internal':
			return 'Try again. If it stays, give the operator the time and the request id.';
		case 'upstream_rejected':
			return "The provider refused this gateway's key: the operator must renew it.";
		case 'upstream_malformed':
			return 'The provider answered with something unreadable. Try again, or choose another model.';
		case 'upstream_unavailable':
			return 'The provider is down. Try again later, or give the agent a fallback.';
		case 'upstream_timeout':
			return 'The provider took too long. Try again, or raise the timeout of the agent.';
	}
}

/** Any thrown value. What is not the gateway's own answer is a failure to reach it. */
export function explain(thrown: unknown): Explanation {
	const failure = failureOf(thrown);
	const code = failure?.code ?? 'network';
	return {
		code,
		message: failure?.message ?? 'The gateway could not be reached, or the connection broke.',
		advice: adviceFor(code, failure?.source),
		param: failure?.param ?? null,
		retryAfterMs: failure?.retryAfterMs ?? null,
	};
}

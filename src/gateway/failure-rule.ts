/** Which row of the table of failures an error is. Pure. */
import type { ErrorCode, GatewayError, UpstreamFailure } from '../errors';
import { FAILURE_RULES, type FailureName, type FailureRule } from './failures';

const BY_NAME = Object.fromEntries(FAILURE_RULES.map((rule) => [rule.name, rule])) as Readonly<
	Record<FailureName, FailureRule>
>;

const OF_LIMIT: Readonly<Record<NonNullable<UpstreamFailure['limit']>, FailureName>> = {
	'first-event': 'timeout: first event',
	idle: 'timeout: idle',
	content: 'timeout: content',
	commit: 'timeout: commit deadline',
	total: 'timeout: total',
};

const isWithin = (status: number, hundred: number): boolean => Math.floor(status / 100) === hundred;

function upstreamName({ failure, limit, status = 0, page }: UpstreamFailure, code: ErrorCode): FailureName {
	switch (failure) {
		case 'key-dead':
			return 'key dead';
		case 'quota':
			return 'quota used up';
		case 'rate-limited':
			return 'rate limited';
		case 'overloaded':
			return 'overloaded';
		case 'server':
			return code === 'upstream_malformed' ? 'error event after 200' : 'server error';
		case 'network':
			return isWithin(status, 2) ? 'cut before content' : 'network';
		case 'timeout':
			return limit === undefined ? 'upstream gave up' : OF_LIMIT[limit];
		case 'bad-request':
			return "client's fault";
		case 'context-too-long':
			return 'context too long';
		case 'content-filter':
			return 'content filter';
		case 'model-missing':
			return 'model missing';
		case 'malformed':
			if (isWithin(status, 3)) return 'redirect';
			return page || status >= 400 ? 'web page' : 'malformed answer';
	}
}

/** A limit of the model behind an aggregator, or one request that is too large for any minute (Groq's 413). */
const isAboutKey = ({ scope, status }: UpstreamFailure): boolean => scope === 'key' && status !== 413;

/**
 * The row of a failure, as far as the upstream says nothing against it: a retry that it calls useless
 * (`x-should-retry: false`) is none, but for a request that is another one by then, and what concerns a model or one
 * request alone says nothing of the key.
 */
export function ruleOf({ code, upstream }: GatewayError): FailureRule {
	if (!upstream) return BY_NAME[code === 'aborted' ? 'client left' : 'our own fault'];
	const rule = BY_NAME[upstreamName(upstream, code)];
	const again = upstream.shouldRetry === false && rule.again !== 'replan' ? 'never' : rule.again;
	if (rule.key !== 'none' && !isAboutKey(upstream)) return { ...rule, again, key: 'none', elsewhere: 'target' };
	return again === rule.again ? rule : { ...rule, again };
}

/** The same after content: whatever would have counted against the upstream is a cut. */
export function ruleAfterContent(error: GatewayError): FailureRule {
	const rule = ruleOf(error);
	return rule.breaker === 'none' ? rule : BY_NAME['cut after content'];
}

/** How long each part of a request may take. All in milliseconds. */
import type { ChatRequest } from '../language/request';
import type { RoutingPolicy } from '../language/routing';
import type { Settings, TimeLimits } from './ports';
import type { Target } from './target';
import type { WatchdogLimits } from './watchdog';

/** Speed taken for granted when judging how long a whole answer may take. */
const TOKENS_PER_SECOND = 25;
/** Output expected where the request sets no maximum. */
const EXPECTED_OUTPUT = 1_024;
/** Above this an answer is streamed from the upstream and folded, so that a dead one is noticed in seconds. */
const LONG_OUTPUT = 4_096;
/** Models that reason first are silent for longer. */
const REASONING_PATIENCE = 6;

export const asksReasoning = (request: ChatRequest): boolean =>
	request.reasoning !== undefined && request.reasoning.effort !== 'none';

/** Whether the upstream is asked to stream, although the client is not. */
export const foldsStream = (request: ChatRequest): boolean =>
	(request.maxTokens ?? 0) > LONG_OUTPUT || asksReasoning(request);

/** Time to the first event of one attempt; an explicit `timeoutMs` is taken literally. */
export function firstEventLimit(
	request: ChatRequest,
	streamed: boolean,
	limits: TimeLimits,
	settings: Settings,
): number {
	if (settings.timeoutMs !== undefined) return settings.timeoutMs;
	const first = limits.firstEventMs * (asksReasoning(request) ? REASONING_PATIENCE : 1);
	if (streamed) return first;
	return first + ((request.maxTokens ?? EXPECTED_OUTPUT) / TOKENS_PER_SECOND) * 1_000;
}

/** The operator's, with what the routing policy says in their place. */
export function limitsUnder(limits: TimeLimits, policy: RoutingPolicy): TimeLimits {
	const { firstEventTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxAttempts } = policy;
	return {
		firstEventMs: firstEventTimeoutMs ?? limits.firstEventMs,
		idleMs: idleTimeoutMs ?? limits.idleMs,
		totalMs: totalTimeoutMs ?? limits.totalMs,
		maxAttempts: maxAttempts ?? limits.maxAttempts,
	};
}

/**
 * Of one call. `since`: when it began, where others could be asked in its place: what only pings must leave them the
 * time of one first event, once it had its own.
 */
export function attemptLimits(
	{ firstEventMs, idleMs }: Pick<WatchdogLimits, 'firstEventMs' | 'idleMs'>,
	{ commitBy, totalBy }: Pick<WatchdogLimits, 'commitBy' | 'totalBy'>,
	since: number | null,
): WatchdogLimits {
	const contentBy = since === null ? commitBy : Math.max(since + firstEventMs, commitBy - firstEventMs);
	return { firstEventMs, idleMs, contentBy, commitBy, totalBy };
}

/** Names whose first-event limits make up the commit deadline. */
const COMMIT_NAMES = 3;

/** Different names, `COMMIT_NAMES` at most; those of one stand side by side, but for one that was put first. */
function namesOf(candidates: readonly { readonly target: Pick<Target, 'name'> }[]): number {
	const names = new Set<string>();
	for (const { target } of candidates) {
		names.add(target.name);
		if (names.size === COMMIT_NAMES) break;
	}
	return names.size;
}

/** Time from the start to the commit point, over all attempts. */
export const commitLimit = (
	firstEventMs: number,
	candidates: readonly { readonly target: Pick<Target, 'name'> }[],
	{ commitTimeoutMs }: RoutingPolicy,
): number => commitTimeoutMs ?? firstEventMs * (candidates.length === 1 ? 1 : namesOf(candidates));

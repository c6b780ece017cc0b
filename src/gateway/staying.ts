/** Whether a conversation stays where its prompt is cached. Pure. */
import { affinityOf } from './candidate';
import { type Asking, conversationOf, evenly, goesOn, namedConversation } from './conversation';
import { isReady } from './pool';
import type { Survey } from './route';
import type { Entry, Size } from './score';
import type { RankFacts, Target } from './target';

export interface Staying {
	/** For `AffinityPort`; null: nothing depends on it. */
	readonly conversation: string | null;
	/** Answered last and has the prompt; null: nobody, or nobody who can answer now. */
	readonly with: Target | null;
	/** Uniform in [0, 1) for a candidate: the same in each isolate where the conversation is to stay. */
	readonly draw: (name: string) => number;
}

/** Shorter prompts are cached nowhere (tokens). */
const LEAST_CACHED = 1_024;

/** Reading a prompt from its cache is cheaper than sending it to somebody else. */
function caches({ facts: { prices } }: Target): boolean {
	return prices?.cacheRead !== undefined && prices.cacheRead < prices.input;
}

/** `entries`: those that are as good as each other, among whom alone a conversation stays: a fallback never keeps it. */
export function staying(
	entries: readonly Entry[],
	{ request, first, policy }: Pick<Survey, 'request' | 'first' | 'policy'>,
	size: Size,
	asking: Asking | null,
	facts: RankFacts,
): Staying {
	const targets = asking === null || policy.sticky === false ? [] : entries.flatMap((entry) => entry.targets);
	if (asking === null || targets.length < 2 || !targets.some(caches))
		return { conversation: null, with: null, draw: facts.random };
	const organization = facts.snapshot.organization.id;
	const conversation = `${organization} ${conversationOf(asking, [request.agentSlug ?? '', first.name])}`;
	const isCached = size.promptTokens >= LEAST_CACHED && goesOn(asking.request);
	const stays = isCached || namedConversation(asking) !== null;
	return {
		conversation,
		with: isCached ? lastOf(targets, conversation, size, facts) : null,
		draw: stays ? (name) => evenly([conversation, name]) : facts.random,
	};
}

function lastOf(targets: readonly Target[], conversation: string, size: Size, facts: RankFacts): Target | null {
	const last = facts.affinity.last(conversation);
	const found = last === null ? undefined : targets.find((target) => affinityOf(target) === last);
	return found && caches(found) && isReady(found, size, facts) ? found : null;
}

/** Who may answer one request, in which order: what `route.ts` finds out and `pursue.ts` works through. */
import type { Modality } from '../catalog/facts';
import type { RoutingPolicy, RoutingStep, Strategy } from '../language/routing';
import type { Choice } from './ports';
import type { Target } from './target';

/** What a request asks of whoever answers it. */
export interface Needs {
	readonly tools: boolean;
	/** JSON that fits a schema. */
	readonly structuredOutput: boolean;
	/** Kinds of input beside text. */
	readonly input: readonly Modality[];
	/** Estimated on the high side. */
	readonly promptTokens: number;
	/** Most that may come back; null: the request sets no bound. */
	readonly maxTokens: number | null;
	/** Why the whole conversation does not fit there, with figures; null: it does. Absent: the estimate decides. */
	readonly room?: (target: Target) => string | null;
}

/** One provider and model with one of its keys. */
export interface Candidate {
	readonly target: Target;
	/** See `RoutingStep.score`. */
	readonly score: number | null;
	/** Does not hold the whole conversation, which others before it do: until it is considered it counts as skipped. */
	readonly tight?: true;
}

export interface Route {
	readonly strategy: Strategy;
	/** The conversation's last target was put first. */
	readonly sticky: boolean;
	/** At least one, the keys of one provider and model side by side. */
	readonly candidates: readonly Candidate[];
	/** Tried in place of all others where the conversation is too long for the one that said so. */
	readonly contextChain: readonly Candidate[];
	/** The same, where a content filter refused. */
	readonly filterChain: readonly Candidate[];
	/** Those that could not even be considered. */
	readonly skipped: readonly RoutingStep[];
	/** Settings of whatever chose the model; null where the request named it itself. */
	readonly choice: Choice | null;
	/** In force for this request. */
	readonly policy: RoutingPolicy;
	/** Names the conversation for `AffinityPort`; null: nothing is to be remembered of it. */
	readonly conversation: string | null;
}

/** A candidate as `AffinityPort` knows it. */
export const affinityOf = ({ name, credential }: Target): string => `${name} ${credential.rowId ?? ''}`;

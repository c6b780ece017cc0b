/** Answers of the typed API as JSON carries them: no bigint, no error objects; money is decimal USD. */
import type { CallMeta, ChatAnswer, CostEstimate, EmbedAnswer, TokenCount } from '../gateway/call';
import type { ChatEvent } from '../language/event';
import type { AssistantPart } from '../language/message';
import type { FinishReason, TokenLogprob } from '../language/request';
import { completionTokens, promptTokens, totalTokens, type Usage, type UsagePart } from '../language/usage';
import { usdOf } from '../services/usd';

export type { TokenCount } from '../gateway/call';
export type { ContextReceipt } from '../language/context';
export type { RoutingDecision, RoutingStep } from '../language/routing';

/** Facts about an answer; `costUsd` as decimal USD, null where the price is unknown or the call not over. */
export interface AnswerMeta extends Omit<CallMeta, 'costNanoUsd'> {
	readonly costUsd: string | null;
}

/** The partition of tokens and, for convenience, its totals. */
export interface AnswerUsage extends Readonly<Record<UsagePart, number>> {
	readonly promptTokens: number;
	readonly completionTokens: number;
	readonly totalTokens: number;
}

export interface ChatResult {
	/** The upstream's id of the completion. */
	readonly id: string;
	/** The model that answered, in the upstream's own spelling. */
	readonly model: string;
	/** All text parts, joined. */
	readonly text: string;
	readonly content: readonly AssistantPart[];
	readonly finish: FinishReason;
	/** null: the upstream did not say. */
	readonly usage: AnswerUsage | null;
	readonly logprobs?: readonly TokenLogprob[];
	/** Of the refusal; `logprobs` are those of the text. */
	readonly refusalLogprobs?: readonly TokenLogprob[];
	readonly meta: AnswerMeta;
}

export interface EmbedResult {
	readonly model: string;
	/** One vector per input, in order. */
	readonly embeddings: readonly (readonly number[])[];
	readonly usage: AnswerUsage | null;
	readonly meta: AnswerMeta;
}

/** What a request would cost at its first target; money as decimal USD. */
export interface EstimateResult extends TokenCount {
	/** What the planner would do for that target. */
	readonly context: CostEstimate['context'];
	readonly outputTokens: CostEstimate['outputTokens'];
	/** The least with all of the prompt cached, where a cached token has a price of its own; null: no price is known. */
	readonly costUsd: { readonly min: string; readonly max: string } | null;
	/** Of the tightest budget in force; null: there is none, or (named in the warnings) it can't be read. */
	readonly budgetLeftUsd: string | null;
	readonly fits: CostEstimate['fits'];
}

/**
 * What `stream` yields: `meta` first (who answers), then the events of the answer, then `meta` again with the
 * cost. A failure is thrown, before or after content: a stream that ends without one is whole.
 */
export type StreamEvent =
	| Exclude<ChatEvent, { type: 'usage' | 'error' }>
	| { readonly type: 'usage'; readonly usage: AnswerUsage }
	| { readonly type: 'meta'; readonly meta: AnswerMeta };

export function answerMeta({ costNanoUsd, ...meta }: CallMeta): AnswerMeta {
	return { ...meta, costUsd: costNanoUsd === null ? null : usdOf(costNanoUsd) };
}

export function answerUsage({ reportedNanoUsd: _, ...parts }: Usage): AnswerUsage {
	return {
		...parts,
		promptTokens: promptTokens(parts),
		completionTokens: completionTokens(parts),
		totalTokens: totalTokens(parts),
	};
}

export function chatResult({ response, meta }: ChatAnswer): ChatResult {
	const { usage, ...rest } = response;
	return {
		...rest,
		text: response.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
		usage: usage && answerUsage(usage),
		meta: answerMeta(meta),
	};
}

export function embedResult({ response, meta }: EmbedAnswer): EmbedResult {
	const { usage, ...rest } = response;
	return { ...rest, usage: usage && answerUsage(usage), meta: answerMeta(meta) };
}

export function estimateResult({ costNanoUsd: cost, budgetLeftNanoUsd: left, ...rest }: CostEstimate): EstimateResult {
	return {
		...rest,
		costUsd: cost && { min: usdOf(cost.min), max: usdOf(cost.max) },
		budgetLeftUsd: left === null ? null : usdOf(left),
	};
}

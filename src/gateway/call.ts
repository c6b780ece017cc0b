/** What a door hands to the path, and what it gets back. */

import type { ModelFacts } from '../catalog/facts';
import type { ContextReceipt, CountMethod } from '../language/context';
import type { ChatEvent } from '../language/event';
import type { ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, Warning } from '../language/request';
import type { RoutingDecision } from '../language/routing';
import type { NanoUsd, RateState } from '../ledger/contract';

interface CallBase {
	/** Ours, new for each call of the path (each of `n` has its own). */
	readonly requestId: string;
	/** The inbound `x-request-id`. */
	readonly clientRequestId: string | null;
	/** `x-switchyard-agent`. */
	readonly agent: string | null;
	/** False: `x-switchyard-fallback: none`. */
	readonly fallback: boolean;
	/** `x-switchyard-conversation`: what the caller calls this conversation; absent: it is told by how it begins. */
	readonly conversation?: string | null;
	/** When the request arrived (ms since epoch). */
	readonly receivedAt: number;
	/** Aborts where the client is known to have left. Settlement never depends on it. */
	readonly signal: AbortSignal | null;
}

export interface ChatCall extends CallBase {
	readonly request: ChatRequest;
}

export interface EmbedCall extends CallBase {
	readonly request: EmbedRequest;
}

/** Any other request to a configured provider, sent on as it is. */
export interface PassthroughCall extends Omit<CallBase, 'agent' | 'fallback' | 'conversation'> {
	/** Provider id, or the name of a server that has one. */
	readonly provider: string;
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Under the provider's root, as it came (percent-encoded); starts with `/`. */
	readonly path: string;
	/** With its `?`, or empty. */
	readonly search: string;
	/** Those a client may send on, lower-case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: ArrayBuffer | null;
	/** The model the body names; null: none, or it can't be seen. */
	readonly model: string | null;
	readonly runId: string | null;
}

/** Facts about the answer for headers and receipt. */
export interface CallMeta {
	readonly requestId: string;
	readonly provider: string;
	/** The upstream's name, without the provider. */
	readonly model: string;
	/** Upstream calls so far, retries included. */
	readonly attempts: number;
	readonly configVersion: number;
	readonly context: ContextReceipt | null;
	readonly warnings: readonly Warning[];
	readonly routing: RoutingDecision;
	readonly requests: RateState | null;
	/** null: price unknown, or not over yet. */
	readonly costNanoUsd: NanoUsd | null;
	/** Wall time minus waiting on upstreams (ms). */
	readonly overheadMs: number;
}

export interface ChatAnswer {
	readonly response: ChatResponse;
	readonly meta: CallMeta;
}

/** A stream past its commit point. */
export interface ChatStream {
	/** Batches of events, one per upstream chunk. Drive it inside `waitUntil`, to its end or to `return()`. */
	readonly events: AsyncGenerator<readonly ChatEvent[], void, void>;
	/** At the commit point; after `finish` or `error` with the final cost. */
	meta(): CallMeta;
}

export interface EmbedAnswer {
	readonly response: EmbedResponse;
	readonly meta: CallMeta;
}

/** What a request would count, were it sent. */
export interface TokenCount {
	/** Prompt tokens of the request as it came, before any planning. */
	readonly inputTokens: number;
	/** `provider`: its own count; else ours. */
	readonly method: 'provider' | CountMethod;
	readonly provider: string;
	/** The upstream's name, without the provider. */
	readonly model: string;
	readonly configVersion: number;
	readonly warnings: readonly Warning[];
}

/** What a request would cost, were it sent to its first target. */
export interface CostEstimate extends TokenCount {
	/** What the planner would do for that target. */
	readonly context: ContextReceipt;
	/** Fewest and most tokens of the answer: the most is what was asked for, else what the model gives, as far as it fits. */
	readonly outputTokens: { readonly min: number; readonly max: number };
	/** null: no price is known. */
	readonly costNanoUsd: { readonly min: NanoUsd; readonly max: NanoUsd } | null;
	/** Of the tightest budget in force, holds of running requests taken off; null: there is none, or it can't be read. */
	readonly budgetLeftNanoUsd: NanoUsd | null;
	/** The most that it may cost is left in every budget; null: price or budget are not known. */
	readonly fits: boolean | null;
}

/** An upstream's own 2xx answer. */
export interface Passed {
	readonly status: number;
	/** All of the upstream's. */
	readonly headers: Headers;
	/** Drive it inside `waitUntil`, to its end or to `return()`: that settles the call. Throws where it breaks off. */
	readonly body: AsyncGenerator<Uint8Array, void, void>;
	meta(): CallMeta;
}

/** A model that can be used now. */
export interface ListedModel extends ModelFacts {
	/** What a request names in the provider's place, for a server with a name of its own. */
	readonly server?: string;
	/** The organization's own names for it. */
	readonly aliases?: readonly string[];
	/** What the organization calls it in lists. */
	readonly displayName?: string;
}

/** The gateway bound to one request's ports: what doors see. */
export interface Gateway {
	/** Throws GatewayError. */
	chat(call: ChatCall): Promise<ChatAnswer>;
	/** Resolves at the commit point. Throws GatewayError before it; after it an `error` event ends the stream. */
	stream(call: ChatCall): Promise<ChatStream>;
	embed(call: EmbedCall): Promise<EmbedAnswer>;
	/** For the first target of the call. No limit is checked and nothing is accounted. Throws GatewayError. */
	countTokens(call: ChatCall): Promise<TokenCount>;
	/** For the first target of the call. Nothing is called but a summary's cache, and nothing accounted. Throws GatewayError. */
	estimateCost(call: ChatCall): Promise<CostEstimate>;
	/** Resolves with the head of a 2xx answer. Throws GatewayError for every other. */
	passthrough(call: PassthroughCall): Promise<Passed>;
	/**
	 * Every model the caller can use now: configured providers, `mock` included. Configuration is read from D1, never
	 * from a cache; providers' own lists are waited for two seconds at most. Empty for a key that names no model itself.
	 */
	models(): Promise<readonly ListedModel[]>;
}

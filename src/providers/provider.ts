/**
 * The contracts of this folder. A provider is data, a wire is code: a wire is pure (no fetch, no
 * environment, no clock) and knows no provider by name; where providers differ, a quirk is a named field.
 */
import type { GatewayError } from '../errors';
import type { ChatEvent } from '../language/event';
import type { ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, Reasoning, Warning } from '../language/request';

export type WireId = 'openai-chat' | 'anthropic-messages' | 'mock';
export type EmbedWireId = 'openai-embeddings' | 'mock-embeddings';

/** What distinguishes one speaker of a wire from another. All optional: absent is the wire's own default. */
export interface Quirks {
	/** Field that carries `maxTokens`. OpenAI: `max_completion_tokens`; most others still `max_tokens`. */
	readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
	/** Role of system messages for reasoning models. */
	readonly developerRole?: boolean;
	/** Canonical fields this provider refuses or ignores: left out and named in `warnings`. */
	readonly unsupported?: readonly UnsupportedField[];
	/** How reasoning is asked for. */
	readonly reasoning?: 'effort' | 'openrouter' | 'deepseek';
	/** Message field in which reasoning is replayed within a tool loop. */
	readonly reasoningReplay?: 'reasoning_content' | 'reasoning_details';
	/** `stream_options.include_usage` is understood. Default true. */
	readonly streamUsage?: boolean;
	/** A JSON schema is sent as `json_object` plus instructions (no native schemas). */
	readonly jsonObjectOnly?: boolean;
	/** Usage carries the charge in USD as `usage.cost`. */
	readonly reportsCost?: boolean;
	/** What models without sampling (`ModelTraits.sampling`) refuse besides temperature, top_p and top_k. */
	readonly withoutSampling?: readonly UnsupportedField[];
	/** Streams are padded with random text unless `stream_options.include_obfuscation` is false. */
	readonly streamObfuscation?: boolean;
	/** `metadata` is refused unless `store` is true. */
	readonly metadataNeedsStore?: boolean;
	/** Prompt-cache breakpoints are `cache_control` on content parts. */
	readonly cacheControl?: boolean;
	/** A file may be given by its URL. */
	readonly fileUrls?: boolean;
	/** Assistant messages have a field `refusal`; elsewhere a refusal is replayed as text. */
	readonly refusalField?: boolean;
	/** Text content must be one string, never an array of parts. */
	readonly stringContent?: boolean;
	/** Embeddings are to be had as base64 of little-endian float32, which is exact and half as long. */
	readonly base64Embeddings?: boolean;
}

export type UnsupportedField =
	| 'topK'
	| 'seed'
	| 'stop'
	| 'logprobs'
	| 'presencePenalty'
	| 'frequencyPenalty'
	| 'parallelToolCalls'
	| 'user'
	| 'metadata'
	| 'images'
	| 'audio'
	| 'files'
	| 'messageName';

/** What a wire must know of the model it addresses; from the catalog, conservative where unknown. */
export interface ModelTraits {
	/** Tokens; null: unknown. */
	readonly maxOutput: number | null;
	/** The model reasons, or can be asked to. */
	readonly reasoning: boolean;
	/** How reasoning is steered; empty where it can't be, or is unknown. */
	readonly reasoningOptions: readonly ReasoningOption[];
	/** False: temperature, top_p, top_k are refused by the model and must be left out. */
	readonly sampling: boolean;
	/** JSON schema output is native. */
	readonly structuredOutput: boolean;
	/** False: not in the catalog; the rest is a guess, and what it denies is not held against a request. Absent: known. */
	readonly known?: boolean;
}

export type ReasoningOption =
	| { readonly type: 'effort'; readonly values: readonly string[] }
	| { readonly type: 'toggle' }
	| { readonly type: 'budget'; readonly min: number | null; readonly max: number | null };

/** Where a wire request goes, as far as its shape depends on it. */
export interface WireTarget {
	readonly providerId: string;
	/** The upstream's name of the model, without the provider. */
	readonly model: string;
	readonly stream: boolean;
	readonly quirks: Quirks;
	readonly traits: ModelTraits;
}

/** What the answer must undo. Made by `toRequest`, read by the decoder of the same wire. */
export interface DecodePlan {
	/** The schema was sent as a forced tool of this name: its arguments are the text. */
	readonly schemaTool?: string;
	/** Tool names changed for the wire: sent name → caller's name. */
	readonly toolNames?: Readonly<Record<string, string>>;
	/** See `Quirks.reportsCost`. */
	readonly reportsCost?: boolean;
	readonly reasoning?: Reasoning;
}

export interface WireRequest {
	/** Appended to the base URL; starts with `/`. */
	readonly path: string;
	/** Without authentication, which `gateway/attempt.ts` adds from the credential. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly warnings: readonly Warning[];
	readonly plan: DecodePlan;
}

/** One frame of a streamed body: an SSE event, an NDJSON line, an AWS event. */
export interface Frame {
	/** SSE `event:` name; empty where none. */
	readonly event: string;
	readonly data: string;
}

/** Bytes in, frames out; holds incomplete frames, bounded. Throws `upstream_malformed` above the bound. */
export interface Framer {
	push(bytes: Uint8Array): Frame[];
	/** What a missing last blank line held back. */
	end(): Frame[];
}

export interface Decoder {
	/** Never throws: what can't be read becomes an `error` event, after which nothing more comes. */
	push(frame: Frame): ChatEvent[];
	/** The body ended. Without a finish reason so far: an `error` event (the answer was cut). */
	end(): ChatEvent[];
}

export interface Wire {
	readonly id: WireId;
	readonly framing: 'sse' | 'ndjson';
	/** Throws `invalid_request` where the target can't carry the request at all. */
	toRequest(request: ChatRequest, target: WireTarget): WireRequest;
	/** The whole JSON text of a 2xx answer. Throws GatewayError (an error inside 200 too). */
	fromResponse(body: string, plan: DecodePlan): ChatResponse;
	decoder(plan: DecodePlan): Decoder;
	/** A non-2xx answer. `headers` are lower-case. Never quotes the body beyond a scrubbed message. */
	fromError(status: number, headers: Headers, body: string): GatewayError;
}

export interface EmbedWire {
	readonly id: EmbedWireId;
	toRequest(request: EmbedRequest, target: Pick<WireTarget, 'providerId' | 'model' | 'quirks'>): WireRequest;
	/** `inputs` vectors are expected; fewer or more is `upstream_malformed`. */
	fromResponse(body: string, inputs: number, plan?: DecodePlan): EmbedResponse;
	fromError(status: number, headers: Headers, body: string): GatewayError;
}

export interface Provider {
	/** As in `provider/model`, and upper-cased with `-` as `_` in the environment. */
	readonly id: string;
	readonly label: string;
	/** Default root, path included, no slash at its end; null: must be configured. */
	readonly baseUrl: string | null;
	readonly wire: WireId;
	/** How the key travels. `none`: the provider takes none. `optional`: a bearer where one is configured. */
	readonly auth: { readonly kind: 'bearer' | 'optional' | 'none' } | { readonly kind: 'header'; readonly name: string };
	/** Sent with every call, e.g. `anthropic-version`. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly quirks?: Quirks;
	/** Used where nothing names a model. */
	readonly defaultModel: string;
	readonly embeddings?: {
		readonly wire: EmbedWireId;
		readonly defaultModel: string;
		/** Inputs in one call; longer arrays are split. */
		readonly maxInputs: number;
	};
	/** GET path of the model list, cheap enough for a health check. */
	readonly modelsPath?: string;
	/** GET path that proves key and endpoint, where the model list is public and so proves no key. */
	readonly healthPath?: string;
	/** Runs on the operator's own machine: http and private addresses are its normal place. */
	readonly local?: true;
	/** Answers inside the Worker; nothing leaves it. */
	readonly builtin?: true;
}

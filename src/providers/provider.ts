/**
 * The contracts of this folder. A provider is data, a wire is code: a wire is pure (no fetch, no
 * environment, no clock) and knows no provider by name; where providers differ, a quirk is a named field.
 */
import type { GatewayError } from '../errors';
import type { ChatEvent } from '../language/event';
import type { ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, Reasoning, Warning } from '../language/request';
import type { SignatureOrigin } from '../language/signature';
import type { Capabilities, CapabilityOverrides } from './capability';
import type { ConfigField, ProviderConfig } from './config';
import type { Quirks } from './quirks';

export type { Quirks } from './quirks';

export type WireId =
	| 'openai-chat'
	| 'openai-responses'
	| 'anthropic-messages'
	| 'google-generate'
	| 'bedrock-converse'
	| 'ollama-chat'
	| 'cohere-chat'
	| 'mock';
export type EmbedWireId =
	| 'openai-embeddings'
	| 'google-embeddings'
	| 'bedrock-embeddings'
	| 'cohere-embeddings'
	| 'ollama-embeddings'
	| 'huggingface-embeddings'
	| 'workers-ai-embeddings'
	| 'mock-embeddings';

/** What a model can be given. */
export type Modality = 'text' | 'image' | 'audio' | 'video' | 'pdf';

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
	/** Absent: unknown, nothing is held against a request. */
	readonly input?: readonly Modality[];
	/** False: the model calls no tools. Absent: unknown. */
	readonly tools?: boolean;
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
	/** The upstream's name of the model (on Azure of the deployment), without the provider. */
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
	/** Who signed the answer's reasoning, where one wire serves models of several makers. */
	readonly signatures?: SignatureOrigin;
	readonly reasoning?: Reasoning;
	/** The caller has tools, none of them called `parallel`: a call of that function holds several calls. */
	readonly parallelWrapper?: boolean;
	/** Number of the first call whose id must be made, where the answer has no name of its own. Absent: 0. */
	readonly firstCall?: number;
	/** The model asked for, where the protocol's answers name none. */
	readonly model?: string;
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
	/** SSE `event:` name, AWS `:event-type` or `:exception-type`; empty where none. */
	readonly event: string;
	readonly data: string;
	/** AWS: `:message-type` `exception` or `error`, which ends the stream. */
	readonly failed?: true;
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

export type Framing = 'sse' | 'ndjson' | 'aws-events';

export interface Wire {
	readonly id: WireId;
	readonly framing: Framing;
	/** Of its most capable provider; a provider states what differs. */
	readonly capabilities: Capabilities;
	/** Throws `invalid_request` where the target can't carry the request at all. */
	toRequest(request: ChatRequest, target: WireTarget): WireRequest;
	/** The whole JSON text of a 2xx answer. Throws GatewayError (an error inside 200 too). */
	fromResponse(body: string, plan: DecodePlan): ChatResponse;
	decoder(plan: DecodePlan): Decoder;
	/** A non-2xx answer. `headers` are lower-case. Never quotes the body beyond a scrubbed message. */
	fromError(status: number, headers: Headers, body: string): GatewayError;
	/** Bound of the output (tokens) that `toRequest` sends where the request sets none; null, or absent: it sends none. */
	defaultOutput?(request: Pick<ChatRequest, 'reasoning'>, target: Pick<WireTarget, 'model' | 'traits'>): number | null;
	/** The protocol's own counting of prompt tokens; used where the provider says `counting`. */
	readonly counting?: {
		toRequest(request: ChatRequest, target: WireTarget): WireRequest;
		/** Prompt tokens. Throws `upstream_malformed`. */
		fromResponse(body: string): number;
	};
	/** Has the server fetch a model into its own store; used where the provider says `pulling`. Framed as the wire is. */
	readonly pulling?: {
		toRequest(model: string): Pick<WireRequest, 'path' | 'headers' | 'body'>;
		decoder(): PullDecoder;
	};
}

/** How far a pull is, over all layers begun so far. */
export interface PullProgress {
	/** The server's own words, e.g. `pulling manifest`, `success`. */
	readonly status: string;
	/** Bytes; null: not said yet. */
	readonly completed: number | null;
	readonly total: number | null;
	/** 0 to 100, one decimal. */
	readonly percent: number | null;
}

/** Both throw GatewayError: what the server says went wrong, or that it stopped before its end. */
export interface PullDecoder {
	/** null: the frame says nothing new. */
	push(frame: Frame): PullProgress | null;
	end(): void;
}

export interface EmbedWire {
	readonly id: EmbedWireId;
	toRequest(request: EmbedRequest, target: Pick<WireTarget, 'providerId' | 'model' | 'quirks'>): WireRequest;
	/** `inputs` vectors are expected; fewer or more is `upstream_malformed`. */
	fromResponse(body: string, inputs: number, plan?: DecodePlan, headers?: Headers): EmbedResponse;
	fromError(status: number, headers: Headers, body: string): GatewayError;
}

/** How the key travels. */
export type ProviderAuth =
	/** `optional`: a bearer where one is configured. `none`: the provider takes none. */
	| { readonly kind: 'bearer' | 'optional' | 'none' }
	/** `entra`: with `config.auth: 'entra'` it is a token sent as a bearer. */
	| { readonly kind: 'header'; readonly name: string; readonly entra?: true }
	/** A bearer key, or `ACCESS:SECRET[:SESSION]`, which signs the request (SigV4) for this service. */
	| { readonly kind: 'aws'; readonly service: string };

/** Where the address depends on the configuration. Pure functions; an absent one changes nothing. */
export interface ProviderRouting {
	/** Root where no base URL is set; null: the configuration lacks what it takes. */
	readonly baseUrl?: (config: ProviderConfig) => string | null;
	/** The upstream's name of a model, e.g. an Azure deployment. */
	readonly model?: (model: string, config: ProviderConfig) => string;
	/** Path and query in place of the wire's, appended to `baseUrl`; `model` as `model()` gave it. */
	readonly path?: (path: string, model: string, config: ProviderConfig, baseUrl: string) => string;
	/** Further headers. */
	readonly headers?: (config: ProviderConfig) => Readonly<Record<string, string>>;
}

/** Another wire for some requests; the first that fits is taken. */
export interface AlternativeWire {
	readonly wire: WireId;
	/** Models (with `*`) that are served by this wire alone. */
	readonly models?: readonly string[];
	/** Also where reasoning must come back sealed, or is replayed sealed by this wire. */
	readonly sealedReasoning?: true;
	/** Models (with `*`) that take tools only on this wire unless they are told not to reason. */
	readonly toolModels?: readonly string[];
	readonly quirks?: Quirks;
	/** What differs from that wire's; the provider's own overrides are about its first wire. */
	readonly capabilities?: CapabilityOverrides;
}

/** Where a list of the provider's models is, and in which shape. */
export interface ModelList {
	/** GET path under the base URL. */
	readonly path: string;
	readonly shape: 'openai' | 'openrouter' | 'ollama' | 'lmstudio';
	/** It needs no key. */
	readonly public?: true;
}

export interface Provider {
	/** As in `provider/model`, and upper-cased with `-` as `_` in the environment. */
	readonly id: string;
	readonly label: string;
	/** Default root, path included, no slash at its end; null: must be configured. */
	readonly baseUrl: string | null;
	readonly wire: WireId;
	readonly alternatives?: readonly AlternativeWire[];
	readonly auth: ProviderAuth;
	/** Sent with every call, e.g. `anthropic-version`. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly quirks?: Quirks;
	/** What differs from its wire's. */
	readonly capabilities?: CapabilityOverrides;
	/** Settings its rows and the environment may hold; absent: none. */
	readonly config?: readonly ConfigField[];
	readonly routing?: ProviderRouting;
	/** Used where nothing names a model. */
	readonly defaultModel: string;
	readonly embeddings?: {
		readonly wire: EmbedWireId;
		readonly defaultModel: string;
		/** Inputs in one call; longer arrays are split. */
		readonly maxInputs: number;
		/** Models (with `*`) that take fewer; the first that fits counts. */
		readonly maxInputsOf?: readonly (readonly [models: string, maxInputs: number])[];
	};
	/** GET path of the model list, cheap enough for a health check. */
	readonly modelsPath?: string;
	/** GET path that proves key and endpoint, where the model list is public and so proves no key. */
	readonly healthPath?: string;
	/** The list changes without us (a local server, an aggregator): it is read live and laid over the catalog. */
	readonly liveModels?: ModelList;
	/** Runs on the operator's own machine: http and private addresses are its normal place. */
	readonly local?: true;
	/** It counts prompt tokens at no charge, by its wire's `counting`; a wire named here counts for all of its models. */
	readonly counting?: true | WireId;
	/** It fetches models on demand, by its wire's `pulling`. */
	readonly pulling?: true;
	/**
	 * Paths (with `*`) that anyone may call with the operator's own key: those that keep nothing in its account.
	 * With a key of its own an organization may call every path.
	 */
	readonly passthrough?: readonly string[];
	/** Rows are servers of their own, each addressed by its name as `<name>/<model>`. */
	readonly named?: true;
	/** Answers inside the Worker; nothing leaves it. */
	readonly builtin?: true;
}

/**
 * What the path needs from outside. `compose.ts` fills these in; tests fill them with scripted ones.
 * Nothing in `gateway/` sees the environment, the database or Hono.
 */
import type { ModelFacts } from '../catalog/facts';
import type { ModelOverrides } from '../catalog/override';
import type { GatewayError } from '../errors';
import type { HealthPort } from '../health/contract';
import type { ContextField, ContextPolicy } from '../language/context';
import type { RoutingField, RoutingPolicy } from '../language/routing';
import type { ModelSettings } from '../language/settings';
import type {
	Account,
	CloseRequest,
	ExtendRequest,
	Issuer,
	KeyLimits,
	LedgerLimits,
	OpenAnswer,
	OpenRequest,
} from '../ledger/contract';
import type { EncodingPort } from '../planner/encoding';
import type { PromptVersion } from '../prompt/source';
import type { ProviderConfig } from '../providers/config';
import type { EmbedWire, EmbedWireId, Frame, Provider, Wire, WireId, WireRequest } from '../providers/provider';
import type { Clock } from '../wait';
import type { SummaryPort } from './summary-port';

/** Virtual in tests: nothing here ever sleeps for real there. */
export type Time = Clock;

export interface OutboundRequest {
	/** Provider id, for `<ID>_DEBUG`. */
	readonly provider: string;
	readonly url: string;
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | ArrayBuffer;
	readonly signal: AbortSignal;
	/** `tenant` addresses are checked against private networks; `operator` ones are exempt. */
	readonly trust: 'operator' | 'tenant';
}

/** The only way out. Throws GatewayError: `upstream_unavailable` (network), `invalid_request` (refused address). */
export type Send = (request: OutboundRequest) => Promise<Response>;

/** A key and the address it may go to: always resolved together from one source. */
export interface Credential {
	/** `llm_providers.id`; null for the environment's. */
	readonly rowId: string | null;
	/** `llm_providers.name`; the provider's id for the environment's. */
	readonly name: string;
	readonly source: 'organization' | 'environment' | 'none';
	readonly apiKey: string | null;
	/** Root, path included, no slash at its end. */
	readonly baseUrl: string;
	readonly trust: 'operator' | 'tenant';
	/** Region, deployments and the like. */
	readonly config: ProviderConfig;
	/** Names this key where its standing is kept: tells nothing of the secret, and changes with it. Absent: no key. */
	readonly mark?: string;
}

/** Which layer of the configuration said a thing. */
export type Origin = 'default' | 'environment' | 'global' | 'organization' | 'agent' | 'request';

export interface Sourced<T> {
	readonly value: T;
	readonly origin: Origin;
}

/** Request settings that a layer may preset; the request's own value wins. */
export type Settings = ModelSettings;

/** A routing policy in force, each field with the layer that set it. */
export type SourcedRouting = { readonly [K in RoutingField]?: Sourced<NonNullable<RoutingPolicy[K]>> };

/** The same of a context policy. */
export type SourcedContext = { readonly [K in ContextField]?: Sourced<NonNullable<ContextPolicy[K]>> };

/** A configured choice of model with its settings, each with its origin. */
export interface Choice {
	/** `provider/model` or a bare name; an alias is already followed. */
	readonly model: Sourced<string>;
	readonly settings: { readonly [K in keyof Settings]: Sourced<NonNullable<Settings[K]>> };
	/** `Credential.rowId` to use for this model, where a profile names one; absent: the provider's in order. */
	readonly credentialRowId?: string;
	/** The organization's with what profile and agent say over it; absent: nobody says anything. */
	readonly routing?: SourcedRouting;
	/** The same of what may be done to a conversation that does not fit. */
	readonly context?: SourcedContext;
}

export interface AgentConfig {
	readonly id: string;
	readonly slug: string;
	readonly choice: Choice;
	/** Names tried in order after the first: `provider/model`, an alias or `profile:<name>`. */
	readonly fallbacks: readonly string[];
	/** A name as in `fallbacks`; null: the organization's, else the default one. */
	readonly embeddingModel: string | null;
	/** Built and inserted ahead of the caller's messages; null: none. */
	readonly prompt: PromptVersion | null;
}

/** Who is asking, and what its key lets through. */
export interface Caller {
	readonly kind: 'gateway-key' | 'operator' | 'user';
	readonly organizationId: string;
	readonly keyId: string | null;
	/** With an agent, may the request name another model? */
	readonly mayOverrideModel: boolean;
	/** May the request put its own value in place of one that the configuration sets? */
	readonly mayOverrideSettings: boolean;
	/** With an agent, may the request bring system messages of its own? */
	readonly mayOverridePrompt: boolean;
	/** `provider/model` patterns with `*`; null: all. */
	readonly allowedModels: readonly string[] | null;
	/** Agent slugs, through which alone models can be reached; null: all agents, and models by themselves. */
	readonly allowedAgents: readonly string[] | null;
	/** Provider ids; null: all. */
	readonly allowedProviders: readonly string[] | null;
	/** The key's own; null: none. */
	readonly limits: KeyLimits | null;
	/** Of a token that a key issued for a page: that key, for which the token counts too. Absent: nobody's token. */
	readonly issuer?: Issuer | null;
}

/** Everything one request is decided by, at one configuration version. */
export interface Snapshot {
	readonly version: number;
	/** True: read from D1 for this request; false: from a cache, so a refusal must be checked once. */
	readonly fresh: boolean;
	readonly caller: Caller;
	readonly organization: { readonly id: string; readonly slug: string };
	readonly limits: LedgerLimits;
	/** What an absent or `default` model means. */
	readonly defaultChoice: Choice;
	/** Profiles by name: the organization's, and the operator's under names it does not use itself. */
	readonly profiles: Readonly<Record<string, Choice>>;
	/** The organization's own bare names → `provider/model` or `profile:<name>`, already followed to the end. */
	readonly aliases?: Readonly<Record<string, string>>;
	/** The agent asked for; null where none was, or where it does not exist. */
	readonly agent: AgentConfig | null;
	/** Names for requests without a chain of their own: the organization's, else `FALLBACK_CHAIN`. */
	readonly fallbackChain: readonly string[];
	/** Name of a model, alias or `profile:<name>` → names that follow it, in `fallbackChain`'s place. Without a prototype. */
	readonly fallbacks?: Readonly<Record<string, readonly string[]>>;
	/** The organization's own, for requests that name their model themselves; absent: it says nothing. */
	readonly routing?: SourcedRouting;
	/** The same. */
	readonly context?: SourcedContext;
	/** What the configuration knows better than the catalog. */
	readonly models?: ModelOverrides;
	/** Name of the organization's own for embeddings that name no model. */
	readonly embeddingModel?: string | null;
	/** Provider id → its credentials in order of preference; a provider that is not here has no key. */
	readonly credentials: Readonly<Record<string, readonly Credential[]>>;
	/** `DEFAULT_<ID>_EMBEDDING_MODEL`, else the provider's own. */
	readonly embeddingModels: Readonly<Record<string, string>>;
}

export interface ConfigPort {
	/** Memory, else KV, else D1. Throws `unauthorized` or `forbidden` (already checked against D1). */
	load(agentSlug: string | null): Promise<Snapshot>;
	/** From D1, the principal included: after `stale`, `unsettled`, or before a refusal is sent. */
	reload(agentSlug: string | null): Promise<Snapshot>;
}

/** The organization's ledger as the path uses it. */
export interface LedgerPort {
	/** Where the object can't be reached in a second the policy of docs/storage.md applies; then `unchecked` is true. */
	open(request: OpenRequest): Promise<{ readonly answer: OpenAnswer; readonly unchecked: boolean }>;
	extend(organizationId: string, request: ExtendRequest): Promise<boolean>;
	/** Queued and sent in a shared batch by a `waitUntil` of its own; never throws. */
	close(close: CloseRequest): void;
	/** Rejects where the object can't be reached. */
	account(organizationId: string, keyId: string | null): Promise<Account>;
}

export interface CatalogPort {
	/**
	 * Always answers, at once; `known: false` where no figures of the model are known. With a credential the
	 * provider's own list, read through it before, is laid over the catalog.
	 */
	facts(provider: string, model: string, credential?: Credential): ModelFacts;
	/** Upstream names of the models known for a provider; with a credential those of its own list. */
	models(provider: string, credential?: Credential): readonly string[];
	/** `provider/model` of a bare name, preferring providers in `among`; null: no such name. */
	locate(
		bareName: string,
		among: readonly string[],
		credentials?: Readonly<Record<string, readonly Credential[]>>,
	): { readonly provider: string; readonly model: string } | null;
	/** Reads the provider's own list where it has one and it is missing or old. Never rejects. */
	refresh(provider: string, credential: Credential): Promise<void>;
}

export interface Registry {
	provider(id: string): Provider | null;
	/** Provider ids in order of preference. */
	readonly ids: readonly string[];
	readonly wires: Readonly<Record<WireId, Wire>>;
	readonly embedWires: Readonly<Record<EmbedWireId, EmbedWire>>;
}

/** A provider asked by whoever manages it: no model answers, so neither limits nor the ledger are concerned. */
export interface UpstreamPort {
	/** A provider's pairs of key and address in order of preference, as stored at this moment; empty: none. */
	credentials(providerId: string): Promise<readonly Credential[]>;
	/**
	 * The frames of a streamed answer, a batch per chunk. The call ends where the reader leaves or `signal` fires.
	 * Throws GatewayError: what a refusal means, `upstream_timeout` after a long silence, `aborted`.
	 */
	frames(question: UpstreamQuestion): AsyncGenerator<readonly Frame[], void, void>;
	/**
	 * One real call with this pair, as cheap as the provider has one: its health path or model list, else one token of
	 * `model` (or its default model). Never rejects. `signal` ends it.
	 */
	probe(provider: Provider, credential: Credential, model: string | null, signal: AbortSignal | null): Promise<Probe>;
}

export interface Probe {
	readonly ok: boolean;
	readonly latencyMs: number;
	/** The model that was called; null: a list or health path was asked. */
	readonly model: string | null;
	/** Why not, as any caller may read it; null where `ok`. */
	readonly error: GatewayError | null;
}

export interface UpstreamQuestion {
	readonly provider: Provider;
	readonly credential: Credential;
	readonly wire: Pick<Wire, 'framing' | 'fromError'>;
	readonly request: Pick<WireRequest, 'path' | 'headers' | 'body'>;
	readonly signal: AbortSignal | null;
}

/** Milliseconds, from the environment. */
export interface TimeLimits {
	readonly firstEventMs: number;
	readonly idleMs: number;
	readonly totalMs: number;
	/** Upstream calls per target. */
	readonly maxAttempts: number;
}

/** What an isolate remembers of conversations and turns: advice, lost with the isolate. */
export interface AffinityPort {
	/** What answered this conversation last, not longer ago than a prompt cache lives; null: not known here. */
	last(conversation: string): string | null;
	/** `target`: as `last` is to return it. */
	remember(conversation: string, target: string): void;
	/** A number that rises by one with each call for the same list; `takes` false: it stays as it is. */
	turn(list: string, takes?: boolean): number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Ports {
	readonly time: Time;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	/** A new id, unique for ever, sortable by time. */
	readonly newId: () => string;
	readonly send: Send;
	readonly config: ConfigPort;
	readonly ledger: LedgerPort;
	readonly health: HealthPort;
	readonly affinity: AffinityPort;
	readonly encodings: EncodingPort;
	readonly summaries: SummaryPort;
	readonly catalog: CatalogPort;
	readonly registry: Registry;
	readonly limits: TimeLimits;
	/** `waitUntil`: keeps the work alive after the answer or the client is gone. */
	readonly defer: (work: Promise<unknown>) => void;
	readonly log: (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What every service call gets. Services are `verb(ctx, input)`: authorisation first, then one `db.batch`. */
import type { Principal } from '../auth/principal';
import type { EnvironmentLayer } from '../config/environment';
import type { Database } from '../db/client';
import type { CatalogPort, LogLevel, Registry, UpstreamPort } from '../gateway/ports';
import type { EndpointFacts, EndpointStatus } from '../health/contract';
import type { Account } from '../ledger/contract';
import type { SealScope } from '../vault/seal';
import type { UpdateAgent } from './agent-input';
import type { Step } from './change';
import type { Declared } from './declared';
import type { StoredProvider } from './provider-row';

/** The version protocol around a configuration write (ARCHITECTURE.md, State). */
export interface ConfigChangePort {
	/** Before the batch: opens of that organization answer `unsettled`. */
	prepare(organizationId: string): Promise<void>;
	/** After the batch, with the version it left; also after a failed one, with the version as it was. */
	settle(organizationId: string, version: number): Promise<void>;
}

/** Provider keys at rest, on this isolate's key ring (`vault/seal.ts`). */
export interface VaultPort {
	/** Throws `internal` naming `LLM_ENCRYPTION_KEY` where nothing can be sealed. */
	seal(scope: SealScope, secret: string): Promise<{ readonly envelope: string; readonly keyId: string }>;
	/** Throws `internal`. */
	open(scope: SealScope, envelope: string): Promise<string>;
	/** Id of the key that seals now; null: none. */
	currentKeyId(): Promise<string | null>;
}

/** The health objects. */
export interface EndpointHealthPort {
	/** `endpoint`: as `health/place.ts` names it. Rejects where the object doesn't answer within a second. */
	status(endpoint: string): Promise<EndpointStatus>;
	/** A call outside the path was answered with this key: whatever it was left alone for is over. Never rejects. */
	answered(facts: EndpointFacts, organizationId: string, mark: string): Promise<void>;
}

/**
 * Where several verbs are to be one change: what they would write is collected, each is checked against what all of
 * them will have declared, and rows of a pool are seen as the verbs before left them.
 */
export interface Drafting {
	readonly steps: Step[];
	readonly declared: Declared;
	/** `llm_providers.id` → the row as drafted. */
	readonly rows: Map<string, StoredProvider>;
	/** Ids of rows whose key is replaced. */
	readonly rotated: Set<string>;
	/** Slug → what it will say of an agent: who uses what is looked up as it will be, not as it is. */
	readonly agents: ReadonlyMap<string, Omit<UpdateAgent, 'id' | 'slug' | 'version'>>;
}

export interface ServiceContext {
	/** Absent: each verb writes by itself. */
	readonly draft?: Drafting;
	readonly principal: Principal;
	readonly db: Database;
	readonly change: ConfigChangePort;
	readonly vault: VaultPort;
	/** What the environment says, keys in plain text included: never shown, never sealed for another host. */
	readonly environment: EnvironmentLayer;
	/** Why a tenant's URL may not be called, in words; null where it may. */
	readonly refusedAddress: (url: string) => string | null;
	/** What an organization, and one of its keys, has spent and holds. Throws `upstream_unavailable`. */
	readonly account: (organizationId: string, keyId: string | null) => Promise<Account>;
	readonly catalog: CatalogPort;
	readonly registry: Registry;
	readonly upstreams: UpstreamPort;
	readonly health: EndpointHealthPort;
	/** ms since epoch */
	readonly now: () => number;
	readonly newId: () => string;
	/** `length` cryptographically random bytes. */
	readonly randomBytes: (length: number) => Uint8Array;
	/** Of the HTTP request. */
	readonly requestId: string;
	/** `waitUntil` */
	readonly defer: (work: Promise<unknown>) => void;
	readonly log: (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void;
}

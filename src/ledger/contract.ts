/**
 * What the gateway and the OrgLedger object say to each other. Money is nano-dollars in `bigint`
 * everywhere inside; JSON carries it as a decimal string.
 */
import type { ContextReceipt } from '../language/context';
import type { RoutingDecision } from '../language/routing';
import type { Usage } from '../language/usage';

/** 1 USD = 1,000,000,000 nano-dollars. */
export type NanoUsd = bigint;

/** Limits in force for one organization; null or absent means none. */
export interface LedgerLimits {
	/** Sliding 60 seconds. */
	readonly requestsPerMinute: number | null;
	/** UTC day. */
	readonly requestsPerDay: number | null;
	/** UTC day. */
	readonly budgetDayNanoUsd: NanoUsd | null;
	/** UTC calendar month. */
	readonly budgetMonthNanoUsd: NanoUsd | null;
}

/** Limits of one key, on top of its organization's. */
export interface KeyLimits extends LedgerLimits {
	/** Over the key's whole life. */
	readonly budgetTotalNanoUsd: NanoUsd | null;
}

/** The key that issued another one as a short-lived token: whatever the token uses counts for its issuer too. */
export interface Issuer {
	readonly keyId: string;
	/** null: it has none of its own. */
	readonly limits: KeyLimits | null;
}

/** Whose limit it was. */
export type LimitOwner = 'organization' | 'key' | 'issuer';

export interface OpenRequest {
	readonly organizationId: string;
	/** Ours, unique for ever; attempts are `<requestId>.<n>` from 1. */
	readonly requestId: string;
	readonly keyId: string | null;
	readonly operation: Operation;
	/** `organizations.config_version` the isolate resolved with. */
	readonly configVersion: number;
	/** True: read from D1 for this request, so `unsettled` does not apply. */
	readonly fresh: boolean;
	/** Most that the whole request may cost, all attempts; null: no price is known. */
	readonly holdNanoUsd: NanoUsd | null;
	/** When the hold ends by itself and becomes `unknown` (ms since epoch). */
	readonly expiresAt: number;
	readonly limits: LedgerLimits;
	/** null: the key (or whoever has none) has no limits of its own. */
	readonly keyLimits: KeyLimits | null;
	/** Of a token that a key issued; null: the caller is none. */
	readonly issuer: Issuer | null;
	/** First target, for the entry that stands in where nothing is heard again. */
	readonly provider: string;
	readonly model: string;
}

/** `passthrough`: any other path of a provider, sent on as it is. */
export type Operation = 'chat' | 'embedding' | 'passthrough' | 'health';

/** State of the request limits after this open, for `x-ratelimit-*`. Null where no limit is set. */
export interface RateState {
	readonly limit: number;
	readonly remaining: number;
	/** Milliseconds until the window is whole again. */
	readonly resetMs: number;
}

export type OpenAnswer =
	| { readonly kind: 'open'; readonly requests: RateState | null }
	/** The isolate's configuration is old: reload `version` and open again. */
	| { readonly kind: 'stale'; readonly version: number }
	/** A change is between `prepare` and `settle`: resolve from D1 for this request and don't cache. */
	| { readonly kind: 'unsettled' }
	| {
			readonly kind: 'rate-limited';
			readonly of: LimitOwner;
			readonly limit: 'requests-per-minute' | 'requests-per-day';
			readonly retryAfterMs: number;
			readonly requests: RateState;
	  }
	| {
			readonly kind: 'budget-exceeded';
			readonly of: LimitOwner;
			readonly period: 'day' | 'month' | 'total';
			/** null: waiting does not help. */
			readonly retryAfterMs: number | null;
	  };

/** Terminal states. `unknown` is provisional: a later settled or released supersedes it, never the reverse. */
export type EntryState = 'settled' | 'released' | 'unknown';

/** One upstream attempt, complete in itself: it is whole even where the hold was lost. */
export interface LedgerEntry {
	/** `<requestId>.<n>` */
	readonly attemptId: string;
	readonly requestId: string;
	readonly organizationId: string;
	readonly state: EntryState;
	readonly operation: Operation;
	readonly stream: boolean;
	readonly keyId: string | null;
	/** The key that issued `keyId` as a token; null: none did. D1 knows it by the token's row. */
	readonly issuerKeyId: string | null;
	readonly agentId: string | null;
	readonly user: string | null;
	readonly runId: string | null;
	readonly tags: readonly string[];
	/** The inbound `x-request-id`, as the client sent it. */
	readonly clientRequestId: string | null;
	readonly provider: string;
	/** `llm_providers.id` of the key used; null: from the environment, or none needed. */
	readonly providerRowId: string | null;
	readonly model: string;
	/** ms since epoch */
	readonly startedAt: number;
	readonly endedAt: number;
	/** ms from start to the first content event; null where none came. */
	readonly firstTokenMs: number | null;
	/** null: the upstream did not say and nothing could be estimated. */
	readonly usage: Usage | null;
	readonly usageSource: 'reported' | 'estimated' | 'none';
	/** null: no price is known. 0n on released entries. */
	readonly costNanoUsd: NanoUsd | null;
	/** Version of the price table used; null where no price is known. */
	readonly priceVersion: string | null;
	/** Canonical kind, or null. */
	readonly finishReason: string | null;
	readonly finishReasonRaw: string | null;
	/** Outward error code and inner failure class of a failed attempt. */
	readonly errorCode: string | null;
	readonly errorClass: string | null;
	readonly httpStatus: number | null;
	readonly configVersion: number;
	/** The planner's receipt. */
	readonly context: ContextReceipt | null;
	/**
	 * Every target considered, on the entry of the request's last attempt; null on those before it, and where there was
	 * but one target, which answered at once.
	 */
	readonly routing: RoutingDecision | null;
	/** `direct`: written to D1 by the isolate because the object could not be reached. */
	readonly source: 'ledger' | 'direct';
}

/** One attempt's end; or, with no entry, the end of a request whose hold no (further) attempt will use. */
export type CloseRequest =
	| {
			readonly entry: LedgerEntry;
			/** The request's last attempt: what is left of its hold is given back. */
			readonly final: boolean;
	  }
	| { readonly entry: null; readonly requestId: string; readonly organizationId: string; readonly final: true };

export interface ExtendRequest {
	readonly requestId: string;
	/** Added to the hold. */
	readonly nanoUsd: NanoUsd;
	readonly limits: LedgerLimits;
	readonly keyId: string | null;
	readonly keyLimits: KeyLimits | null;
	readonly issuer: Issuer | null;
}

/** What counts against limits at this moment. */
export interface Spending {
	/** In the last 60 seconds. */
	readonly requestsMinute: number;
	/** ms until that window is empty. */
	readonly minuteResetMs: number;
	/** In this UTC day. */
	readonly requestsDay: number;
	readonly dayNanoUsd: NanoUsd;
	readonly monthNanoUsd: NanoUsd;
	/** What requests in flight may still spend; part of none of the other sums. */
	readonly heldNanoUsd: NanoUsd;
}

export interface KeySpending extends Spending {
	/** Since the key was made, or since the oldest row in D1 where the object had lost its storage. */
	readonly totalNanoUsd: NanoUsd;
}

export interface Account {
	readonly organization: Spending;
	/** null: no key was asked for. One that was never used has spent nothing. */
	readonly key: KeySpending | null;
}

/** RPC surface of the Durable Object `OrgLedger`, one per organization (`idFromName(organizationId)`). */
export interface OrgLedgerApi {
	open(request: OpenRequest): Promise<OpenAnswer>;
	/** False: it would break a budget; the caller skips that target. */
	extend(request: ExtendRequest): Promise<boolean>;
	/** Idempotent by attempt id. Resolves once the entries are durable: until then they are the caller's. */
	close(organizationId: string, closes: readonly CloseRequest[]): Promise<void>;
	/** What the organization, and one of its keys, has spent and holds. */
	account(organizationId: string, keyId: string | null): Promise<Account>;
	/** The current config version; reads D1 where it is not known. */
	version(organizationId: string): Promise<number>;
	/** A configuration write is about to start: opens answer `unsettled`. */
	prepare(organizationId: string): Promise<void>;
	/** The write is done (or failed: then the version is unchanged). */
	settle(organizationId: string, version: number): Promise<void>;
}

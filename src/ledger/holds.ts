/**
 * The hold of one request, from its open until every attempt it may have made has its terminal entry.
 * After it expired it stays for a while, since a late close may still correct what was assumed.
 */
import type { LedgerEntry, NanoUsd, OpenRequest } from './contract';

export interface Hold extends Pick<OpenRequest, 'requestId' | 'keyId' | 'operation' | 'configVersion'> {
	/** As in an entry; absent where an older release stored it. */
	readonly issuerKeyId?: string | null;
	readonly provider: string;
	readonly model: string;
	/** ms since epoch */
	readonly openedAt: number;
	readonly expiresAt: number;
	/** What the request may still cost; null: no price is known. */
	nanoUsd: NanoUsd | null;
	/** Highest attempt closed. */
	highest: number;
	/** Attempts below it that are not closed: their closes are on the way, or lost. */
	missing: readonly number[];
	/** No attempt follows the highest. */
	final: boolean;
	/** An attempt came by way of D1, so that what follows need not be heard of here. */
	direct: boolean;
	expired: boolean;
	/** Attempts for which an `unknown` entry stands in. */
	assumed: readonly number[];
}

const NONE: readonly number[] = [];

export const holdFor = (request: OpenRequest, now: number): Hold => ({
	requestId: request.requestId,
	keyId: request.keyId,
	issuerKeyId: request.issuer?.keyId ?? null,
	operation: request.operation,
	configVersion: request.configVersion,
	provider: request.provider,
	model: request.model,
	openedAt: now,
	expiresAt: request.expiresAt,
	nanoUsd: request.holdNanoUsd,
	highest: 0,
	missing: NONE,
	final: false,
	direct: false,
	expired: false,
	assumed: NONE,
});

export const attemptId = (requestId: string, attempt: number): string => `${requestId}.${attempt}`;

/** Number of an attempt id `<requestId>.<n>`. */
export const attemptOf = (id: string): number => Number(id.slice(id.lastIndexOf('.') + 1));

/** Notes that an attempt is closed, and what it took from the hold. Returns the nano-dollars given back. */
export function closeAttempt(hold: Hold, attempt: number, cost: NanoUsd): NanoUsd {
	if (attempt > hold.highest) {
		for (let skipped = hold.highest + 1; skipped < attempt; skipped += 1) hold.missing = [...hold.missing, skipped];
		hold.highest = attempt;
	} else if (hold.missing.includes(attempt)) hold.missing = hold.missing.filter((missing) => missing !== attempt);
	return take(hold, cost);
}

/** No attempt follows. Returns the nano-dollars given back: all that is left. */
export function finish(hold: Hold): NanoUsd {
	hold.final = true;
	return take(hold, hold.nanoUsd ?? 0n);
}

function take(hold: Hold, cost: NanoUsd): NanoUsd {
	if (hold.nanoUsd === null) return 0n;
	const taken = cost < hold.nanoUsd ? cost : hold.nanoUsd;
	hold.nanoUsd -= taken;
	return taken;
}

export interface Assumption {
	readonly attempt: number;
	readonly costNanoUsd: NanoUsd | null;
}

/**
 * The attempts that may have happened and are not closed. What is left of the hold prices the last possible
 * one; a gap below the highest has no price of its own.
 */
export function unheard(hold: Hold): Assumption[] {
	const gaps = hold.missing.map((attempt): Assumption => ({ attempt, costNanoUsd: null }));
	if (hold.final || hold.direct) return gaps;
	return [...gaps, { attempt: hold.highest + 1, costNanoUsd: hold.nanoUsd }];
}

/** The entry that stands in for an attempt nobody reported. */
export const standIn = (hold: Hold, organizationId: string, { attempt, costNanoUsd }: Assumption): LedgerEntry => ({
	attemptId: attemptId(hold.requestId, attempt),
	requestId: hold.requestId,
	organizationId,
	state: 'unknown',
	operation: hold.operation,
	stream: false,
	keyId: hold.keyId,
	issuerKeyId: hold.issuerKeyId ?? null,
	agentId: null,
	user: null,
	runId: null,
	tags: [],
	clientRequestId: null,
	provider: hold.provider,
	providerRowId: null,
	model: hold.model,
	startedAt: hold.openedAt,
	endedAt: hold.expiresAt,
	firstTokenMs: null,
	usage: null,
	usageSource: 'none',
	costNanoUsd,
	priceVersion: null,
	finishReason: null,
	finishReasonRaw: null,
	errorCode: null,
	errorClass: null,
	httpStatus: null,
	configVersion: hold.configVersion,
	context: null,
	routing: null,
	source: 'ledger',
});

/** `errorClass` of an entry whose attempt was assumed and turned out not to have happened. */
export const NOT_ATTEMPTED = 'not-attempted';

/** What becomes of a stand-in whose attempt was never made. */
export const withdrawn = (hold: Hold, organizationId: string, attempt: number): LedgerEntry => ({
	...standIn(hold, organizationId, { attempt, costNanoUsd: 0n }),
	state: 'released',
	errorClass: NOT_ATTEMPTED,
});

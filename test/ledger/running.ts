/** A request as its isolate sees it: what it will bring, and what of that has been confirmed. */
import type { CloseRequest, LedgerEntry, OpenRequest } from '../../src/ledger/contract';
import { ledgerEntry, ORGANIZATION } from './fixtures';
import { HOLD, type Script } from './steps';

export interface Running {
	readonly open: OpenRequest;
	readonly truth: ReadonlyMap<string, LedgerEntry>;
	/** Closes its isolate has still to bring. */
	outstanding: CloseRequest[];
	/** Brought, but not confirmed by a commit: a living isolate brings them again after a crash. */
	unconfirmed: CloseRequest[];
	confirmed: CloseRequest[];
	/** Entries the isolate wrote to D1 that the object has not read back for good. */
	direct: LedgerEntry[];
	wentDirect: boolean;
	dead: boolean;
	openCommitted: boolean;
	openLost: boolean;
	/** What the ledger granted it in all, and how much of that it has stored. */
	granted: bigint;
	grantStored: bigint;
	/** Its closes came in another order, or another way: what was held for the earlier ones may be given back. */
	disordered: boolean;
}

export function begun(open: OpenRequest, script: Script, now: number): Running {
	const { requestId } = open;
	const truth = new Map<string, LedgerEntry>();
	const outstanding: CloseRequest[] = script.costs.map((cost, at) => {
		const entry = ledgerEntry({
			requestId,
			keyId: open.keyId,
			issuerKeyId: open.issuer?.keyId ?? null,
			attemptId: `${requestId}.${at + 1}`,
			state: cost === null ? 'released' : 'settled',
			costNanoUsd: BigInt(cost ?? 0),
			startedAt: now + at,
		});
		truth.set(entry.attemptId, entry);
		return { entry, final: !script.closesEmpty && at === script.costs.length - 1 };
	});
	if (script.closesEmpty) outstanding.push({ entry: null, requestId, organizationId: ORGANIZATION, final: true });
	return {
		open,
		truth,
		outstanding,
		unconfirmed: [],
		confirmed: [],
		direct: [],
		wentDirect: false,
		dead: false,
		openCommitted: false,
		openLost: false,
		granted: HOLD,
		grantStored: 0n,
		disordered: false,
	};
}

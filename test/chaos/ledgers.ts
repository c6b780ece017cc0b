/** Organizations' ledgers in memory: the pure core behind the object's interface, restarted at random from its log. */
import type { LedgerPort, Time } from '../../src/gateway/ports';
import type { LedgerEntry, OpenAnswer, OpenRequest, OrgLedgerApi } from '../../src/ledger/contract';
import { Ledger } from '../../src/ledger/core';
import { MemoryStore, standing } from '../ledger/fixtures';

export interface OrganizationLedger {
	readonly api: OrgLedgerApi;
	/** The core asked directly, for runs in which the way to it is not what matters. */
	readonly port: LedgerPort;
	/** What D1 would hold, by attempt id. */
	entries(): Map<string, LedgerEntry>;
	/** What requests in flight may still spend (nano-dollars). */
	held(): bigint;
	/** In this UTC month. */
	spent(): bigint;
	/** Loses what was not stored. */
	restart(): void;
}

const VERSION = 1;
/** Closes through the port that are stored together. */
const GROUP = 64;

export function organizationLedger(organizationId: string, time: Time): OrganizationLedger {
	const store = new MemoryStore();
	let ledger = new Ledger(store);
	ledger.organizationId = organizationId;
	ledger.version.settle(VERSION);
	let closes = 0;
	const commit = (): void => store.apply(ledger.take(time.now()));
	commit();
	const open = async (request: OpenRequest): Promise<OpenAnswer> => {
		const answer = ledger.open(request, time.now(), true);
		if (answer === null) throw new Error('the ledger has forgotten its version');
		return answer;
	};
	const account = () => ledger.account(null, time.now()).organization;
	return {
		api: {
			open,
			extend: async (request) => ledger.extend(request, time.now()),
			async close(_organizationId, closes) {
				for (const close of closes) ledger.close(close, time.now());
				commit();
			},
			account: async (_organizationId, keyId) => ledger.account(keyId, time.now()),
			version: async () => VERSION,
			prepare: async () => ledger.version.prepare(time.now()),
			settle: async (_organizationId, version) => ledger.version.settle(version),
		},
		port: {
			open: async (request) => ({ answer: await open(request), unchecked: false }),
			extend: async (_organizationId, request) => ledger.extend(request, time.now()),
			close(close) {
				ledger.close(close, time.now());
				closes += 1;
				if (closes % GROUP === 0) commit();
			},
			account: async (_organizationId, keyId) => ledger.account(keyId, time.now()),
		},
		entries() {
			commit();
			return standing(store.rows);
		},
		held: () => account().heldNanoUsd,
		spent: () => account().monthNanoUsd,
		restart() {
			// What was closed through the port counts as stored.
			if (closes > 0) commit();
			ledger = new Ledger(store);
			ledger.restore(store.image());
		},
	};
}

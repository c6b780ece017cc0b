/**
 * The isolate's side of the ledger, made anew for each request. Where the object fails or takes longer than a
 * second the policy of `docs/storage.md` applies: D1 decides what it can, and nothing with a budget goes on.
 */
import { GatewayError } from '../errors';
import { LATE, sleep, within } from '../wait';
import type {
	Account,
	CloseRequest,
	ExtendRequest,
	KeyLimits,
	LedgerLimits,
	OpenAnswer,
	OpenRequest,
	OrgLedgerApi,
} from './contract';
import type { DirectStore } from './direct';
import { Gather, type GatherPorts } from './gather';

const OPEN_MS = 1_000;
const D1_MS = 2_000;
const CHANGE_MS = 5_000;
const SETTLE_TRIES = 3;
const RETRY_AFTER_MS = 2_000;

export interface LedgerClientPorts extends Omit<GatherPorts, 'send'> {
	/** Got anew for each call: a stub belongs to its request, and one that failed stays broken. */
	readonly stub: (organizationId: string) => OrgLedgerApi;
	readonly direct: DirectStore;
}

/** `LedgerPort` of the gateway and `ConfigChangePort` of the services, on one object. */
export interface LedgerClient {
	open(request: OpenRequest): Promise<{ readonly answer: OpenAnswer; readonly unchecked: boolean }>;
	extend(organizationId: string, request: ExtendRequest): Promise<boolean>;
	close(close: CloseRequest): void;
	/** What counts against limits now. Throws `upstream_unavailable` (503) where the object can't be reached. */
	account(organizationId: string, keyId: string | null): Promise<Account>;
	version(organizationId: string): Promise<number>;
	prepare(organizationId: string): Promise<void>;
	settle(organizationId: string, version: number): Promise<void>;
}

const unreachable = (cause?: unknown): GatewayError =>
	new GatewayError('upstream_unavailable', 'The ledger is not reachable.', { retryAfterMs: RETRY_AFTER_MS, cause });

/** Of the organization, the key or its issuer. */
const hasBudget = ({ limits, keyLimits, issuer }: Pick<OpenRequest, 'limits' | 'keyLimits' | 'issuer'>): boolean =>
	[limits, keyLimits, issuer?.limits].some(isBudgeted);

function isBudgeted(limits: LedgerLimits | KeyLimits | null | undefined): boolean {
	if (!limits) return false;
	if (limits.budgetDayNanoUsd !== null || limits.budgetMonthNanoUsd !== null) return true;
	return 'budgetTotalNanoUsd' in limits && limits.budgetTotalNanoUsd !== null;
}

/** Durable Object errors say whether a new try makes sense; one that is overloaded must be left alone. */
function worthRetrying(error: unknown): boolean {
	const { retryable, overloaded } = error as { readonly retryable?: unknown; readonly overloaded?: unknown };
	return retryable === true && overloaded !== true;
}

export function ledgerClient(ports: LedgerClientPorts): LedgerClient {
	const { time, direct, log, defer } = ports;
	/** Requests of this client that went on without the object; their entries go to D1. */
	const unchecked = new Set<string>();

	async function call<T>(organizationId: string, ask: (stub: OrgLedgerApi) => Promise<T>): Promise<T> {
		try {
			return await ask(ports.stub(organizationId));
		} catch (error) {
			if (!worthRetrying(error)) throw error;
			return ask(ports.stub(organizationId));
		}
	}

	const gather = new Gather({
		...ports,
		send: (organizationId, closes) => ports.stub(organizationId).close(organizationId, closes),
	});

	/** null: no answer in time. */
	async function answered<T>(work: Promise<T>, ms: number, what: string): Promise<T | null> {
		try {
			const value = await within(time, ms, work);
			if (value !== LATE) return value;
			log('warn', 'ledger-slow', { what, ms });
		} catch (error) {
			log('warn', 'ledger-unreachable', { what, error });
		}
		return null;
	}

	/** The object may have opened what its caller gave up on: told once that call is over, it lets go. */
	function release({ organizationId, requestId }: OpenRequest, opening: Promise<unknown>): void {
		const tell = (): void => gather.add(organizationId, { entry: null, requestId, organizationId, final: true });
		defer(opening.then(tell, tell));
	}

	/** The object can't be reached. Throws 401, 403 or 503 where the request can't go on. */
	async function withoutObject(request: OpenRequest): Promise<OpenAnswer> {
		const reading = direct.standing(request.organizationId, request.keyId);
		const standing = await answered(reading, D1_MS, 'd1');
		if (standing === null) throw unreachable();
		if (standing.configVersion === null) throw new GatewayError('forbidden', 'There is no such organization.');
		if (standing.keyRevoked) throw new GatewayError('unauthorized', 'This key has been revoked.');
		if (!request.fresh && standing.configVersion !== request.configVersion)
			return { kind: 'stale', version: standing.configVersion };
		if (hasBudget(request)) throw unreachable();
		return { kind: 'open', requests: null };
	}

	return {
		async open(request) {
			const opening = call(request.organizationId, (stub) => stub.open(request));
			const answer = await answered(opening, OPEN_MS, 'open');
			if (answer !== null) return { answer, unchecked: false };
			try {
				const own = await withoutObject(request);
				if (own.kind !== 'open') return { answer: own, unchecked: false };
				log('warn', 'limits-unchecked', { organizationId: request.organizationId, requestId: request.requestId });
				unchecked.add(request.requestId);
				release(request, opening);
				return { answer: own, unchecked: true };
			} catch (error) {
				release(request, opening);
				throw error;
			}
		},

		async extend(organizationId, request) {
			if (unchecked.has(request.requestId)) return true;
			const extending = call(organizationId, (stub) => stub.extend(request));
			return (await answered(extending, OPEN_MS, 'extend')) ?? !hasBudget(request);
		},

		close(close) {
			const { requestId, organizationId } = close.entry ?? close;
			if (!unchecked.has(requestId)) {
				gather.add(organizationId, close);
				return;
			}
			if (close.entry) gather.addDirect({ ...close.entry, source: 'direct' });
			if (close.final) unchecked.delete(requestId);
		},

		async account(organizationId, keyId) {
			const asking = call(organizationId, (stub) => stub.account(organizationId, keyId));
			const account = await answered(asking, OPEN_MS, 'account');
			if (account === null) throw unreachable();
			return account;
		},

		async version(organizationId) {
			const asking = call(organizationId, (stub) => stub.version(organizationId));
			const version = await answered(asking, OPEN_MS, 'version');
			if (version !== null) return version;
			const standing = await answered(direct.standing(organizationId, null), D1_MS, 'd1');
			if (standing === null) throw unreachable();
			if (standing.configVersion === null) throw new GatewayError('not_found', 'There is no such organization.');
			return standing.configVersion;
		},

		async prepare(organizationId) {
			const preparing = call(organizationId, (stub) => stub.prepare(organizationId).then(() => true));
			if ((await answered(preparing, CHANGE_MS, 'prepare')) === null) throw unreachable();
		},

		async settle(organizationId, version) {
			for (let failures = 0; failures < SETTLE_TRIES; failures += 1) {
				const settling = call(organizationId, (stub) => stub.settle(organizationId, version).then(() => true));
				if ((await answered(settling, CHANGE_MS, 'settle')) !== null) return;
				await sleep(time, ports.random() * 200);
			}
		},
	};
}

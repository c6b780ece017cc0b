/** An isolate's ledger client before an object and a D1 that do as scripted. */
import type { LedgerPort } from '../../src/gateway/ports';
import { type LedgerClient, ledgerClient } from '../../src/ledger/client';
import type { Account, CloseRequest, LedgerEntry, OpenRequest, OrgLedgerApi } from '../../src/ledger/contract';
import type { DirectStanding } from '../../src/ledger/direct';
import type { ConfigChangePort } from '../../src/services/context';
import { type VirtualTime, virtualTime } from '../support/virtual-time';
import { ledgerEntry, NO_LIMITS, START } from './fixtures';

export type Answer<T> = T | Error | 'hang' | { readonly afterMs: number; readonly value: T | Error };

/** What the object and D1 do, call by call; the last answer repeats. */
export interface Script {
	readonly open?: readonly Answer<Awaited<ReturnType<OrgLedgerApi['open']>>>[];
	readonly extend?: readonly Answer<boolean>[];
	readonly close?: readonly Answer<undefined>[];
	readonly account?: readonly Answer<Account>[];
	readonly version?: readonly Answer<number>[];
	readonly change?: readonly Answer<undefined>[];
	readonly standing?: readonly Answer<DirectStanding>[];
	readonly write?: readonly Answer<undefined>[];
}

export interface Isolate {
	readonly client: LedgerClient & LedgerPort & ConfigChangePort;
	readonly time: VirtualTime;
	readonly calls: string[];
	readonly closed: CloseRequest[][];
	readonly written: LedgerEntry[][];
	readonly logged: string[];
	readonly queues: Map<string, CloseRequest[]>;
	/** Another request of the same isolate. */
	another(): Isolate['client'];
}

export const remote = (message: string, flags: object = {}): Error =>
	Object.assign(new Error(message), { remote: true, ...flags });
export const retryable = remote('connection lost', { retryable: true });
export const current: DirectStanding = { configVersion: 1, keyRevoked: false };
export const DAY_BUDGET = { ...NO_LIMITS, budgetDayNanoUsd: 1n };

export const NOTHING_SPENT: Account = {
	organization: {
		requestsMinute: 0,
		minuteResetMs: 0,
		requestsDay: 0,
		dayNanoUsd: 0n,
		monthNanoUsd: 0n,
		heldNanoUsd: 0n,
	},
	key: null,
};

export function isolate(script: Script): Isolate {
	const time = virtualTime(START);
	const calls: string[] = [];
	const closed: CloseRequest[][] = [];
	const written: LedgerEntry[][] = [];
	const logged: string[] = [];
	const queues = new Map<string, CloseRequest[]>();
	const counts = new Map<string, number>();

	function answer<T>(name: string, answers: readonly Answer<T>[] | undefined, fallback: T): Promise<T> {
		calls.push(name);
		const count = counts.get(name) ?? 0;
		counts.set(name, count + 1);
		const next = answers?.[Math.min(count, answers.length - 1)] ?? fallback;
		if (next === 'hang') return new Promise(() => undefined);
		if (next instanceof Error) return Promise.reject(next);
		if (typeof next !== 'object' || next === null || !('afterMs' in next)) return Promise.resolve(next as T);
		return new Promise((resolve, reject) => {
			time.after(next.afterMs, () => (next.value instanceof Error ? reject(next.value) : resolve(next.value)));
		});
	}

	const stub = (): OrgLedgerApi => ({
		open: () => answer('open', script.open, { kind: 'open', requests: null }),
		extend: () => answer('extend', script.extend, true),
		close: async (_, closes) => {
			await answer('close', script.close, undefined);
			closed.push([...closes]);
		},
		account: () => answer('account', script.account, NOTHING_SPENT),
		version: () => answer('version', script.version, 1),
		prepare: () => answer('prepare', script.change, undefined),
		settle: () => answer('settle', script.change, undefined),
	});
	const another = (): Isolate['client'] =>
		ledgerClient({
			stub,
			direct: {
				standing: () => answer('standing', script.standing, current),
				write: async (entries) => {
					await answer('write', script.write, undefined);
					written.push([...entries]);
				},
			},
			time,
			random: () => 0.5,
			defer: (work) => void work,
			log: (_, event) => logged.push(event),
			queues,
		});
	return { client: another(), time, calls, closed, written, logged, queues, another };
}

export const opened = { answer: { kind: 'open', requests: null }, unchecked: false };
export const thrown = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => null,
		(error: unknown) => error,
	);
export const open = async ({ client, time }: Isolate, request: OpenRequest, ms = 5_000): Promise<unknown> => {
	const outcome = client.open(request).catch((error: unknown) => error);
	await time.advance(ms);
	return outcome;
};

export const closeOf = (requestId: string, final = true): CloseRequest => ({
	entry: ledgerEntry({ requestId, attemptId: `${requestId}.1` }),
	final,
});

/**
 * Closes of many requests in few calls. Module scope holds plain queues only; every request that enqueues
 * registers its own work: wait, take whatever is queued (possibly nothing), send it with a stub of its own.
 */
import { GatewayError } from '../errors';
import { type Clock, LATE, sleep, within } from '../wait';
import type { CloseRequest, LedgerEntry } from './contract';
import type { DirectStore } from './direct';
import { rowOf } from './row';

const GATHER_MS = 5;
const MOST_CLOSES = 500;
const TRIES = 3;
/** A close is durable once it is answered, so it waits for a commit (ms). */
const CLOSE_MS = 5_000;
/** Ends of requests kept for the next call that comes by, per organization. */
const MOST_LEFT = 1_000;

export interface GatherPorts {
	readonly send: (organizationId: string, closes: readonly CloseRequest[]) => Promise<void>;
	readonly direct: DirectStore;
	readonly time: Clock;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly defer: (work: Promise<unknown>) => void;
	readonly log: (level: 'warn' | 'error', event: string, fields: Readonly<Record<string, unknown>>) => void;
	/** Organization id → closes that wait; lives as long as the isolate. */
	readonly queues: Map<string, CloseRequest[]>;
}

export class Gather {
	constructor(private readonly ports: GatherPorts) {}

	add(organizationId: string, close: CloseRequest): void {
		this.#put(organizationId, [close]);
		this.ports.defer(this.#drain(organizationId));
	}

	/** Straight to D1; to the object where that fails. */
	addDirect(entry: LedgerEntry): void {
		this.ports.defer(this.#straight(entry));
	}

	async #straight(entry: LedgerEntry): Promise<void> {
		if (await this.#write([entry])) return;
		this.#put(entry.organizationId, [{ entry, final: false }]);
		await this.#drain(entry.organizationId);
	}

	async #drain(organizationId: string): Promise<void> {
		await sleep(this.ports.time, GATHER_MS);
		let failures = 0;
		for (let closes = this.#take(organizationId); closes.length > 0; closes = this.#take(organizationId)) {
			try {
				await this.#send(organizationId, closes);
				failures = 0;
			} catch (error) {
				failures += 1;
				this.ports.log('warn', 'ledger-close-failed', { organizationId, closes: closes.length, failures, error });
				if (failures === TRIES) {
					await this.#giveUp(organizationId, closes);
					return;
				}
				await this.#pause(failures);
				// Only now: the drains of other requests would send the same rows again and again meanwhile.
				this.#put(organizationId, closes);
			}
		}
	}

	async #send(organizationId: string, closes: readonly CloseRequest[]): Promise<void> {
		const sent = await within(this.ports.time, CLOSE_MS, this.ports.send(organizationId, closes));
		if (sent === LATE) throw new GatewayError('upstream_timeout', 'The ledger did not answer in time.');
	}

	/** Entries go to D1. That their requests are over is told with the next call that reaches the object. */
	async #giveUp(organizationId: string, closes: readonly CloseRequest[]): Promise<void> {
		const entries = closes.flatMap((close) => (close.entry ? [close.entry] : []));
		if (entries.length > 0 && !(await this.#write(entries)))
			for (const entry of entries) this.ports.log('error', 'ledger-entry-lost', { ...rowOf(entry) });
		const left = closes.flatMap((close): CloseRequest[] => {
			if (!close.final) return [];
			const { requestId } = close.entry ?? close;
			return [{ entry: null, requestId, organizationId, final: true }];
		});
		const room = MOST_LEFT - (this.ports.queues.get(organizationId)?.length ?? 0);
		if (room > 0) this.#put(organizationId, left.slice(0, room));
	}

	/** False: D1 took them in none of its tries. */
	async #write(entries: readonly LedgerEntry[]): Promise<boolean> {
		for (let failures = 1; ; failures += 1) {
			try {
				await this.ports.direct.write(entries);
				return true;
			} catch (error) {
				this.ports.log('warn', 'ledger-direct-write-failed', { entries: entries.length, failures, error });
				if (failures === TRIES) return false;
				await this.#pause(failures);
			}
		}
	}

	#pause(failures: number): Promise<void> {
		return sleep(this.ports.time, this.ports.random() * 100 * 4 ** failures);
	}

	#put(organizationId: string, closes: readonly CloseRequest[]): void {
		if (closes.length === 0) return;
		const queue = this.ports.queues.get(organizationId);
		if (queue) queue.push(...closes);
		else this.ports.queues.set(organizationId, [...closes]);
	}

	#take(organizationId: string): CloseRequest[] {
		const queue = this.ports.queues.get(organizationId);
		if (!queue) return [];
		if (queue.length > MOST_CLOSES) return queue.splice(0, MOST_CLOSES);
		this.ports.queues.delete(organizationId);
		return queue;
	}
}

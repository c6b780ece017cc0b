/**
 * One object per provider endpoint: the shared breaker and latency, a thin shell on `health/endpoint.ts`.
 *
 * Failure policy: advice, never a gate. It lives in memory; SQLite keeps one row, written when the breaker moves
 * (it survives eviction) and otherwise at most every few seconds (counts and latency may lose that much). If the
 * object is lost it starts closed; isolates that can't reach it go on with what they see themselves.
 */
import { DurableObject } from 'cloudflare:workers';
import { type Bindings, parseSettings } from '../env';
import { lease } from '../health/breaker';
import type { BreakerPolicy, HealthSnapshot, Outcome, ProviderHealthApi } from '../health/contract';
import { absorb, breakerMark, type EndpointMemory, restoreEndpoint, snapshotOf } from '../health/endpoint';

/** ms between writes that no transition asks for. */
const WRITE_EVERY_MS = 5_000;

export class ProviderHealth extends DurableObject<Bindings> implements ProviderHealthApi {
	readonly #policy: BreakerPolicy;
	readonly #memory: EndpointMemory;
	#writtenAt = 0;

	constructor(ctx: DurableObjectState, env: Bindings) {
		super(ctx, env);
		this.#policy = parseSettings({ ...env }).breaker;
		const { sql } = ctx.storage;
		sql.exec('CREATE TABLE IF NOT EXISTS memory (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)');
		const [row] = sql.exec<{ body: string }>('SELECT body FROM memory').toArray();
		this.#memory = restoreEndpoint(row?.body ?? null);
	}

	async snapshot(): Promise<HealthSnapshot> {
		return snapshotOf(this.#memory, Date.now());
	}

	async report(outcomes: readonly Outcome[]): Promise<HealthSnapshot> {
		const now = Date.now();
		this.#keeping(now, () => absorb(this.#memory, outcomes, now, this.#policy));
		return snapshotOf(this.#memory, now);
	}

	async lease(): Promise<boolean> {
		const now = Date.now();
		return this.#keeping(now, () => lease(this.#memory.breaker, now));
	}

	#keeping<T>(now: number, change: () => T): T {
		const before = breakerMark(this.#memory);
		const result = change();
		if (breakerMark(this.#memory) !== before || now - this.#writtenAt >= WRITE_EVERY_MS) {
			const body = JSON.stringify(this.#memory);
			this.ctx.storage.sql.exec('INSERT OR REPLACE INTO memory (id, body) VALUES (1, ?)', body);
			this.#writtenAt = now;
		}
		return result;
	}
}

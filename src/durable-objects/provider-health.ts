/**
 * One object per provider endpoint: its breakers, measures, the standings of its keys and what was learned of its
 * tokenizers; a thin shell on `health/endpoint.ts`.
 *
 * Failure policy: advice, never a gate. It lives in memory; SQLite keeps one row, written when a breaker moves or a key
 * is refused (they survive eviction) and otherwise at most every few seconds (counts, measures and what was learned may
 * lose that much). An object that nobody reported to keeps nothing, however often it is asked. If the object is lost it
 * starts closed; isolates that can't reach it go on with what they see themselves. What D1 is told of it is written in
 * the background, one write at a time, and tried again with a later call where D1 fails.
 */
import { DurableObject } from 'cloudflare:workers';
import { type Bindings, parseSettings } from '../env';
import type {
	BreakerPolicy,
	EndpointFacts,
	EndpointStatus,
	HealthCheck,
	HealthSnapshot,
	Outcome,
	ProviderHealthApi,
	TokenSample,
} from '../health/contract';
import {
	absorb,
	absorbCheck,
	type EndpointMemory,
	inTime,
	leaseAt,
	mark,
	restoreEndpoint,
	snapshotOf,
	textOf,
	worstState,
} from '../health/endpoint';
import { writeDuty } from '../health/endpoint-table';
import { dutyOf, fulfilled, registerState } from '../health/register';
import { openModels, statusOf } from '../health/status';
import { absorbSamples } from '../health/tokens';

/** ms between writes that no transition asks for. */
const WRITE_EVERY_MS = 5_000;
/** ms between two writes to D1, whatever flaps. */
const TELL_EVERY_MS = 1_000;

/** What the object needs from outside; tests put their own in its place. */
export interface ProviderHealthPorts {
	readonly db: D1Database;
	/** Resolves after so many ms. */
	readonly pause: (ms: number) => Promise<void>;
}

export class ProviderHealth extends DurableObject<Bindings> implements ProviderHealthApi {
	ports: ProviderHealthPorts;
	readonly #policy: BreakerPolicy;
	#memory: EndpointMemory;
	#writtenAt = 0;
	#hasTable: boolean;
	#telling = false;
	/** D1 failed: it is left alone until then. */
	#tellFrom = 0;

	constructor(ctx: DurableObjectState, env: Bindings) {
		super(ctx, env);
		this.ports = { db: env.DB, pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
		this.#policy = parseSettings({ ...env }).breaker;
		const { sql } = ctx.storage;
		this.#hasTable = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'memory'").toArray().length > 0;
		const [row] = this.#hasTable ? sql.exec<{ body: string }>('SELECT body FROM memory').toArray() : [];
		this.#memory = restoreEndpoint(row?.body ?? null);
	}

	async snapshot(): Promise<HealthSnapshot> {
		const now = this.#now();
		this.#tell(now);
		return snapshotOf(this.#memory, now);
	}

	async status(): Promise<EndpointStatus> {
		const now = this.#now();
		this.#tell(now);
		return statusOf(this.#memory, now);
	}

	async report(
		facts: EndpointFacts,
		outcomes: readonly Outcome[],
		samples: readonly TokenSample[] = [],
	): Promise<HealthSnapshot> {
		const now = this.#now();
		if (outcomes.length + samples.length > 0)
			this.#keeping(now, () => {
				absorb(this.#memory, facts, outcomes, now, this.#policy);
				absorbSamples(this.#memory.tokens, samples, now);
			});
		this.#tell(now);
		return snapshotOf(this.#memory, now);
	}

	async checked(facts: EndpointFacts, check: HealthCheck): Promise<HealthSnapshot> {
		const now = this.#now();
		this.#keeping(now, () => absorbCheck(this.#memory, facts, check, now, this.#policy));
		this.#tell(now);
		return snapshotOf(this.#memory, now);
	}

	async lease(modelClass: string, force: boolean, organizationId: string): Promise<boolean> {
		const now = this.#now();
		const before = mark(this.#memory);
		const granted = leaseAt(this.#memory, modelClass, organizationId, now, force);
		if (mark(this.#memory) !== before) this.#write(now);
		return granted;
	}

	#now(): number {
		const now = Date.now();
		const memory = inTime(this.#memory, now);
		if (memory !== this.#memory) this.#tellFrom = 0;
		this.#memory = memory;
		return now;
	}

	#keeping(now: number, change: () => void): void {
		const before = mark(this.#memory);
		change();
		if (mark(this.#memory) !== before || Math.abs(now - this.#writtenAt) >= WRITE_EVERY_MS) this.#write(now);
	}

	#write(now: number): void {
		const { sql } = this.ctx.storage;
		if (!this.#hasTable) sql.exec('CREATE TABLE memory (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)');
		this.#hasTable = true;
		sql.exec('INSERT OR REPLACE INTO memory (id, body) VALUES (1, ?)', textOf(this.#memory));
		this.#writtenAt = now;
	}

	/** Sees to it that D1 learns what it does not know yet; nobody waits for that. */
	#tell(now: number): void {
		const { register } = this.#memory;
		registerState(register, worstState(this.#memory, now), now);
		if (this.#telling || now < this.#tellFrom || dutyOf(register) === null) return;
		this.#telling = true;
		this.ctx.waitUntil(this.#told());
	}

	async #told(): Promise<void> {
		try {
			for (;;) {
				const { register } = this.#memory;
				const duty = dutyOf(register);
				if (duty === null) return;
				const now = Date.now();
				await writeDuty(this.ports.db, duty, openModels(this.#memory, now), now);
				fulfilled(register, duty);
				await this.ports.pause(TELL_EVERY_MS);
			}
		} catch {
			this.#tellFrom = Date.now() + TELL_EVERY_MS;
		} finally {
			this.#telling = false;
		}
	}
}

/**
 * One request's side of the ledger. An ended attempt is owed until it is known whether another follows,
 * so that its close can say `final`; whatever happens, `finish` pays what is owed and gives the hold back.
 */
import { GatewayError } from '../errors';
import { type ContextReceipt, messagesOf } from '../language/context';
import type { RoutingDecision } from '../language/routing';
import type { NanoUsd } from '../ledger/contract';
import type { Meter, MeteredEntry } from './meter';
import type { Ports, Snapshot } from './ports';

export class RequestLedger {
	/** Of the attempt that is under way. */
	#running: Meter | null = null;
	#owed: MeteredEntry | null = null;
	#last: MeteredEntry | null = null;
	#decision: RoutingDecision | null = null;
	#attempts = 0;
	#left: NanoUsd;
	#finished = false;

	constructor(
		private readonly requestId: string,
		private readonly snapshot: Snapshot,
		held: NanoUsd | null,
		private readonly ports: Pick<Ports, 'ledger' | 'log' | 'defer'>,
	) {
		this.#left = held ?? 0n;
	}

	/** Upstream calls begun. */
	get attempts(): number {
		return this.#attempts;
	}

	/** Begins the next attempt, by its number from 1. It ends in one entry: by `owe`, at the latest with the request. */
	begin(meterOf: (attempt: number) => Meter): Meter {
		this.#pay(false);
		this.#attempts += 1;
		this.#running = meterOf(this.#attempts);
		return this.#running;
	}

	/** The attempt begun last is over. */
	owe(entry: MeteredEntry): void {
		this.#running = null;
		this.#owed = entry;
		this.#last = entry;
		this.#left -= entry.costNanoUsd ?? 0n;
	}

	/** How the request was routed: what its last entry tells; null: there is nothing to tell. */
	decided(decision: RoutingDecision | null): void {
		this.#decision = decision;
	}

	/** What is left of the hold covers one more attempt of this cost. */
	covers(cost: NanoUsd | null): boolean {
		return (cost ?? 0n) <= this.#left;
	}

	/** Room for one more attempt of this cost, extending the hold where it is short. False: a budget forbids it. */
	async affords(cost: NanoUsd | null): Promise<boolean> {
		const short = (cost ?? 0n) - this.#left;
		if (short <= 0n) return true;
		const { organization, limits, caller } = this.snapshot;
		const extended = await this.ports.ledger.extend(organization.id, {
			requestId: this.requestId,
			nanoUsd: short,
			limits,
			keyId: caller.keyId,
			keyLimits: caller.limits,
			issuer: caller.issuer ?? null,
		});
		if (extended) this.#left += short;
		return extended;
	}

	/** No attempt follows. Safe to call more than once. */
	finish(): void {
		if (this.#finished) return;
		this.#finished = true;
		if (this.#running) this.owe(this.#running.end(lost(), null));
		this.ports.defer(this.#report());
		if (this.#owed) {
			this.#owed.routing = this.#decision;
			this.#pay(true);
		} else
			this.ports.ledger.close({
				entry: null,
				requestId: this.requestId,
				organizationId: this.snapshot.organization.id,
				final: true,
			});
	}

	/** The one line per request, written after the answer has gone its way. */
	async #report(): Promise<void> {
		await Promise.resolve();
		const { organization, caller } = this.snapshot;
		const entry = this.#last;
		this.ports.log('info', 'request', {
			requestId: this.requestId,
			organizationId: organization.id,
			keyId: caller.keyId,
			attempts: this.#attempts,
			...(entry && {
				operation: entry.operation,
				provider: entry.provider,
				model: entry.model,
				stream: entry.stream,
				state: entry.state,
				ms: entry.endedAt - entry.startedAt,
				firstTokenMs: entry.firstTokenMs,
				costNanoUsd: entry.costNanoUsd,
				finishReason: entry.finishReason,
				errorCode: entry.errorCode,
				runId: entry.runId,
				...(entry.context && takenAway(entry.context)),
			}),
		});
	}

	#pay(final: boolean): void {
		const entry = this.#owed;
		this.#owed = null;
		if (entry) this.ports.ledger.close({ entry, final });
	}
}

/** Counts and figures for the log, of a conversation that did not fit as it was; null: nothing was done to it. */
export function takenAway({ before, after, limit, method, dropped, shortened, summarized, replans }: ContextReceipt) {
	if (dropped.length + shortened.length + summarized.length + replans === 0) return null;
	return {
		context: {
			before,
			after,
			limit,
			method,
			dropped: messagesOf(dropped),
			images: messagesOf(dropped, 'images'),
			shortened: shortened.length,
			summarized: messagesOf(summarized),
			replans,
		},
	};
}

/** Something of ours threw while it was under way. */
const lost = (): GatewayError => new GatewayError('internal', 'The attempt was not ended.');

/** When a breaker may have let somebody through (ms). */
const RETRY_AFTER_MS = 1_000;

/** All targets were skipped: nothing could be tried. */
export const noTarget = (): GatewayError =>
	new GatewayError('upstream_unavailable', 'No configured target can be tried at the moment.', {
		retryAfterMs: RETRY_AFTER_MS,
	});

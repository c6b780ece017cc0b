/**
 * The meter of one upstream call: counts what passes and ends in exactly one ledger entry, whatever
 * happens to the call. Streamed and whole answers, chat and embeddings all end here.
 */
import { GatewayError } from '../errors';
import type { ContextReceipt } from '../language/context';
import type { ChatEvent } from '../language/event';
import { isContent } from '../language/event';
import type { ChatResponse, FinishReason } from '../language/request';
import type { RoutingDecision } from '../language/routing';
import { completionTokens, totalTokens, type Usage, usageOf } from '../language/usage';
import type { EntryState, LedgerEntry, NanoUsd, Operation } from '../ledger/contract';
import { atMost, costOf } from '../ledger/price';
import { ruleOf } from './failure-rule';
import type { Time } from './ports';
import type { Target } from './target';

/** The entry of one call; how the request was routed is added to its last. */
export type MeteredEntry = Omit<LedgerEntry, 'routing'> & { routing: RoutingDecision | null };

/** Facts of the request that every entry repeats, so that each is complete in itself. */
export interface RequestFacts {
	readonly requestId: string;
	readonly clientRequestId: string | null;
	readonly organizationId: string;
	readonly keyId: string | null;
	readonly issuerKeyId: string | null;
	readonly agentId: string | null;
	readonly user: string | null;
	readonly runId: string | null;
	readonly tags: readonly string[];
	readonly configVersion: number;
	readonly operation: Operation;
	readonly source: 'ledger' | 'direct';
}

/** Characters of text that make a token, where the upstream does not say. */
const CHARS_PER_TOKEN = 4;

export class Meter {
	readonly startedAt: number;
	/** ms since epoch; null before any content. */
	firstTokenAt: number | null = null;
	/** Of whatever the upstream answered, a refusal too; null: no answer came. */
	headers: Headers | null = null;
	#usage: Usage | null = null;
	#finish: FinishReason | null = null;
	#outputChars = 0;
	#answered = false;
	#entry: MeteredEntry | null = null;

	constructor(
		private readonly request: RequestFacts,
		private readonly target: Target,
		private readonly attempt: {
			readonly number: number;
			readonly stream: boolean;
			/** Estimated prompt tokens, used where the upstream reports none; null: nothing is estimated. */
			readonly promptTokens: number | null;
			readonly context: ContextReceipt | null;
		},
		private readonly time: Time,
	) {
		this.startedAt = time.now();
	}

	/** One event of the answer, as it passes. */
	push(event: ChatEvent): void {
		if (this.firstTokenAt === null && isContent(event)) this.firstTokenAt = this.time.now();
		switch (event.type) {
			case 'text-delta':
			case 'reasoning-delta':
			case 'refusal-delta':
				this.#outputChars += event.text.length;
				return;
			case 'tool-call-start':
				this.#outputChars += event.name.length;
				return;
			case 'tool-call-delta':
				this.#outputChars += event.arguments.length;
				return;
			case 'usage':
				this.#usage = event.usage;
				return;
			case 'finish':
				this.#finish = event.finish;
		}
	}

	/** A whole answer at once. */
	whole(response: ChatResponse): void {
		this.firstTokenAt = this.time.now();
		for (const part of response.content)
			this.#outputChars += part.type === 'tool-call' ? part.name.length + part.arguments.length : part.text.length;
		this.#usage = response.usage;
		this.#finish = response.finish;
	}

	/** An answer without text of its own to count: an embedding, or one that was passed on as it came. */
	counted(usage: Usage | null): void {
		this.firstTokenAt = this.time.now();
		this.#usage = usage;
		this.#finish = { kind: 'stop' };
	}

	/** The upstream has begun a 2xx answer that is not looked into: what breaks now may have been charged. */
	answered(): void {
		this.#answered = true;
	}

	get finished(): boolean {
		return this.#finish !== null;
	}

	/** Tokens of the call once it has ended, estimated where they were not reported; 0 where it cost none. */
	get tokens(): number {
		const usage = this.#entry?.usage;
		return usage ? totalTokens(usage) : 0;
	}

	/** Output tokens per second since the first; null where it can't be said. */
	tokensPerSecond(now: number): number | null {
		const elapsed = this.firstTokenAt === null ? 0 : now - this.firstTokenAt;
		if (elapsed <= 0) return null;
		const tokens = this.#usage ? completionTokens(this.#usage) : this.#outputChars / CHARS_PER_TOKEN;
		return (tokens * 1_000) / elapsed;
	}

	/**
	 * Ends the call, the first time only: later calls return the same entry. `error` null: it went well, or
	 * the client left (then `finished` is false and the entry says `aborted`).
	 */
	end(error: GatewayError | null, httpStatus: number | null): MeteredEntry {
		this.#entry ??= this.#close(error, httpStatus);
		return this.#entry;
	}

	#close(error: GatewayError | null, httpStatus: number | null): MeteredEntry {
		const failed = error ?? (this.#finish ? null : aborted());
		const state = this.#state(failed);
		const { usage, usageSource } = this.#used(state);
		const endedAt = this.time.now();
		const { request, target, attempt } = this;
		// Every field by name: an object this wide made by spreading is a slow one, for good (measured: 15 µs).
		return {
			attemptId: `${request.requestId}.${attempt.number}`,
			requestId: request.requestId,
			organizationId: request.organizationId,
			state,
			operation: request.operation,
			stream: attempt.stream,
			keyId: request.keyId,
			issuerKeyId: request.issuerKeyId,
			agentId: request.agentId,
			user: request.user,
			runId: request.runId,
			tags: request.tags,
			clientRequestId: request.clientRequestId,
			provider: target.provider.id,
			providerRowId: target.credential.rowId,
			model: target.model,
			startedAt: this.startedAt,
			endedAt,
			firstTokenMs: this.firstTokenAt === null ? null : this.firstTokenAt - this.startedAt,
			usage,
			usageSource,
			costNanoUsd: this.#cost(state, usage),
			priceVersion: target.facts.priceVersion,
			finishReason: this.#finish?.kind ?? null,
			finishReasonRaw: this.#finish?.raw ?? null,
			errorCode: failed?.code ?? null,
			errorClass: failed?.upstream?.failure ?? null,
			httpStatus: failed?.upstream?.status ?? httpStatus,
			configVersion: request.configVersion,
			context: attempt.context,
			routing: null,
			source: request.source,
		};
	}

	/** Nothing for nothing; null where it can't be known. */
	#cost(state: EntryState, usage: Usage | null): NanoUsd | null {
		if (state === 'released') return 0n;
		const { prices } = this.target.facts;
		const cost = usage && (usage.reportedNanoUsd ?? (prices && costOf(usage, prices)));
		return cost && atMost(cost);
	}

	#used(state: EntryState): Pick<LedgerEntry, 'usage' | 'usageSource'> {
		if (state === 'released') return { usage: null, usageSource: 'none' };
		const complete = this.#finish !== null || this.firstTokenAt === null;
		if (this.#usage !== null && complete) return { usage: this.#usage, usageSource: 'reported' };
		if (this.attempt.promptTokens === null) return { usage: this.#usage, usageSource: 'none' };
		return { usage: this.#estimate(this.attempt.promptTokens), usageSource: 'estimated' };
	}

	/** Content was bought: settled. Without any the failure's rule says it. */
	#state(failed: GatewayError | null): EntryState {
		if (failed === null || this.firstTokenAt !== null) return 'settled';
		return this.#answered ? 'unknown' : ruleOf(failed).ledger;
	}

	/** What an answer without (final) usage is taken to have cost; a reported input count is kept. */
	#estimate(promptTokens: number): Usage {
		const output = Math.ceil(this.#outputChars / CHARS_PER_TOKEN);
		if (this.#usage) return { ...this.#usage, output: Math.max(this.#usage.output, output) };
		return usageOf({ input: promptTokens, output });
	}
}

/** The client left before the answer was over. */
export const aborted = (): GatewayError => new GatewayError('aborted', 'The client closed the request.');

import { GatewayError } from '../../../errors';
import type { ChatEvent } from '../../../language/event';
import { exactJson } from '../../../language/exact-json';
import type { FinishReason } from '../../../language/request';
import type { DecodePlan, Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { arrayOf, isObject, type Json, malformed, objectOf, textOf } from '../json';
import { annotationEvents } from './annotations';
import { inBandError } from './error';
import { blocked, finishOf, slipOf } from './finish';
import { logprobsFrom } from './logprobs';
import { PartReader } from './part-reader';
import { usageFrom } from './usage';

/** Chunks of one answer, each a whole `GenerateContentResponse`, as events. The end of the body ends it. */
export class GenerateDecoder implements Decoder {
	readonly #parts: PartReader;
	#id = '';
	#model = '';
	#started = false;
	/** Held until the end: usage may follow it. */
	#finish: string | null = null;
	#blocked = false;
	#grounding: unknown;
	#citations: unknown;
	#done = false;

	constructor(plan: DecodePlan) {
		this.#parts = new PartReader(plan.toolNames, () => this.#id);
	}

	push({ event, data }: Frame): ChatEvent[] {
		if (this.#done || data.trim() === '') return [];
		if (data.trim() === '[DONE]') return this.end();
		const parsed = exactJson(data);
		if (event === 'error') return this.#fail(inBandError(parsed ?? data));
		return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((chunk) => this.chunk(chunk));
	}

	end(): ChatEvent[] {
		if (this.#done) return [];
		return this.#finish === null ? this.#fail(cutShort()) : this.#complete(this.#finish);
	}

	/** Never throws. */
	chunk(chunk: unknown): ChatEvent[] {
		if (this.#done) return [];
		if (!isObject(chunk)) return this.#fail(malformed('The upstream sent an unreadable chunk.'));
		if (chunk.error) return this.#fail(inBandError(chunk));
		try {
			return this.#read(chunk);
		} catch (thrown) {
			return this.#fail(
				thrown instanceof GatewayError ? thrown : malformed('The upstream sent an unreadable chunk.', thrown),
			);
		}
	}

	/** Ends an answer whose JSON was whole, so that nothing can be missing of it. */
	finished(): ChatEvent[] {
		this.#finish ??= 'STOP';
		return this.end();
	}

	#read(chunk: Json): ChatEvent[] {
		this.#id ||= textOf(chunk.responseId) ?? '';
		this.#model ||= textOf(chunk.modelVersion) ?? '';
		const events: ChatEvent[] = [];
		const candidate = firstCandidate(chunk);
		if (candidate) this.#candidate(candidate, events);
		else this.#prompt(chunk.promptFeedback);
		const usage = usageFrom(chunk.usageMetadata);
		if (usage) events.push({ type: 'usage', usage });
		if (events.length > 0 || (this.#id && this.#model)) this.#start(events);
		const slip = slipOf(this.#finish ?? '', textOf(candidate?.finishMessage));
		return slip ? [...events, ...this.#fail(slip)] : events;
	}

	#candidate(candidate: Json, events: ChatEvent[]): void {
		this.#parts.expect(logprobsFrom(candidate.logprobsResult));
		for (const part of arrayOf(objectOf(candidate.content)?.parts)) if (isObject(part)) this.#parts.push(part, events);
		this.#finish = textOf(candidate.finishReason) || this.#finish;
		if (isObject(candidate.groundingMetadata)) this.#grounding = candidate.groundingMetadata;
		if (isObject(candidate.citationMetadata)) this.#citations = candidate.citationMetadata;
	}

	/** Blocked prompts have no candidate. */
	#prompt(feedback: unknown): void {
		const reason = textOf(objectOf(feedback)?.blockReason);
		if (!reason || this.#finish !== null) return;
		this.#finish = reason;
		this.#blocked = true;
	}

	#start(events: ChatEvent[]): void {
		if (this.#started) return;
		this.#started = true;
		events.unshift({ type: 'start', id: this.#id, model: this.#model });
	}

	#complete(raw: string): ChatEvent[] {
		this.#done = true;
		const events: ChatEvent[] = [];
		this.#parts.close(events);
		events.push(...annotationEvents(this.#grounding, this.#citations, this.#parts.text, this.#parts.spans));
		this.#start(events);
		const finish: FinishReason = this.#blocked ? blocked(raw) : finishOf(raw, this.#parts.calledTools);
		events.push({ type: 'finish', finish });
		return events;
	}

	#fail(error: GatewayError): ChatEvent[] {
		this.#done = true;
		return [{ type: 'error', error }];
	}
}

/** Candidate 0, whatever its place: more than one is never asked for. */
function firstCandidate(chunk: Json): Json | undefined {
	return arrayOf(chunk.candidates).find((one): one is Json => isObject(one) && (one.index ?? 0) === 0);
}

/** Steps are what an answer says; moves are how it reaches the wire, event by event, with its pauses. */
import type { Annotation } from '../../language/message';
import type { FinishReason } from '../../language/request';
import type { MockError, MockEvent } from '../wire/mock/protocol';
import { countTokens, firstTokens, tokensOf } from './mock-text';

type Counts = Extract<MockEvent, { type: 'usage' }>['usage'];

/** One step; `delayMs` is waited first, also alone. */
export interface Step {
	readonly delayMs?: number | undefined;
	readonly text?: string | undefined;
	readonly reasoning?: string | undefined;
	readonly signature?: string | undefined;
	/** With `signature`: the reasoning itself is withheld. */
	readonly redacted?: boolean | undefined;
	readonly refusal?: string | undefined;
	readonly annotation?: Annotation | undefined;
	/** Arguments as JSON text, or in pieces, each a delta of its own. */
	readonly toolCall?:
		| { readonly id?: string | undefined; readonly name: string; readonly arguments: string | readonly string[] }
		| undefined;
	/** null: the answer reports no usage at all. */
	readonly usage?: Counts | null | undefined;
	readonly finish?: FinishReason | undefined;
	readonly error?: MockError | undefined;
	/** Written into the body as it is. */
	readonly raw?: string | undefined;
	/** The body ends here. */
	readonly cut?: true | undefined;
	/** The body breaks here. */
	readonly reset?: true | undefined;
}

export type Move =
	| { readonly kind: 'wait'; readonly ms: number }
	| { readonly kind: 'event'; readonly event: MockEvent }
	| { readonly kind: 'raw'; readonly text: string }
	| { readonly kind: 'cut' }
	| { readonly kind: 'reset' };

export interface Performance {
	readonly id: string;
	readonly model: string;
	readonly inputTokens: number;
	readonly maxTokens?: number | undefined;
	readonly stop?: readonly string[] | undefined;
	/** Deltas are tokens; without it each step is one delta, as written. */
	readonly tokenwise: boolean;
	/** Pauses (ms): before the first delta, and before each further one. */
	readonly pace?: { readonly firstMs: number; readonly eachMs: number } | undefined;
}

/** The moves of an answer: started, bounded by `maxTokens` and `stop`, counted and finished. */
export function movesOf(steps: readonly Step[], performance: Performance): readonly Move[] {
	return new Performer(steps, performance).moves();
}

const STOP_SEQUENCE: FinishReason = { kind: 'stop', raw: 'stop_sequence' };
const LENGTH: FinishReason = { kind: 'length', raw: 'max_tokens' };

type DeltaKind = 'text' | 'reasoning' | 'refusal' | 'tool-call';

class Performer {
	readonly #steps: readonly Step[];
	readonly #performance: Performance;
	readonly #moves: Move[] = [];
	/** A step says what usage is reported: nothing is counted besides. */
	readonly #countless: boolean;
	#part = -1;
	#kind: DeltaKind | null = null;
	#visible = 0;
	#reasoning = 0;
	#deltas = 0;
	#calls = 0;
	#over = false;

	constructor(steps: readonly Step[], performance: Performance) {
		this.#steps = untilStop(steps, performance.stop ?? []);
		this.#performance = performance;
		this.#countless = steps.some((step) => step.usage !== undefined);
	}

	moves(): readonly Move[] {
		const { id, model, inputTokens } = this.#performance;
		this.#emit({ type: 'start', id, model });
		if (!this.#countless) this.#emit({ type: 'usage', usage: { input: inputTokens } });
		for (const step of this.#steps) {
			if (this.#over) break;
			this.#step(step);
		}
		if (!this.#over) this.#finish({ kind: this.#calls > 0 ? 'tool-calls' : 'stop' });
		return this.#moves;
	}

	#step(step: Step): void {
		if (step.delayMs) this.#moves.push({ kind: 'wait', ms: step.delayMs });
		if (step.text !== undefined) this.#say('text', step.text);
		else if (step.reasoning !== undefined) this.#say('reasoning', step.reasoning);
		else if (step.refusal !== undefined) this.#say('refusal', step.refusal);
		else if (step.toolCall) this.#call(step.toolCall);
		else if (step.signature !== undefined) this.#sign(step.signature, step.redacted === true);
		else if (step.annotation) {
			this.#emit({ type: 'annotation', index: this.#open('text'), annotation: step.annotation });
		} else this.#close(step);
	}

	#close(step: Step): void {
		if (step.usage) this.#emit({ type: 'usage', usage: step.usage });
		else if (step.raw !== undefined) this.#moves.push({ kind: 'raw', text: step.raw });
		else if (step.finish) this.#finish(step.finish);
		else if (step.error) this.#end({ kind: 'event', event: { type: 'error', error: step.error } });
		else if (step.cut) this.#end({ kind: 'cut' });
		else if (step.reset) this.#end({ kind: 'reset' });
	}

	#say(kind: 'text' | 'reasoning' | 'refusal', text: string): void {
		const pieces = this.#performance.tokenwise ? tokensOf(text) : [text];
		for (const piece of pieces) {
			const room = this.#room(piece, kind === 'reasoning');
			if (room !== '') this.#delta({ type: `${kind}-delta`, index: this.#open(kind), text: room });
			if (room !== piece) this.#finish(LENGTH);
			if (this.#over) return;
		}
	}

	#call(call: NonNullable<Step['toolCall']>): void {
		this.#calls += 1;
		const id = call.id ?? `call_${this.#performance.id.slice(-16)}_${this.#calls}`;
		this.#kind = null;
		const index = this.#open('tool-call');
		this.#delta({ type: 'tool-call-start', index, id, name: call.name });
		const whole = typeof call.arguments === 'string' ? [call.arguments] : call.arguments;
		const pieces = this.#performance.tokenwise ? tokensOf(whole.join('')) : whole;
		for (const piece of pieces) {
			const room = this.#room(piece, false);
			if (room !== '') this.#emit({ type: 'tool-call-delta', index, arguments: room });
			if (room !== piece) this.#finish(LENGTH);
			if (this.#over) return;
		}
	}

	#sign(signature: string, redacted: boolean): void {
		if (redacted) this.#kind = null;
		const index = this.#open('reasoning');
		this.#emit({ type: 'reasoning-signature', index, signature, ...(redacted && { redacted }) });
		this.#kind = null;
	}

	/** What of the text fits the tokens left. */
	#room(text: string, reasoning: boolean): string {
		const left = (this.#performance.maxTokens ?? Number.POSITIVE_INFINITY) - this.#visible - this.#reasoning;
		const needed = countTokens(text, left + 1);
		const spent = Math.min(needed, left);
		if (reasoning) this.#reasoning += spent;
		else this.#visible += spent;
		return spent < needed ? firstTokens(text, spent) : text;
	}

	/** The open part where it is of this kind, else a new one. */
	#open(kind: DeltaKind): number {
		if (this.#kind !== kind) this.#part += 1;
		this.#kind = kind;
		return this.#part;
	}

	#delta(event: MockEvent): void {
		const { pace } = this.#performance;
		if (pace) this.#moves.push({ kind: 'wait', ms: this.#deltas === 0 ? pace.firstMs : pace.eachMs });
		this.#deltas += 1;
		this.#emit(event);
	}

	#emit(event: MockEvent): void {
		this.#moves.push({ kind: 'event', event });
	}

	#finish(finish: FinishReason): void {
		if (!this.#countless) {
			const { inputTokens } = this.#performance;
			const usage = { input: inputTokens, output: this.#visible, reasoning: this.#reasoning };
			this.#emit({ type: 'usage', usage });
		}
		this.#end({ kind: 'event', event: { type: 'finish', finish } });
	}

	#end(move: Move): void {
		this.#over = true;
		this.#moves.push(move);
	}
}

/** The steps up to the first stop sequence in their text, which counts as one text. */
function untilStop(steps: readonly Step[], stop: readonly string[]): readonly Step[] {
	const whole = steps.map((step) => step.text ?? '').join('');
	const found = stop.filter((sequence) => sequence !== '').map((sequence) => whole.indexOf(sequence));
	const at = Math.min(...found.filter((index) => index >= 0));
	if (at === Number.POSITIVE_INFINITY) return steps;
	const kept: Step[] = [];
	let length = 0;
	for (const step of steps) {
		const text = step.text ?? '';
		if (text !== '' && length + text.length > at) {
			return [...kept, { ...step, text: text.slice(0, at - length) }, { finish: STOP_SEQUENCE }];
		}
		kept.push(step);
		length += text.length;
	}
	return kept;
}

/** Half of a text, at least its first token. */
export const half = (text: string): string => firstTokens(text, Math.max(1, Math.floor(countTokens(text) / 2)));

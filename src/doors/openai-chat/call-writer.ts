/** Tool calls of a streamed choice as deltas: numbered by themselves, or the first as the legacy `function_call`. */
import type { ChatEvent } from '../../language/event';
import { callSignature, signatureContent } from './reasoning';

type Start = Extract<ChatEvent, { type: 'tool-call-start' }>;
type Arguments = Extract<ChatEvent, { type: 'tool-call-delta' }>;

interface Call {
	/** Of the tool call; null: it is the `function_call`. */
	readonly number: number | null;
	empty: boolean;
}

export class CallWriter {
	readonly #legacy: boolean;
	/** By part index. */
	readonly #calls = new Map<number, Call>();

	constructor(legacy: boolean) {
		this.#legacy = legacy;
	}

	get any(): boolean {
		return this.#calls.size > 0;
	}

	/** `before`: the reasoning directly ahead of it, which may be its signature. */
	start(
		{ index, id, name }: Start,
		before: { readonly text: string; readonly signature?: string } | undefined,
	): string {
		const isFunction = this.#legacy && this.#calls.size === 0;
		const number = isFunction ? null : this.#calls.size - (this.#legacy ? 1 : 0);
		this.#calls.set(index, { number, empty: true });
		const called = { name, arguments: '' };
		if (number === null) return JSON.stringify({ function_call: called });
		const opaque = before ? callSignature(before) : null;
		const beside = opaque === null ? {} : signatureContent(opaque);
		return deltaOf({ index: number, id, type: 'function', function: called, ...beside });
	}

	/** null: nothing to say. */
	delta({ index, arguments: text }: Arguments): string | null {
		const call = this.#calls.get(index);
		if (!call || text === '') return null;
		call.empty = false;
		return argumentsOf(call, text);
	}

	/** A call without arguments has the arguments `{}`: an empty text would not parse. */
	emptyArguments(): string[] {
		return [...this.#calls.values()].filter((call) => call.empty).map((call) => argumentsOf(call, '{}'));
	}
}

const argumentsOf = ({ number }: Call, text: string): string =>
	number === null
		? JSON.stringify({ function_call: { arguments: text } })
		: deltaOf({ index: number, function: { arguments: text } });

const deltaOf = (call: object): string => `{"tool_calls":[${JSON.stringify(call)}]}`;

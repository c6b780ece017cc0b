import type { ChatEvent } from '../../../language/event';
import { type Json, objectOf, textOf } from '../json';
import { originalName } from '../tool-names';

/** What a tool without arguments is sometimes called with. */
const NULL = 'null';

interface Call {
	readonly part: number;
	/** Not yet sent on: it may still turn out to be `null`. Null once arguments flow. */
	held: string | null;
}

/** Tool calls by their own index, which begins anew in each answer. */
export class Calls {
	readonly #open = new Map<number, Call>();
	readonly #names: Readonly<Record<string, string>> | undefined;
	readonly #nextPart: () => number;
	#count = 0;

	constructor(names: Readonly<Record<string, string>> | undefined, nextPart: () => number) {
		this.#names = names;
		this.#nextPart = nextPart;
	}

	get any(): boolean {
		return this.#count > 0;
	}

	/** One without a name is none. */
	open(index: number, call: Json): ChatEvent[] {
		const spoken = objectOf(call.function);
		const name = textOf(spoken?.name);
		if (!name) return [];
		const events = this.close(index);
		const part = this.#nextPart();
		const id = textOf(call.id) || `${name}_${this.#count}`;
		this.#count += 1;
		this.#open.set(index, { part, held: '' });
		events.push({ type: 'tool-call-start', index: part, id, name: originalName(name, this.#names) });
		return [...events, ...this.add(index, call)];
	}

	add(index: number, fragment: Json): ChatEvent[] {
		const call = this.#open.get(index);
		const text = textOf(objectOf(fragment.function)?.arguments);
		if (!call || !text) return [];
		const whole = (call.held ?? '') + text;
		if (call.held !== null && NULL.startsWith(whole)) {
			call.held = whole;
			return [];
		}
		call.held = null;
		return [{ type: 'tool-call-delta', index: call.part, arguments: whole }];
	}

	/** Arguments that never came, or are `null`, are none. */
	close(index: number): ChatEvent[] {
		const call = this.#open.get(index);
		this.#open.delete(index);
		if (!call || call.held === null) return [];
		const empty = call.held === '' || call.held === NULL;
		return [{ type: 'tool-call-delta', index: call.part, arguments: empty ? '{}' : call.held }];
	}

	closeAll(): ChatEvent[] {
		return [...this.#open.keys()].flatMap((index) => this.close(index));
	}
}

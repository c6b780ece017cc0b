/** The legacy `function_call` of an assistant, and messages of the role `function`: calls without ids, one a turn. */
import type { ToolCallPart } from '../../language/message';

/** Gives each call an id, and each result the id of its call. */
export class FunctionCalls {
	/** Calls without a result yet: id → name. */
	readonly #open = new Map<string, string>();

	/** `index`: of the message. */
	asked({ name, arguments: text }: { readonly name: string; readonly arguments: string }, index: number): ToolCallPart {
		const id = `function_call_${index}`;
		this.#open.set(id, name);
		return { type: 'tool-call', id, name, arguments: text || '{}' };
	}

	/** Of the first call by that name, or else of the first; where there is none, an id that no call has. */
	answered(name: string): string {
		const [first] = this.#open.keys();
		const named = [...this.#open].find(([, called]) => called === name)?.[0];
		const id = named ?? first ?? name;
		this.#open.delete(id);
		return id;
	}
}

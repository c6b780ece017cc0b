/** OpenAI's models now and then call a function `parallel` that nobody gave them: it holds several calls as one. */
import { exactJson, exactText } from '../../../language/exact-json';
import { isObject, type Json, objectOf, textOf } from '../json';

const NAMES: ReadonlySet<string> = new Set(['parallel', 'multi_tool_use.parallel', 'multi_tool_use_parallel']);

export const isWrapper = (name: string): boolean => NAMES.has(name);

export interface WrappedCall {
	readonly name: string;
	/** JSON text. */
	readonly arguments: string;
}

/** The calls in `{"tool_uses": [{recipient_name: "functions.…", parameters}]}`; null: it is something else. */
export function unwrapped(written: string): readonly WrappedCall[] | null {
	const uses = objectOf(exactJson(written))?.tool_uses;
	if (!Array.isArray(uses) || uses.length === 0) return null;
	const calls = uses.filter(isObject).flatMap(callOf);
	return calls.length === uses.length ? calls : null;
}

function callOf(use: Json): WrappedCall[] {
	const name = textOf(use.recipient_name)?.replace(/^functions\./, '');
	return name ? [{ name, arguments: exactText(objectOf(use.parameters) ?? {}) }] : [];
}

/** A compiled prompt with a request's values put in. No value is ever read for placeholders. */
import { type GatewayError, invalid } from '../errors';
import type { SystemMessage, TextPart } from '../language/message';
import type { CompiledPrompt } from './compile';
import type { PromptVariable, VariableValue } from './source';

export type Variables = Readonly<Record<string, VariableValue>>;

export interface BuiltText {
	/** Independent of all values. */
	readonly stable: string;
	readonly rest: string;
}

/** Required variables that are not given, in the order of their declaration. */
export function missingOf({ variables }: CompiledPrompt, given: Variables): string[] {
	return [...variables].flatMap(([name, variable]) =>
		Object.hasOwn(given, name) || variable.default !== undefined ? [] : [name],
	);
}

/** Throws `invalid_request` naming `variables.<name>`: one that the prompt does not have, or of another type. */
export function checkVariables({ variables }: CompiledPrompt, given: Variables): void {
	for (const [name, value] of Object.entries(given)) {
		const param = `variables.${name.slice(0, 64)}`;
		const variable = variables.get(name);
		if (!variable) throw invalid(param, `${param}: the agent's prompt has no such variable${known(variables)}.`);
		if (!hasType(value, variable.type)) throw invalid(param, `${param}: expected a ${variable.type}.`);
	}
}

const hasType = (value: unknown, type: PromptVariable['type']): boolean =>
	typeof value === type && (typeof value !== 'number' || Number.isFinite(value));

function known(variables: CompiledPrompt['variables']): string {
	const names = [...variables.keys()];
	return names.length === 0 ? '' : `; it has ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
}

/** Of a built prompt. A value that stands in many places must not make gigabytes of a megabyte. */
const MAX_CHARACTERS = 4_000_000;

/**
 * The text, where `absent` says what stands for a required variable that is not given. Throws `invalid_request` with
 * `param: variables` where it grows beyond all measure.
 */
export function textOf(prompt: CompiledPrompt, given: Variables, absent: (name: string) => string): BuiltText {
	let rest = '';
	for (const piece of prompt.rest) {
		if (typeof piece === 'string') rest += piece;
		else {
			const value = Object.hasOwn(given, piece.slot) ? given[piece.slot] : prompt.variables.get(piece.slot)?.default;
			rest += value === undefined ? absent(piece.slot) : String(value);
		}
		if (rest.length > MAX_CHARACTERS) throw tooLong();
	}
	return { stable: prompt.stable, rest };
}

const tooLong = (): GatewayError =>
	invalid('variables', `variables: with these values the prompt has more than ${MAX_CHARACTERS} characters.`);

/**
 * The system message that goes ahead of a conversation; null where nothing is left to say. It is one text, or, with
 * `mark`, the stable part with a cache breakpoint and the rest. Throws `invalid_request` naming `variables.<name>`.
 */
export function build(prompt: CompiledPrompt, given: Variables, mark = prompt.cache): SystemMessage | null {
	checkVariables(prompt, given);
	const { stable, rest } = textOf(prompt, given, (name) => {
		const type = prompt.variables.get(name)?.type ?? 'string';
		const param = `variables.${name}`;
		throw invalid(param, `${param}: missing; the agent's prompt needs this ${type}.`);
	});
	const content = partsOf(stable, rest, mark);
	return content.length === 0 ? null : { role: 'system', content, pinned: true };
}

/** Blank parts are refused by some providers: there is none. */
function partsOf(stable: string, rest: string, mark: boolean): TextPart[] {
	if ((stable + rest).trim() === '') return [];
	if (!mark || stable.trim() === '') return [{ type: 'text', text: stable + rest }];
	const marked: TextPart = { type: 'text', text: stable, cache: true };
	return rest.trim() === '' ? [marked] : [marked, { type: 'text', text: rest }];
}

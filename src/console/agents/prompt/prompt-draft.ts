/** A prompt as its form holds it, and as the API takes it. */
import type { PromptSource } from '../../data/types';

/** The `key` stays with it when the order changes. */
export interface Instruction {
	readonly key: number;
	readonly text: string;
}

export const TYPES = ['string', 'number', 'boolean'] as const;

export interface Variable {
	readonly key: number;
	readonly name: string;
	readonly type: (typeof TYPES)[number];
	/** Each request must give it; else there is a default. */
	readonly required: boolean;
	readonly default: string;
	readonly description: string;
}

export interface PromptDraft {
	readonly identity: string;
	readonly system: string;
	readonly instructions: readonly Instruction[];
	readonly format: string;
	readonly variables: readonly Variable[];
	readonly cache: boolean;
}

export const FIELDS = ['prompt.identity', 'prompt.system', 'prompt.instructions', 'prompt.format', 'prompt.variables'];

export const nextKey = (list: readonly { readonly key: number }[]): number =>
	Math.max(-1, ...list.map(({ key }) => key)) + 1;

export const newVariable = (key: number, name: string): Variable => ({
	key,
	name,
	type: 'string',
	required: true,
	default: '',
	description: '',
});

export const draftOf = (source: PromptSource | null): PromptDraft => ({
	identity: source?.identity ?? '',
	system: source?.system ?? '',
	instructions: (source?.instructions ?? []).map((text, key) => ({ key, text })),
	format: source?.format ?? '',
	variables: Object.entries(source?.variables ?? {}).map(([name, variable], key) => ({
		key,
		name,
		type: variable.type,
		required: variable.default === undefined,
		default: String(variable.default ?? ''),
		description: variable.description ?? '',
	})),
	cache: source?.cache ?? false,
});

/** As its type; text that is no number stays text, which the gateway refuses at its place. */
export function typedValue(type: Variable['type'], text: string): string | number | boolean {
	if (type === 'boolean') return text === 'true';
	if (type === 'string') return text;
	const figure = Number(text);
	return text.trim() === '' || !Number.isFinite(figure) ? text : figure;
}

const variableOf = ({ type, required, default: text, description }: Variable) => ({
	type,
	...(!required && { default: typedValue(type, text) }),
	...(description.trim() !== '' && { description }),
});

const blank = (text: string): boolean => text.trim() === '';

/** null: it says nothing at all. */
export function sourceOf(draft: PromptDraft): PromptSource | null {
	const { identity, system, instructions, format, variables, cache } = draft;
	if ([identity, system, format].every(blank) && instructions.length === 0 && variables.length === 0) return null;
	return {
		...(!blank(identity) && { identity }),
		...(!blank(system) && { system }),
		...(instructions.length > 0 && { instructions: instructions.map(({ text }) => text) }),
		...(!blank(format) && { format }),
		...(variables.length > 0 && {
			variables: Object.fromEntries(variables.map((variable) => [variable.name.trim(), variableOf(variable)])),
		}),
		...(cache && { cache }),
	};
}

/** A record can hold a name once. */
export const isTwice = (variables: readonly Variable[], name: string): boolean =>
	name.trim() !== '' && variables.filter((one) => one.name.trim() === name.trim()).length > 1;

const PLACEHOLDER = /(?<!\\)\{\{[ \t]*([A-Za-z_]\w{0,63})[ \t]*\}\}/g;

/** Names that the texts use and nothing declares, in the order in which they come. */
export function undeclared({ identity, system, instructions, format, variables }: PromptDraft): readonly string[] {
	const texts = [identity, system, ...instructions.map(({ text }) => text), format];
	const used = texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name));
	const known = new Set(variables.map(({ name }) => name.trim()));
	return [...new Set(used)].filter((name) => !known.has(name));
}

/** A prompt made ready for building, once per content. */
import { laidOut } from './layout';
import type { PromptSource, PromptVariable, PromptVersion } from './source';
import type { Piece } from './template';

export interface CompiledPrompt {
	/** The same in every request, whatever its variables are; ends with a line. */
	readonly stable: string;
	/** What follows: text and names of variables, in order. */
	readonly rest: readonly (string | { readonly slot: string })[];
	readonly variables: ReadonlyMap<string, PromptVariable>;
	/** A cache breakpoint was asked for. */
	readonly cache: boolean;
}

/** Kept per isolate; least recently used first. Plain data, so any request may read it. */
const COMPILED = new Map<string, { readonly prompt: CompiledPrompt; readonly characters: number }>();
const MAX_PROMPTS = 200;
const MAX_CHARACTERS = 2_000_000;

/** Never throws: a placeholder without a variable, which an older release may have stored, is plain text. */
export function compile({ source, hash }: PromptVersion): CompiledPrompt {
	const known = COMPILED.get(hash);
	if (known) {
		COMPILED.delete(hash);
		COMPILED.set(hash, known);
		return known.prompt;
	}
	const prompt = compiled(source);
	COMPILED.set(hash, { prompt, characters: charactersOf(prompt) });
	evict();
	return prompt;
}

/** Without the cache, for a prompt that is not stored. */
export function compiled(source: PromptSource): CompiledPrompt {
	const variables = new Map(Object.entries(source.variables ?? {}));
	const pieces = merged(laidOut(source), variables);
	const [first = ''] = pieces;
	const lead = typeof first === 'string' ? first : '';
	// Cut after a whole line: some providers join parts with a line break.
	const cut = pieces.length > 1 ? lead.lastIndexOf('\n') + 1 : lead.length;
	const later = typeof first === 'string' ? pieces.slice(1) : pieces;
	const remainder = lead.slice(cut);
	return {
		stable: lead.slice(0, cut),
		rest: remainder === '' ? later : [remainder, ...later],
		variables,
		cache: source.cache === true,
	};
}

/** Neighbouring texts as one. */
function merged(pieces: readonly Piece[], variables: ReadonlyMap<string, PromptVariable>): CompiledPrompt['rest'] {
	const all: (string | { readonly slot: string })[] = [];
	for (const piece of pieces) {
		const slot = typeof piece !== 'string' && 'slot' in piece && variables.has(piece.slot) ? piece.slot : null;
		const last = all.at(-1);
		if (slot !== null) all.push({ slot });
		else if (typeof last === 'string') all[all.length - 1] = last + plain(piece);
		else all.push(plain(piece));
	}
	return all;
}

/** A broken placeholder is only its braces here: what follows them is a piece of its own. */
function plain(piece: Piece): string {
	if (typeof piece === 'string') return piece;
	return 'slot' in piece ? piece.text : '{{';
}

function charactersOf({ stable, rest }: CompiledPrompt): number {
	return rest.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 1), stable.length);
}

function evict(): void {
	let characters = 0;
	for (const entry of COMPILED.values()) characters += entry.characters;
	for (const [hash, entry] of COMPILED) {
		if (COMPILED.size <= 1 || (COMPILED.size <= MAX_PROMPTS && characters <= MAX_CHARACTERS)) return;
		COMPILED.delete(hash);
		characters -= entry.characters;
	}
}

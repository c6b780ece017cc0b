/** A prompt before it is stored: whatever would go wrong when a request comes is said to its author instead. */
import { invalid } from '../errors';
import type { PromptSource, PromptVariable } from './source';
import { piecesOf } from './template';

/** Of everything its author wrote, names and defaults included. */
export const MAX_CHARACTERS = 100_000;
const MAX_VARIABLES = 100;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** What every object has under this name can't be told from a variable. */
const RESERVED = '__proto__';

interface Place {
	readonly text: string;
	readonly param: string;
}

/** The texts with placeholders, in the order in which they are sent. */
function textsOf(source: PromptSource, param: string): Place[] {
	const places: Place[] = [];
	const add = (text: string | undefined, path: string): void => {
		if (text !== undefined) places.push({ text, param: `${param}.${path}` });
	};
	add(source.identity, 'identity');
	add(source.system, 'system');
	for (const [at, text] of (source.instructions ?? []).entries()) add(text, `instructions[${at}]`);
	add(source.format, 'format');
	return places;
}

/** Throws `invalid_request` naming the place, e.g. `prompt.instructions[2]`; `param` is where the source stands. */
export function checkSource(source: PromptSource, param: string): void {
	const texts = textsOf(source, param);
	const variables = new Map(Object.entries(source.variables ?? {}));
	checkLength(texts, variables, param);
	checkBlank(source, texts, param);
	for (const { text, param: place } of texts) checkCharacters(text, place);
	for (const [name, variable] of variables) checkVariable(name, variable, `${param}.variables`);
	checkUse(texts, variables, `${param}.variables`);
}

/** The same for a text that is a whole prompt without variables. */
export function checkSystem(text: string, param: string): void {
	checkLength([{ text, param }], new Map(), param);
	checkCharacters(text, param);
	checkUse([{ text, param }], new Map(), param);
}

function checkLength(texts: readonly Place[], variables: ReadonlyMap<string, PromptVariable>, param: string): void {
	let characters = 0;
	for (const { text } of texts) characters += text.length;
	for (const [name, { default: value, description }] of variables)
		characters += name.length + String(value ?? '').length + (description?.length ?? 0);
	if (characters > MAX_CHARACTERS)
		throw invalid(param, `A prompt has at most ${MAX_CHARACTERS} characters; this one has ${characters}.`);
	if (variables.size > MAX_VARIABLES)
		throw invalid(
			`${param}.variables`,
			`A prompt has at most ${MAX_VARIABLES} variables; this one has ${variables.size}.`,
		);
}

const isBlank = (text: string): boolean => text.trim() === '';

function checkBlank({ instructions = [] }: PromptSource, texts: readonly Place[], param: string): void {
	const blank = instructions.findIndex(isBlank);
	if (blank >= 0) throw invalid(`${param}.instructions[${blank}]`, 'An instruction must not be empty.');
	if (texts.every(({ text }) => isBlank(text)))
		throw invalid(
			param,
			'A prompt must say something: give identity, system, instructions or format, or null for none.',
		);
}

/** Control characters but line breaks and tabs; `C1` ones too. */
const CONTROL = /[^\P{Cc}\n\t]/u;

function checkCharacters(text: string, param: string): void {
	const [found] = CONTROL.exec(text) ?? [];
	if (found !== undefined) {
		const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
		throw invalid(param, `The control character U+${code} must not be in a prompt: only line feeds and tabs may.`);
	}
	if (!text.isWellFormed()) throw invalid(param, 'The text holds half of a surrogate pair: it is no valid Unicode.');
}

function checkVariable(name: string, { type, default: value, description }: PromptVariable, within: string): void {
	if (!NAME.test(name) || name === RESERVED)
		throw invalid(
			within,
			`'${name.slice(0, 64)}' can't name a variable: use 1–64 letters, digits and '_', not starting with a digit.`,
		);
	const param = `${within}.${name}`;
	if (description !== undefined) checkCharacters(description, `${param}.description`);
	if (value === undefined) return;
	const fits = typeof value === type && (typeof value !== 'number' || Number.isFinite(value));
	if (!fits) throw invalid(`${param}.default`, `The default must be a ${type}, as the variable is.`);
	if (typeof value === 'string') checkCharacters(value, `${param}.default`);
}

/** Every placeholder has its variable, and every variable its placeholder. */
function checkUse(texts: readonly Place[], variables: ReadonlyMap<string, PromptVariable>, within: string): void {
	const used = new Set<string>();
	for (const { text, param } of texts) {
		for (const piece of piecesOf(text)) {
			if (typeof piece === 'string') continue;
			if ('broken' in piece) throw invalid(param, brokenText(piece.broken, piece.text));
			if (!variables.has(piece.slot))
				throw invalid(
					param,
					`${piece.text} is no declared variable: declare '${piece.slot}', or write \\{{ for a plain '{{'.`,
				);
			used.add(piece.slot);
		}
	}
	for (const name of variables.keys())
		if (!used.has(name))
			throw invalid(`${within}.${name}`, `No text uses '${name}': write {{${name}}} where it belongs, or take it out.`);
}

function brokenText(broken: 'unclosed' | 'name', text: string): string {
	if (broken === 'unclosed') return `'${text}': this {{ is never closed. Write {{name}}, or \\{{ for a plain '{{'.`;
	return `'${text}': no name of a variable between {{ and }}. Write {{name}}, or \\{{ for a plain '{{'.`;
}

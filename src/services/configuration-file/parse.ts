/** A configuration file's text as plain data, with the line of each part of it. JSON is YAML 1.2, so one reader does for both. */
import {
	Composer,
	type CST,
	type Document,
	isMap,
	isNode,
	isScalar,
	Lexer,
	LineCounter,
	type Pair,
	Parser,
} from 'yaml';
import { type GatewayError, invalid } from '../../errors';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Characters. */
const MOST_TEXT = 512 * 1024;
/** Values once every alias is followed; a file that unfolds to more is no configuration. */
const MOST_VALUES = 10_000;
/** Marks, names, spaces and line ends: a file of that many values has a few of each. */
const MOST_LEXEMES = 12 * MOST_VALUES;
const MOST_DEPTH = 32;
const MOST_ALIASES = 100;
/** Names that every object has already. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

export type Path = readonly (string | number)[];

export interface ParsedFile {
	readonly value: unknown;
	/** From 1; of the nearest part around it where it has no line of its own (it came by an alias). */
	lineOf(path: Path): number;
}

const pathText = (path: Path): string =>
	path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${key}`)).join('');

/** `invalid_request` naming the part by its path and line. */
export function faultAt(file: ParsedFile, path: Path, message: string): GatewayError {
	const param = pathText(path);
	const where = param === '' ? '' : `${param}: `;
	return invalid(param || 'document', `line ${file.lineOf(path)}: ${where}${message}`);
}

/** Throws `invalid_request` with the line: no YAML, a name given twice, reserved names, too long, too deep, too large. */
export function parseFile(text: string): ParsedFile {
	if (text.length > MOST_TEXT) throw invalid('document', `The file has more than ${MOST_TEXT} characters.`);
	const lines = new LineCounter();
	const document = composed(text, lines);
	const [fault] = document.errors;
	if (fault) throw invalid('document', `line ${lines.linePos(fault.pos[0]).line}: ${firstLine(fault.message)}`);
	const file: ParsedFile = {
		value: unfolded(document),
		lineOf: (path) => lines.linePos(offsetOf(document, path)).line || 1,
	};
	checkValue(file, file.value);
	return file;
}

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message;

/** What nests in a token of the syntax tree: items, their keys and their values. */
interface Nested {
	readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
	readonly value?: unknown;
}

/**
 * Before the composer, which is recursive and compares each name with all before it: text that only opens brackets
 * would overflow its stack, and one map of many names take seconds.
 */
function checkSize(roots: readonly unknown[]): void {
	let level: readonly unknown[] = roots;
	let tokens = 0;
	for (let depth = 0; level.length > 0; depth += 1) {
		tokens += level.length;
		// A name and its value are two.
		if (tokens > 2 * MOST_VALUES) throw tooMany();
		if (depth > MOST_DEPTH) throw tooDeep();
		level = level.flatMap((token) => {
			const { items, value } = (token ?? {}) as Nested;
			const inner = (items ?? []).flatMap((item) => [item.key, item.value]);
			return [...inner, value].filter((one) => typeof one === 'object' && one !== null);
		});
	}
}

/** As `Parser.parse`, but given up in time: half a million characters of marks alone take seconds. */
function tokensOf(text: string, lineCounter: LineCounter): readonly CST.Token[] {
	const parser = new Parser(lineCounter.addNewLine);
	const tokens: CST.Token[] = [];
	let lexemes = 0;
	lineCounter.addNewLine(0);
	for (const lexeme of new Lexer().lex(text)) {
		lexemes += 1;
		if (lexemes > MOST_LEXEMES) throw tooMany();
		tokens.push(...parser.next(lexeme));
	}
	tokens.push(...parser.end());
	return tokens;
}

/** Plain data whatever the file's `%YAML` and tags say: no dates, bytes, sets or maps. */
const PLAIN = { schema: 'core', resolveKnownTags: false, logLevel: 'silent' } as const;

function composed(text: string, lineCounter: LineCounter): Document.Parsed {
	const tokens = tokensOf(text, lineCounter);
	checkSize(tokens);
	const composer = new Composer({ ...PLAIN, lineCounter, merge: true, prettyErrors: false, uniqueKeys: true });
	const [document, ...others] = composer.compose(tokens, true, text.length);
	if (!document || others.length > 0) throw invalid('document', 'The file must hold one document.');
	return document;
}

const tooMany = (): GatewayError => invalid('document', `The file holds more than ${MOST_VALUES} values.`);

const tooDeep = (): GatewayError => invalid('document', `The file is nested more than ${MOST_DEPTH} levels deep.`);

/** A few lines of aliases of aliases can stand for billions of values: their number is bounded before they unfold. */
function unfolded(document: Document.Parsed): unknown {
	try {
		return document.toJS({ maxAliasCount: MOST_ALIASES });
	} catch {
		throw invalid('document', 'The file repeats itself by aliases more often than is accepted.');
	}
}

function checkValue(file: ParsedFile, root: unknown): void {
	let values = 0;
	const visit = (value: unknown, path: Path): void => {
		values += 1;
		if (values > MOST_VALUES) throw tooMany();
		if (typeof value !== 'object' || value === null) return;
		if (path.length >= MOST_DEPTH) throw tooDeep();
		for (const [key, inner] of Object.entries(value)) {
			const at = [...path, Array.isArray(value) ? Number(key) : key];
			if (RESERVED.has(key)) throw faultAt(file, at, 'is a reserved name.');
			visit(inner, at);
		}
	};
	visit(root, []);
}

const isKey = (pair: Pair, name: string | number | undefined): boolean =>
	(isScalar(pair.key) ? String(pair.key.value) : String(pair.key)) === String(name);

/** Of the key where the last step is one, else of the value; of what lies around it where there is neither. */
function offsetOf(document: Document.Parsed, path: Path): number {
	for (let length = path.length; length > 0; length -= 1) {
		const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
		const pair = isMap(parent) ? parent.items.find((one) => isKey(one, path[length - 1])) : undefined;
		const node = pair ? pair.key : document.getIn(path.slice(0, length), true);
		if (isNode(node) && node.range) return node.range[0];
	}
	return document.contents?.range?.[0] ?? 0;
}

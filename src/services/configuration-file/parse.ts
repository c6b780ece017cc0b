/** A configuration file's text as plain data, with the line of each part of it. JSON is YAML 1.2, so one reader does for both. */
import { type GatewayError, invalid } from '../../errors';
import { checkText, MOST_DEPTH, MOST_VALUES, tooDeep, tooMany } from './limits';
import { faultOn, yamlEvents } from './yaml-events';
import { type Node, yamlNode } from './yaml-nodes';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

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
	checkText(text);
	const yaml = yamlEvents(text);
	const lineAt = linesOf(yaml.source);
	const root = yamlNode(yaml, (offset, reason) => {
		throw faultOn(lineAt(offset), reason);
	});
	const file: ParsedFile = { value: root.value, lineOf: (path) => lineAt(offsetOf(root, path)) };
	checkValue(file, file.value);
	return file;
}

/** Lines count from 1. */
function linesOf(text: string): (offset: number) => number {
	let ends: readonly number[] | undefined;
	return (offset) => {
		ends ??= Array.from(text.matchAll(/\r\n?|\n/g), (end) => end.index + end[0].length);
		let [low, high] = [0, ends.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((ends[middle] ?? 0) <= offset) low = middle + 1;
			else high = middle;
		}
		return low + 1;
	};
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

/** Of what lies around it where the part has none. */
function offsetOf(root: Node, path: Path): number {
	let node = root;
	for (const step of path) {
		const part = node.parts?.get(String(step));
		if (!part) break;
		node = part;
	}
	return node.offset;
}

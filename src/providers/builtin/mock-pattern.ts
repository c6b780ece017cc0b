/** A string that a simple regular expression matches, built from its source: the expression never runs. */

interface Cursor {
	readonly source: string;
	at: number;
}

const CLASSES: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', t: '\t', n: '\n' };
/** Repetitions of one atom, whatever the expression asks for. */
const MAX_REPEAT = 64;
/** Characters of the string made, and of the expression read. */
const MAX_LENGTH = 1024;

/** Undefined where the expression uses what is not understood here: look-around, back references, properties. */
export function matching(pattern: string): string | undefined {
	if (pattern.length > MAX_LENGTH) return undefined;
	const cursor: Cursor = { source: pattern, at: 0 };
	const text = alternatives(cursor);
	return text === undefined || cursor.at < pattern.length || text.length > MAX_LENGTH ? undefined : text;
}

/** The first alternative is taken, the others are only read over. */
function alternatives(cursor: Cursor): string | undefined {
	const first = sequence(cursor);
	while (first !== undefined && cursor.source[cursor.at] === '|') {
		cursor.at += 1;
		if (sequence(cursor) === undefined) return undefined;
	}
	return first;
}

function sequence(cursor: Cursor): string | undefined {
	let text = '';
	for (;;) {
		const next = cursor.source[cursor.at];
		if (next === undefined || next === '|' || next === ')' || text.length > MAX_LENGTH) return text;
		const one = atom(cursor);
		const times = one === undefined ? undefined : repeat(cursor);
		if (one === undefined || times === undefined || one.length * times > MAX_LENGTH) return undefined;
		text += one.repeat(times);
	}
}

function atom(cursor: Cursor): string | undefined {
	const char = cursor.source[cursor.at] ?? '';
	cursor.at += 1;
	switch (char) {
		case '^':
		case '$':
			return '';
		case '.':
			return 'a';
		case '\\':
			return escaped(cursor);
		case '[':
			return charClass(cursor);
		case '(':
			return group(cursor);
		case '*':
		case '+':
		case '?':
			return undefined;
		default:
			return char;
	}
}

function escaped(cursor: Cursor): string | undefined {
	const char = cursor.source[cursor.at];
	cursor.at += 1;
	if (char === undefined) return undefined;
	if (Object.hasOwn(CLASSES, char)) return CLASSES[char];
	if (char === 'b') return '';
	return /[0-9A-Za-z]/.test(char) ? undefined : char;
}

/** The first character of the class; of an inverted one, the first of some that it leaves in. */
function charClass(cursor: Cursor): string | undefined {
	const inverted = cursor.source[cursor.at] === '^';
	if (inverted) cursor.at += 1;
	const end = closing(cursor);
	if (end < 0) return undefined;
	const body = cursor.source.slice(cursor.at, end);
	cursor.at = end + 1;
	if (!inverted) return body[0] === '\\' ? escaped({ source: body, at: 1 }) : body[0];
	return [...'a1-_ A.'].find((char) => !excludes(body, char));
}

function closing(cursor: Cursor): number {
	for (let at = cursor.at; at < cursor.source.length; at += 1) {
		if (cursor.source[at] === '\\') at += 1;
		else if (cursor.source[at] === ']' && at > cursor.at) return at;
	}
	return -1;
}

const FAMILIES: Readonly<Record<string, RegExp>> = { '\\d': /\d/, '\\w': /\w/, '\\s': /\s/ };

function excludes(body: string, char: string): boolean {
	for (let at = 0; at < body.length; at += 1) {
		const family = FAMILIES[body.slice(at, at + 2)];
		const upper = body[at + 1] === '-' ? body[at + 2] : undefined;
		const within = upper ? char >= (body[at] ?? '') && char <= upper : body[at] === char;
		if (family ? family.test(char) : within) return true;
		if (family) at += 1;
		else if (upper) at += 2;
	}
	return false;
}

function group(cursor: Cursor): string | undefined {
	const prefix = /^\?(?::|<[A-Za-z_]\w*>)/.exec(cursor.source.slice(cursor.at, cursor.at + 40))?.[0];
	if (cursor.source[cursor.at] === '?' && !prefix) return undefined;
	cursor.at += prefix?.length ?? 0;
	const text = alternatives(cursor);
	if (cursor.source[cursor.at] !== ')') return undefined;
	cursor.at += 1;
	return text;
}

/** How often the atom stands; undefined: the quantifier can't be read. */
function repeat(cursor: Cursor): number | undefined {
	const rest = cursor.source.slice(cursor.at, cursor.at + 24);
	const quantifier = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(rest);
	if (!quantifier) return 1;
	cursor.at += quantifier[0].length;
	if (quantifier[1] === undefined) return quantifier[0][0] === '+' ? 1 : 0;
	const times = Number(quantifier[1]);
	return times <= MAX_REPEAT ? times : undefined;
}

/** Finds secrets wherever they may have come to lie, in every form in which text is usually written. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Secret {
	/** Where it entered. */
	readonly name: string;
	/** Printable ASCII, at least 16 characters. */
	readonly value: string;
}

/** How a secret looks that is part of a longer text in some form; base64 depends on what stands before it. */
const FORMS: Readonly<Record<string, (text: string) => readonly string[]>> = {
	plain: (text) => [text],
	base64: (text) => alignments(text).map((bytes) => inner(bytes.text.toString('base64'), bytes)),
	base64url: (text) => alignments(text).map((bytes) => inner(bytes.text.toString('base64url'), bytes)),
	hex: (text) => [Buffer.from(text).toString('hex'), Buffer.from(text).toString('hex').toUpperCase()],
	'URL-encoded': (text) => [
		encodeURIComponent(text),
		encodeURI(text),
		new URLSearchParams([['', text]]).toString().slice(1),
	],
	'percent-encoded': (text) => [escaped(text, '%', 2), escaped(text, '%', 2).toLowerCase()],
	'JSON-escaped': (text) => [
		JSON.stringify(text).slice(1, -1),
		JSON.stringify(JSON.stringify(text)).slice(3, -3),
		JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
		escaped(text, '\\u', 4),
		escaped(text, '\\u', 4).toLowerCase(),
	],
	'HTML-escaped': (text) => [
		text
			.replaceAll('&', '&amp;')
			.replaceAll('<', '&lt;')
			.replaceAll('>', '&gt;')
			.replaceAll('"', '&quot;')
			.replaceAll("'", '&#39;'),
	],
	'UTF-16': (text) => [Buffer.from(text, 'utf16le').toString('latin1')],
};

export const FORM_NAMES = Object.keys(FORMS);

const escaped = (text: string, prefix: string, digits: number): string =>
	[...text]
		.map((character) => prefix + character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, '0'))
		.join('');

interface Aligned {
	/** Bytes before the secret, and the secret. */
	readonly text: Buffer;
	readonly before: number;
}

/** Behind no byte, one and two: base64 takes three at a time. */
const alignments = (text: string): readonly Aligned[] =>
	[0, 1, 2].map((before) => ({ text: Buffer.from('\0'.repeat(before) + text), before }));

/** The characters that depend on the secret alone. */
function inner(encoded: string, { text, before }: Aligned): string {
	const from = Math.ceil((before * 8) / 6);
	const to = Math.floor((text.length * 8) / 6);
	return encoded.slice(from, to);
}

/** Characters of it that give it away: what was cut off is found too. */
const PIECE = 16;

const piecesOf = ({ value }: Secret): readonly string[] =>
	value.length < 2 * PIECE ? [value] : [value.slice(0, PIECE), value.slice(-PIECE)];

export interface Found {
	readonly secret: string;
	/** How it is written there. */
	readonly forms: ReadonlySet<string>;
	/** What stands around the first of them. */
	readonly around: string;
}

const NEAR = 60;

interface Needle {
	readonly text: string;
	readonly secret: string;
	readonly form: string;
}

const needlesOf = (secret: Secret): readonly Needle[] =>
	Object.entries(FORMS).flatMap(([form, written]) =>
		[...new Set(piecesOf(secret).flatMap(written))].map((text) => ({ text, secret: secret.name, form })),
	);

/** Every needle is longer than this. */
const HEAD = 8;

/** Looks for all secrets at once. */
export class SecretScanner {
	/** By their first characters. */
	readonly #needles = new Map<string, Needle[]>();

	constructor(secrets: readonly Secret[]) {
		for (const needle of secrets.flatMap(needlesOf)) {
			const head = needle.text.slice(0, HEAD);
			const known = this.#needles.get(head);
			if (known) known.push(needle);
			else this.#needles.set(head, [needle]);
		}
	}

	/** `text` as it is, or bytes as Latin-1. */
	scan(text: string): readonly Found[] {
		const found = new Map<string, { readonly secret: string; readonly forms: Set<string>; readonly around: string }>();
		for (let at = 0; at <= text.length - HEAD; at += 1)
			for (const { text: needle, secret, form } of this.#needles.get(text.slice(at, at + HEAD)) ?? []) {
				if (!text.startsWith(needle, at)) continue;
				const known = found.get(secret);
				if (known) known.forms.add(form);
				else
					found.set(secret, {
						secret,
						forms: new Set([form]),
						around: text.slice(Math.max(0, at - NEAR), at + 2 * NEAR),
					});
			}
		return [...found.values()];
	}
}

/** Every file under a folder with its bytes as Latin-1; write-ahead logs too. */
export function filesOf(folder: string): readonly { readonly path: string; readonly bytes: string }[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => {
			const path = join(entry.parentPath ?? entry.path, entry.name);
			return { path: path.slice(folder.length + 1), bytes: readFileSync(path, 'latin1') };
		});
}

/** How a provider, or its operator, may spell a key: what is scrubbed by its looks, what is not, and what needs escaping. */
export type Spelling = 'prefixed' | 'bare' | 'odd';

const digest = (name: string): string =>
	createHash('sha256')
		.update(name)
		.digest('base64')
		.replace(/[^A-Za-z0-9]/g, 'x');

const SPELLINGS: Readonly<Record<Spelling, (text: string) => string>> = {
	prefixed: (text) => `sk-${text}`,
	bare: (text) => text,
	odd: (text) =>
		`${text.slice(0, 3)}"/+${text.slice(3, 12)}&=%${text.slice(12, -12)}'<>${text.slice(-12, -3)}|/~${text.slice(-3)}`,
};

/** The same for the same name, and like no other text. */
export const secretOf = (name: string, spelling: Spelling = 'bare'): Secret => ({
	name,
	value: SPELLINGS[spelling](digest(name)),
});

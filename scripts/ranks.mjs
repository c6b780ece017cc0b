/**
 * `dist/console/ranks/<encoding>.bin`: vocabularies of the tokenizers, which the Worker reads on first need. Taken from
 * `js-tiktoken`; the format is described in `src/planner/ranks.ts`.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isStale } from './freshness.mjs';

const ENCODINGS = ['o200k_base', 'cl100k_base'];
const MAGIC = 0x4b4e4152;
const VERSION = 1;
const HEADER = 32;
const CHECKED = 20;

const require = createRequire(import.meta.url);

/** The file of one encoding, as an ArrayBuffer. */
export function ranksFile(name) {
	const tokens = tokensOf(require(`js-tiktoken/ranks/${name}`));
	const size = tokens.reduce((sum, { length }) => sum + length, 0);
	const file = new ArrayBuffer(HEADER + Math.ceil((tokens.length + size) / 4) * 4);
	const bytes = new Uint8Array(file);
	bytes.set(Buffer.from(name, 'latin1'), CHECKED);
	bytes.set(
		tokens.map(({ length }) => length),
		HEADER,
	);
	bytes.set(Buffer.concat(tokens), HEADER + tokens.length);
	let checksum = 0x811c9dc5;
	for (const word of new Uint32Array(file, CHECKED)) checksum = Math.imul(checksum ^ word, 0x01000193);
	new Uint32Array(file, 0, 5).set([MAGIC, VERSION, tokens.length, size, checksum >>> 0]);
	return file;
}

/** Their bytes by rank: lines of `! <first rank> <base64> <base64> …`. */
function tokensOf({ bpe_ranks: lines }) {
	const tokens = [];
	for (const line of lines.split('\n').filter(Boolean)) {
		const [, first, ...encoded] = line.split(' ');
		if (Number(first) !== tokens.length) throw new Error(`ranks go on with ${first} after ${tokens.length}`);
		for (const token of encoded) tokens.push(Buffer.from(token, 'base64'));
	}
	if (tokens.some(({ length }) => length === 0 || length > 255)) throw new Error('a token is empty or too long');
	return tokens;
}

/** Writes those that are missing or older than where they come from. */
export function writeRanks(root) {
	const folder = join(root, 'dist/console/ranks');
	const sources = [join(root, 'scripts/ranks.mjs'), require.resolve('js-tiktoken/ranks/o200k_base')];
	for (const name of ENCODINGS) {
		const path = join(folder, `${name}.bin`);
		if (!isStale(path, sources)) continue;
		mkdirSync(folder, { recursive: true });
		// Whole or not at all: others may read it meanwhile.
		writeFileSync(`${path}.${process.pid}`, new Uint8Array(ranksFile(name)));
		renameSync(`${path}.${process.pid}`, path);
	}
}

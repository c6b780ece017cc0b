/** Both encodings as the Worker loads them, made of js-tiktoken's ranks by what writes the assets. For tests in Node. */
import { ranksFile } from '../../scripts/ranks.mjs';
import { encodingOf } from '../../src/planner/bpe';
import type { Encoding, EncodingName, EncodingPort } from '../../src/planner/encoding';
import { readRanks } from '../../src/planner/ranks';

const made = (name: EncodingName): Encoding => encodingOf(readRanks(ranksFile(name), name));

export const o200k: Encoding = made('o200k_base');
export const cl100k: Encoding = made('cl100k_base');

export const encodingNamed = (name: EncodingName): Encoding => (name === 'o200k_base' ? o200k : cl100k);

export const encodings: EncodingPort = { load: async (name) => encodingNamed(name) };

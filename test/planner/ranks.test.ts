import { describe, expect, it } from 'vitest';
import { ranksFile } from '../../scripts/ranks.mjs';
import { checksumOf, RANKS_MAGIC, RANKS_VERSION, readRanks } from '../../src/planner/ranks';

const refusal = (message: string) => expect.objectContaining({ code: 'internal', message });

const file = ranksFile('cl100k_base');

/** With one 32-bit word changed. */
function changed(word: number, value: number): ArrayBuffer {
	const copy = file.slice(0);
	new Uint32Array(copy)[word] = value;
	return copy;
}

/** As tiktoken's description has it: the lowest rank first, the leftmost of equals. */
function mergedParts(parts: string[], ranks: ReadonlyMap<string, number>): string[] {
	for (;;) {
		let best = -1;
		let lowest = Number.POSITIVE_INFINITY;
		for (let at = 0; at + 1 < parts.length; at += 1) {
			const rank = ranks.get(`${parts[at]}${parts[at + 1]}`) ?? Number.POSITIVE_INFINITY;
			if (rank < lowest) {
				lowest = rank;
				best = at;
			}
		}
		if (best < 0) return parts;
		parts.splice(best, 2, `${parts[best]}${parts[best + 1]}`);
	}
}

describe('the ranks of an encoding', () => {
	it.each([
		['o200k_base', 199_998, ' cocos', 1_397_670],
		['cl100k_base', 100_256, ' Conveyor', 643_830],
	] as const)('are read whole: %s', (name, count, last, size) => {
		const { bytes, offsets, table, longest } = readRanks(ranksFile(name), name);
		expect([offsets.length - 1, bytes.length, longest]).toEqual([count, size, 128]);
		expect(new TextDecoder().decode(bytes.subarray(offsets[count - 1], offsets[count]))).toBe(last);
		expect(table.filter((entry) => entry !== 0).length).toBe(count);
	});

	it('take less than 16 MB for both encodings together', () => {
		const bytes = (['o200k_base', 'cl100k_base'] as const).map((name) => {
			const ranks = readRanks(ranksFile(name), name);
			return ranks.bytes.buffer.byteLength + ranks.offsets.byteLength + ranks.table.byteLength;
		});
		expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(16e6);
	});

	it.each(['o200k_base', 'cl100k_base'] as const)(
		'are each what their own bytes merge to: %s',
		(name) => {
			const { bytes, offsets } = readRanks(ranksFile(name), name);
			const decoder = new TextDecoder('latin1');
			const tokens = Array.from(offsets.subarray(1), (end, rank) => decoder.decode(bytes.subarray(offsets[rank], end)));
			const ranks = new Map(tokens.map((token, rank) => [token, rank]));
			const unreached = tokens.filter((token) => mergedParts([...token], ranks).length > 1);
			expect(unreached).toEqual([]);
		},
		30_000,
	);

	it('are refused where another page stands in their place', () => {
		const page = new ArrayBuffer(96);
		new TextEncoder().encodeInto(
			'<!doctype html><html><head><title>Switchyard</title></head></html>',
			new Uint8Array(page),
		);
		expect(() => readRanks(page, 'cl100k_base')).toThrow(refusal('The ranks of cl100k_base are no file of ranks.'));
	});

	it.each([
		['empty', new ArrayBuffer(0), 'are no file of ranks'],
		['shorter than a header', file.slice(0, 28), 'are no file of ranks'],
		['not of whole words', file.slice(0, file.byteLength - 1), 'are no file of ranks'],
		['of another kind', changed(0, RANKS_MAGIC + 1), 'are no file of ranks'],
		['of another version', changed(1, RANKS_VERSION + 1), 'are of version 2, not 1'],
		['cut off', file.slice(0, file.byteLength - 4), 'are cut off'],
		['said to be longer', changed(3, 1_000_000), 'are cut off'],
		['damaged', changed(10_000, 1), 'are damaged'],
		['without their checksum', changed(4, 0), 'are damaged'],
	])('are refused where the file is %s', (_what, wrong, why) => {
		expect(() => readRanks(wrong, 'cl100k_base')).toThrow(refusal(`The ranks of cl100k_base ${why}.`));
	});

	it('are refused where they are those of another encoding', () => {
		expect(() => readRanks(file, 'o200k_base')).toThrow(refusal('The ranks of o200k_base are those of cl100k_base.'));
	});

	it('have a checksum that any changed byte changes', () => {
		const sum = checksumOf(file);
		for (const at of [20, 33, 5_000, file.byteLength - 1]) {
			const copy = file.slice(0);
			const bytes = new Uint8Array(copy);
			bytes[at] = (bytes[at] ?? 0) ^ 1;
			expect(checksumOf(copy)).not.toBe(sum);
		}
	});
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ranksFile } from '../../scripts/ranks.mjs';
import { blocksOf } from '../../src/planner/blocks';
import { mergerOf, scratchOf } from '../../src/planner/merge';
import { type Ranks, readRanks } from '../../src/planner/ranks';

const ROOM = 20_000;
const whole = scratchOf(ROOM);

/**
 * Letters of which each pair with the next is a token of lower rank than the pair before: what is at the end decides
 * how all before it is paired.
 */
function descending({ bytes, offsets }: Ranks): number[] {
	const pairs: number[][] = [];
	for (let rank = offsets.length - 2; rank >= 0; rank -= 1) {
		const from = offsets[rank] ?? 0;
		if ((offsets[rank + 1] ?? 0) - from === 2) pairs.push([bytes[from] ?? 0, bytes[from + 1] ?? 0]);
	}
	const longest = new Map<number, number[]>();
	// From the lowest rank up: the longest path that begins with each byte.
	for (const [first = 0, second = 0] of pairs.reverse()) {
		const path = [first, ...(longest.get(second) ?? [second])];
		if (path.length > (longest.get(first)?.length ?? 0)) longest.set(first, path);
	}
	return [...longest.values()].reduce((left, right) => (right.length > left.length ? right : left));
}

describe.each(['o200k_base', 'cl100k_base'] as const)('long pieces in blocks, by %s', (name) => {
	const ranks = readRanks(ranksFile(name), name);
	const merger = mergerOf(ranks);
	const blocks = blocksOf(merger, ranks.longest);
	const chain = descending(ranks);

	function expectSame(bytes: Uint8Array): void {
		const count = merger.merge(bytes, 0, bytes.length, whole);
		const lengths = Array.from({ length: count }, (_, at) => (whole.starts[at + 1] ?? 0) - (whole.starts[at] ?? 0));
		const found = blocks.tokens(bytes);
		expect(found.count).toBe(count);
		expect(Array.from(found.lengths.subarray(0, found.count))).toEqual(lengths);
	}

	const alphabet = fc.oneof(
		fc.constantFrom(
			'a',
			'ab',
			'aA',
			' ',
			' \n',
			'=-_',
			'the',
			'abcdefghijklmnopqrstuvwxyz',
			'0123456789abcdef',
			'文字列',
		),
		fc.string({ minLength: 1, maxLength: 6 }),
	);

	it('are the tokens they are when merged at once', () => {
		fc.assert(
			fc.property(alphabet, fc.integer({ min: 1_000, max: 5_000 }), fc.integer(), (letters, length, seed) => {
				const from = new TextEncoder().encode(letters);
				let state = seed;
				const bytes = Uint8Array.from({ length }, () => {
					state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
					return from[Math.floor((state / 2 ** 32) * from.length)] ?? 0;
				});
				expectSame(bytes);
			}),
			{ numRuns: 100 },
		);
	});

	it('are the same where the end of a block is paired by what comes after it', () => {
		expect(chain.length).toBeGreaterThan(32);
		for (let before = 0; before < 260; before += 4) {
			const bytes = new Uint8Array(3_000).fill(0x78);
			for (let at = 1_000 - before; at + chain.length < bytes.length; at += chain.length) bytes.set(chain, at);
			expectSame(bytes);
		}
	});

	it('are the same for one unit over and over, whatever its length', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 140 }), (unit) => {
				expectSame(Uint8Array.from({ length: 4_000 }, (_, at) => unit[at % unit.length] ?? 0));
			}),
			{ numRuns: 100 },
		);
	});
});

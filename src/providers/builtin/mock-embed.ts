/** Hash embeddings: equal texts are equal vectors, texts with words in common are near each other. */
import { invalid } from '../../errors';
import type { MockEmbed, MockEmbeddings } from '../wire/mock/protocol';
import { countTokens, hash32 } from './mock-text';

const DEFAULT_DIMENSIONS = 256;
const MAX_DIMENSIONS = 4096;
/** Decimals kept: enough for a unit vector, short in JSON. */
const DECIMALS = 6;

/** Throws `invalid_request` where `dimensions` is out of range. */
export function embed({ model, input, dimensions = DEFAULT_DIMENSIONS }: MockEmbed): MockEmbeddings {
	if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_DIMENSIONS) {
		throw invalid('dimensions', `dimensions must be an integer from 1 to ${MAX_DIMENSIONS}.`);
	}
	const tokens = input.map((one) => (typeof one === 'string' ? countTokens(one) : one.length));
	return {
		model,
		embeddings: input.map((one) => vectorOf(featuresOf(one), dimensions)),
		usage: { input: tokens.reduce((sum, count) => sum + count, 0) },
	};
}

/** Words whole and in threes of their letters, so that `cat` and `cats` share some; token ids as they are. */
function* featuresOf(input: string | readonly number[]): Generator<string> {
	if (typeof input !== 'string') {
		yield* input.map(String);
		return;
	}
	for (const [word] of input.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
		yield word;
		const marked = `^${word}$`;
		for (let at = 0; at + 3 <= marked.length; at += 1) yield marked.slice(at, at + 3);
	}
}

/** Unit length; what has no features points along the first axis. */
function vectorOf(features: Iterable<string>, dimensions: number): readonly number[] {
	const sums = new Array<number>(dimensions).fill(0);
	for (const feature of features) {
		const hash = hash32(feature);
		const axis = (hash >>> 1) % dimensions;
		sums[axis] = (sums[axis] ?? 0) + ((hash & 1) === 1 ? 1 : -1);
	}
	const length = Math.hypot(...sums);
	if (length === 0) return sums.map((_, axis) => (axis === 0 ? 1 : 0));
	return sums.map((sum) => Number((sum / length).toFixed(DECIMALS)));
}

/** The vectors of an embedding answer that lists them in the inputs' order. */
import { arrayOf, malformed } from './json';

/** Throws `upstream_malformed` where one is missing, empty, of another length, or no list of numbers. */
export function vectorsOf(value: unknown, inputs: number): number[][] {
	const vectors = arrayOf(value).map(vectorOf);
	if (vectors.length !== inputs) {
		throw malformed(`The upstream sent ${vectors.length} embeddings for ${inputs} inputs.`);
	}
	if (vectors.some((one) => one.length !== vectors[0]?.length)) {
		throw malformed('The upstream sent embeddings of different lengths.');
	}
	return vectors;
}

function vectorOf(value: unknown): number[] {
	const numbers = arrayOf(value);
	if (numbers.length > 0 && numbers.every((one): one is number => Number.isFinite(one))) return numbers as number[];
	throw malformed('The upstream sent an embedding that is not a list of numbers.');
}

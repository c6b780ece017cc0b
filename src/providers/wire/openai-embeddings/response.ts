import type { EmbedResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { arrayOf, isObject, malformed, numberOf, parseAnswer, textOf } from '../json';
import { hasError, inBandError } from '../openai-chat/error';
import { usageFrom } from '../openai-chat/usage';

/** Vectors by `index`, as numbers or base64 of little-endian float32. Throws where one is missing or out of shape. */
export function fromResponse(body: string, inputs: number, plan: DecodePlan = {}): EmbedResponse {
	const answer = parseAnswer(body);
	if (hasError(answer)) throw inBandError(answer);
	return {
		model: textOf(answer.model) ?? '',
		embeddings: vectors(arrayOf(answer.data), inputs),
		usage: usageFrom(answer.usage, plan.reportsCost === true),
	};
}

function vectors(entries: readonly unknown[], inputs: number): number[][] {
	const found: (number[] | undefined)[] = new Array(inputs).fill(undefined);
	for (const [place, entry] of entries.entries()) {
		if (!isObject(entry)) throw malformed('The upstream sent an embedding that is not an object.');
		const index = numberOf(entry.index) ?? place;
		if (!(index in found) || found[index]) throw malformed('The upstream numbered its embeddings wrongly.');
		found[index] = vector(entry.embedding);
	}
	const whole = found.filter((one) => one !== undefined);
	if (whole.length < inputs) throw malformed(`The upstream sent ${whole.length} embeddings for ${inputs} inputs.`);
	if (whole.some((one) => one.length !== whole[0]?.length)) {
		throw malformed('The upstream sent embeddings of different lengths.');
	}
	return whole;
}

function vector(value: unknown): number[] {
	const numbers = typeof value === 'string' ? fromBase64(value) : arrayOf(value);
	if (numbers.length === 0 || !numbers.every((one): one is number => Number.isFinite(one))) {
		throw malformed('The upstream sent an embedding that is not a list of numbers.');
	}
	return numbers as number[];
}

function fromBase64(text: string): number[] {
	let binary: string;
	try {
		binary = atob(text);
	} catch (cause) {
		throw malformed('The upstream sent an embedding that is not base64.', cause);
	}
	if (binary.length % 4 !== 0) throw malformed('The upstream sent an embedding cut inside a number.');
	const view = new DataView(new ArrayBuffer(binary.length));
	for (let at = 0; at < binary.length; at++) view.setUint8(at, binary.charCodeAt(at));
	return Array.from({ length: binary.length / 4 }, (_, n) => view.getFloat32(n * 4, true));
}

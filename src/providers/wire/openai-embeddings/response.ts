import type { EmbedResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { arrayOf, isObject, malformed, numberOf, parseAnswer, textOf } from '../json';
import { hasError, inBandError } from '../openai-chat/error';
import { usageFrom } from '../openai-chat/usage';
import { vectorsOf } from '../vectors';

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

/** By their numbers. */
function vectors(entries: readonly unknown[], inputs: number): number[][] {
	const found = new Map<number, unknown>();
	for (const [place, entry] of entries.entries()) {
		if (!isObject(entry)) throw malformed('The upstream sent an embedding that is not an object.');
		const index = numberOf(entry.index) ?? place;
		if (found.has(index) || index < 0 || index >= inputs)
			throw malformed('The upstream numbered its embeddings wrongly.');
		found.set(index, typeof entry.embedding === 'string' ? fromBase64(entry.embedding) : entry.embedding);
	}
	const sorted = [...found].sort(([one], [other]) => one - other);
	return vectorsOf(
		sorted.map(([, vector]) => vector),
		inputs,
	);
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

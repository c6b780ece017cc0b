/** Embeddings as OpenAI lists them. */
import type { EmbedAnswer } from '../../gateway/call';
import type { Warning } from '../../language/request';
import { promptTokens, totalTokens } from '../../language/usage';
import { costOf, receiptBody } from '../receipt';

/** Arguments a call can spread without exhausting the stack. */
const SPREAD = 0x2000;

/** Little-endian float32, base64: what OpenAI's SDK asks for by default. */
export function base64Floats(vector: readonly number[]): string {
	const view = new DataView(new ArrayBuffer(vector.length * 4));
	vector.forEach((value, at) => {
		view.setFloat32(at * 4, value, true);
	});
	const bytes = new Uint8Array(view.buffer);
	let binary = '';
	for (let at = 0; at < bytes.length; at += SPREAD) binary += String.fromCharCode(...bytes.subarray(at, at + SPREAD));
	return btoa(binary);
}

/** `receipt`: asked for, with the door's own warnings; else null. */
export function embeddingsBody(
	{ response, meta }: EmbedAnswer,
	format: 'float' | 'base64',
	receipt: { readonly warnings: readonly Warning[] } | null,
) {
	const { usage } = response;
	return {
		object: 'list',
		data: response.embeddings.map((vector, index) => ({
			object: 'embedding',
			index,
			embedding: format === 'base64' ? base64Floats(vector) : vector,
		})),
		model: response.model || meta.model,
		usage: usage && { prompt_tokens: promptTokens(usage), total_tokens: totalTokens(usage), cost: costOf([meta]) },
		...(receipt && { switchyard: receiptBody([meta], receipt.warnings) }),
	};
}

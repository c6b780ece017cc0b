/** Embedding answers of each protocol: two vectors, or as many as there are inputs. */
import type { EmbedWireId } from '../../../../src/providers/provider';
import { type Answer, json, type ReplayCall } from './said';

/** Of unit length: some wires make them so. */
export const VECTORS = [
	[0.5, 0.5, -0.5, 0.5],
	[-0.5, 0.5, 0.5, 0.5],
] as const;

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 1);
const first = (count: number): readonly (readonly number[])[] => VECTORS.slice(0, count);

const base64 = (vector: readonly number[]): string => Buffer.from(new Float32Array(vector).buffer).toString('base64');

function openai({ body }: ReplayCall): Answer {
	const vectors = first(lengthOf(body.input));
	const encoded = body.encoding_format === 'base64';
	return json({
		object: 'list',
		model: body.model,
		data: vectors.map((vector, index) => ({
			object: 'embedding',
			index,
			embedding: encoded ? base64(vector) : vector,
		})),
		usage: { prompt_tokens: 4, total_tokens: 4 },
	});
}

const isSecond = (text: string): boolean => text.includes('second');

export const EMBEDDINGS: Readonly<Record<Exclude<EmbedWireId, 'mock-embeddings'>, (call: ReplayCall) => Answer>> = {
	'openai-embeddings': openai,
	'google-embeddings': ({ body }) => json({ embeddings: first(lengthOf(body.requests)).map((values) => ({ values })) }),
	'cohere-embeddings': ({ body }) =>
		json({
			id: 'replay',
			embeddings: { float: first(lengthOf(body.texts ?? body.inputs)) },
			meta: { billed_units: { input_tokens: 4 } },
		}),
	// Titan embeds one text a call.
	'bedrock-embeddings': ({ text }) => json({ embedding: VECTORS[isSecond(text) ? 1 : 0], inputTextTokenCount: 2 }),
	'ollama-embeddings': ({ body }) =>
		json({ model: body.model, embeddings: first(lengthOf(body.input)), prompt_eval_count: 4 }),
	'huggingface-embeddings': ({ body }) => json(first(lengthOf(body.inputs))),
	'workers-ai-embeddings': ({ body }) =>
		json({
			result: { shape: [lengthOf(body.text), 4], data: first(lengthOf(body.text)) },
			success: true,
			errors: [],
			messages: [],
		}),
};

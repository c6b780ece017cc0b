/** `POST /v1/embeddings` into the language. */
import * as z from 'zod';
import { invalid } from '../../errors';
import { parsed } from '../../http/issue';
import { present } from '../../http/present';
import type { EmbedRequest, Warning } from '../../language/request';
import { embeddingExtension } from '../extension';
import { unreadFields } from '../unread-fields';

const embeddingsBody = z.object({
	model: z.string().nullish(),
	input: z.unknown(),
	dimensions: z.int().min(1).nullish(),
	encoding_format: z.enum(['float', 'base64']).nullish(),
	/** What the vectors are for: not OpenAI's, but Cohere's, Voyage's and others' name of it. */
	input_type: z.string().nullish(),
	user: z.string().nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
	switchyard: embeddingExtension.nullish(),
});

export interface AskedEmbeddings {
	readonly request: EmbedRequest;
	readonly format: 'float' | 'base64';
	readonly extension: NonNullable<z.output<typeof embeddingsBody>['switchyard']>;
	/** Fields that nobody reads. */
	readonly warnings: readonly Warning[];
}

type InputType = NonNullable<EmbedRequest['inputType']>;

/** Ours, and the words of Cohere, Voyage, NVIDIA and Gemini for them, in lower case. */
const INPUT_TYPES: ReadonlyMap<string, InputType> = new Map([
	['query', 'query'],
	['search_query', 'query'],
	['retrieval_query', 'query'],
	['document', 'document'],
	['search_document', 'document'],
	['retrieval_document', 'document'],
	['passage', 'document'],
	['classification', 'classification'],
	['clustering', 'clustering'],
	['similarity', 'similarity'],
	['semantic_similarity', 'similarity'],
]);

function inputType(word: string | null | undefined): InputType | undefined {
	if (!word) return undefined;
	const type = INPUT_TYPES.get(word.toLowerCase());
	if (type) return type;
	throw invalid('input_type', 'input_type: expected query, document, classification, clustering or similarity.');
}

const isToken = (value: unknown): value is number =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function tokens(value: unknown, param: string): number[] {
	if (!Array.isArray(value) || value.length === 0) throw invalid(param, `${param}: expected an array of token ids.`);
	const wrong = value.findIndex((token) => !isToken(token));
	if (wrong >= 0) throw invalid(`${param}[${wrong}]`, `${param}[${wrong}]: expected a token id.`);
	return value;
}

function text(value: unknown, param: string): string {
	if (typeof value !== 'string') throw invalid(param, `${param}: expected a string.`);
	if (value === '') throw invalid(param, `${param}: must not be empty.`);
	return value;
}

/** Checked by hand: a schema's union would try every shape on every one of thousands of numbers. */
function inputOf(value: unknown): EmbedRequest['input'] {
	if (typeof value === 'string') return [text(value, 'input')];
	if (!Array.isArray(value))
		throw invalid(
			'input',
			'input: expected a string, an array of strings, or an array of token ids (or of such arrays).',
		);
	if (value.length === 0) throw invalid('input', 'input: must not be empty.');
	const first: unknown = value[0];
	if (typeof first === 'number') return [tokens(value, 'input')];
	if (Array.isArray(first)) return value.map((item, at) => tokens(item, `input[${at}]`));
	return value.map((item, at) => text(item, `input[${at}]`));
}

/** Only the run it names is kept. */
const lostMetadata = (metadata: Readonly<Record<string, string>> | null | undefined): Warning[] =>
	Object.keys(metadata ?? {}).some((key) => key !== 'run_id')
		? [{ field: 'metadata', message: 'Embeddings keep no metadata but run_id.' }]
		: [];

/** Throws `invalid_request` naming the field. */
export function readEmbeddings(value: Readonly<Record<string, unknown>>): AskedEmbeddings {
	const body = parsed(embeddingsBody, value);
	const asked = body.switchyard ?? {};
	return {
		request: {
			input: inputOf(body.input),
			...present({
				model: body.model || undefined,
				dimensions: body.dimensions,
				inputType: inputType(body.input_type),
				user: body.user || undefined,
				tags: asked.tags,
				runId: asked.run ?? body.metadata?.run_id,
				providerOptions: asked.provider_options,
			}),
		},
		format: body.encoding_format ?? 'float',
		extension: asked,
		warnings: [...unreadFields(value, body), ...lostMetadata(body.metadata)],
	};
}

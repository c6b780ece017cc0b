/** `POST /models/{model}:batchEmbedContents` (PROVIDERS section 4). */
import { invalid } from '../../../errors';
import type { EmbedRequest, EmbedResponse } from '../../../language/request';
import type { EmbedWire, WireRequest, WireTarget } from '../../provider';
import { arrayOf, isObject, parseAnswer } from '../json';
import { optionsOf } from '../provider-options';
import { vectorsOf } from '../vectors';
import { fromError, inBandError } from './error';
import { pathOf, resourceOf } from './resource';
import { usageFrom } from './usage';

const RESERVED: readonly string[] = ['model', 'content', 'requests'];
/** Only vectors of the full length come as unit vectors from gemini-embedding-001. */
const FULL_LENGTH = 3_072;

const TASKS: Readonly<Record<NonNullable<EmbedRequest['inputType']>, string>> = {
	query: 'RETRIEVAL_QUERY',
	document: 'RETRIEVAL_DOCUMENT',
	classification: 'CLASSIFICATION',
	clustering: 'CLUSTERING',
	similarity: 'SEMANTIC_SIMILARITY',
};

/** Options such as `title` hold for each input. Throws `invalid_request` for token ids. */
function toRequest(
	request: EmbedRequest,
	{ providerId, model }: Pick<WireTarget, 'providerId' | 'model'>,
): WireRequest {
	const { input, inputType, dimensions, user } = request;
	const settings = {
		...(inputType !== undefined && { taskType: TASKS[inputType] }),
		...(dimensions !== undefined && { outputDimensionality: dimensions }),
		...optionsOf(request, providerId, RESERVED),
	};
	const requests = input.map((text) => {
		if (typeof text !== 'string') throw invalid('input', 'input: this provider embeds texts, not token ids.');
		return { model: resourceOf(model), content: { parts: [{ text }] }, ...settings };
	});
	return {
		path: pathOf(model, 'batchEmbedContents'),
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ requests }),
		warnings: user === undefined ? [] : [{ field: 'user', message: 'This provider takes no user id; left out.' }],
		plan: {},
	};
}

/** The answer names no model. Throws where a vector is missing or out of shape. */
function fromResponse(body: string, inputs: number): EmbedResponse {
	const answer = parseAnswer(body);
	if (answer.error) throw inBandError(answer);
	const values = arrayOf(answer.embeddings).map((entry) => (isObject(entry) ? entry.values : undefined));
	return { model: '', embeddings: vectorsOf(values, inputs).map(normalised), usage: usageFrom(answer.usageMetadata) };
}

function normalised(vector: readonly number[]): readonly number[] {
	if (vector.length === FULL_LENGTH) return vector;
	const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
	return norm > 0 && Number.isFinite(norm) ? vector.map((value) => value / norm) : vector;
}

export const googleEmbeddings: EmbedWire = { id: 'google-embeddings', toRequest, fromResponse, fromError };

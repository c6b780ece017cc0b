/** Embeddings by `POST /model/{id}/invoke` (PROVIDERS section 9). */
import { invalid } from '../../../errors';
import type { EmbedRequest, EmbedResponse } from '../../../language/request';
import { type Usage, usageOf } from '../../../language/usage';
import type { EmbedWire, WireRequest, WireTarget } from '../../provider';
import { embedLosses } from '../embed-losses';
import { arrayOf, isObject, type Json, numberOf, objectOf, parseAnswer } from '../json';
import { optionsOf } from '../provider-options';
import { vectorsOf } from '../vectors';
import { type EmbedFamily, embedFamilyOf } from './embed-models';
import { fromError } from './error';
import { pathOf } from './request';

/** What is embedded and how it is read is decided here. */
const RESERVED: readonly string[] = ['texts', 'images', 'inputText', 'inputImage', 'embedding_types', 'embeddingTypes'];

type Target = Pick<WireTarget, 'providerId' | 'model' | 'quirks'>;

/** Throws `invalid_request` for token ids, for a length the model has none of, and for a model of no known family. */
function toRequest(request: EmbedRequest, { providerId, model }: Target): WireRequest {
	const family = embedFamilyOf(model);
	if (!family) throw invalid('model', `'${model}' is no embedding model that Bedrock is known to have.`);
	const options = optionsOf(request, providerId, RESERVED);
	const body = family.body(textsOf(request, family), request.inputType ?? 'document', dimensionsOf(request, family));
	return {
		path: pathOf(model, 'invoke'),
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ ...body, ...options }),
		warnings: embedLosses(request, family.typed ? ['user'] : ['inputType', 'user'], providerId),
		plan: {},
	};
}

function textsOf({ input }: EmbedRequest, { single }: EmbedFamily): readonly string[] {
	const texts = input.filter((one) => typeof one === 'string');
	if (texts.length < input.length) throw invalid('input', 'Bedrock embeds texts, not token ids.');
	if (single && texts.length !== 1) throw invalid('input', 'This model embeds one text a call.');
	return texts;
}

function dimensionsOf({ dimensions }: EmbedRequest, family: EmbedFamily): number | undefined {
	if (dimensions === undefined || family.dimensions === undefined || dimensions === family.dimensions) {
		return dimensions;
	}
	throw invalid('dimensions', `This model's vectors have ${family.dimensions} numbers.`);
}

const TOKENS_HEADER = 'x-amzn-bedrock-input-token-count';

function fromResponse(body: string, inputs: number, _plan?: unknown, headers?: Headers): EmbedResponse {
	const answer = parseAnswer(body);
	const embeddings = vectorsOf(listOf(answer), inputs);
	return { model: '', embeddings, usage: usageFrom(answer, headers) };
}

/** Titan has one, Cohere v3 a list, v4 a list by type, Nova a list of objects. */
function listOf(answer: Json): readonly unknown[] {
	if (answer.embedding !== undefined) return [answer.embedding];
	const byType = objectOf(answer.embeddings);
	if (byType) return arrayOf(byType.float);
	return arrayOf(answer.embeddings).map((one) => (isObject(one) ? one.embedding : one));
}

/** Cohere and Nova say it in a header only. */
function usageFrom(answer: Json, headers: Headers | undefined): Usage | null {
	const counted = numberOf(answer.inputTextTokenCount) ?? numberOf(Number(headers?.get(TOKENS_HEADER) || Number.NaN));
	return counted === undefined ? null : usageOf({ input: counted });
}

export const bedrockEmbeddings: EmbedWire = { id: 'bedrock-embeddings', toRequest, fromResponse, fromError };

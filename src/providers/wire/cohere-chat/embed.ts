/** `POST /v2/embed`. */
import { invalid } from '../../../errors';
import type { EmbedRequest, EmbedResponse, Warning } from '../../../language/request';
import { type Usage, usageOf } from '../../../language/usage';
import type { EmbedWire, WireRequest, WireTarget } from '../../provider';
import { type Json, numberOf, objectOf, parseAnswer } from '../json';
import { optionsOf } from '../provider-options';
import { vectorsOf } from '../vectors';
import { fromError } from './error';

/** Decided by routing and by the reading of the answer. */
const RESERVED: readonly string[] = ['model', 'texts', 'inputs', 'images', 'embedding_types'];

const INPUT_TYPES: Readonly<Record<NonNullable<EmbedRequest['inputType']>, string>> = {
	query: 'search_query',
	document: 'search_document',
	classification: 'classification',
	clustering: 'clustering',
	similarity: 'clustering',
};

function toRequest(
	request: EmbedRequest,
	{ providerId, model }: Pick<WireTarget, 'providerId' | 'model'>,
): WireRequest {
	if (request.input.some((input) => typeof input !== 'string')) {
		throw invalid('input', 'This provider embeds texts, not token ids.');
	}
	const body = {
		model,
		texts: request.input,
		input_type: INPUT_TYPES[request.inputType ?? 'document'],
		embedding_types: ['float'],
		...(request.dimensions !== undefined && { output_dimension: request.dimensions }),
		// By itself it embeds what fits and forgets the rest in silence.
		truncate: 'NONE',
		...optionsOf(request, providerId, RESERVED),
	};
	return {
		path: '/v2/embed',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify(body),
		warnings: warningsOf(request),
		plan: {},
	};
}

function warningsOf({ user, inputType }: EmbedRequest): Warning[] {
	const warnings: Warning[] = [];
	if (user !== undefined) warnings.push({ field: 'user', message: 'This provider takes no user id; left out.' });
	if (inputType === 'similarity') {
		warnings.push({ field: 'inputType', message: "This provider has no 'similarity'; sent as 'clustering'." });
	}
	return warnings;
}

function fromResponse(body: string, inputs: number): EmbedResponse {
	const answer = parseAnswer(body);
	return {
		model: '',
		embeddings: vectorsOf(objectOf(answer.embeddings)?.float, inputs),
		usage: usageFrom(objectOf(objectOf(answer.meta)?.billed_units)),
	};
}

function usageFrom(billed: Json | undefined): Usage | null {
	const input = numberOf(billed?.input_tokens);
	return input === undefined ? null : usageOf({ input, inputImage: numberOf(billed?.image_tokens) ?? 0 });
}

export const cohereEmbeddings: EmbedWire = { id: 'cohere-embeddings', toRequest, fromResponse, fromError };

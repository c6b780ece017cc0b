/** Embeddings of the mock: `POST /embeddings`. */
import type { EmbedRequest, EmbedResponse } from '../../../language/request';
import { usageOf } from '../../../language/usage';
import type { EmbedWire, WireRequest, WireTarget } from '../../provider';
import { malformed, numberOf, objectOf, parseAnswer, textOf } from '../json';
import { fromError } from './error';
import type { MockEmbed } from './protocol';

export const mockEmbeddings: EmbedWire = { id: 'mock-embeddings', toRequest, fromResponse, fromError };

function toRequest(request: EmbedRequest, target: Pick<WireTarget, 'providerId' | 'model' | 'quirks'>): WireRequest {
	const body: MockEmbed = {
		model: target.model,
		input: request.input,
		...(request.dimensions !== undefined && { dimensions: request.dimensions }),
	};
	return {
		path: '/embeddings',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...body, ...request.providerOptions?.[target.providerId] }),
		warnings: [],
		plan: {},
	};
}

function fromResponse(body: string, inputs: number): EmbedResponse {
	const answer = parseAnswer(body);
	const embeddings = answer.embeddings;
	if (!Array.isArray(embeddings) || !embeddings.every(isVector)) {
		throw malformed('The mock sent an answer without embeddings.');
	}
	if (embeddings.length !== inputs) {
		throw malformed(`The mock sent ${embeddings.length} embeddings for ${inputs} inputs.`);
	}
	const input = numberOf(objectOf(answer.usage)?.input);
	return {
		model: textOf(answer.model) ?? '',
		embeddings,
		usage: input === undefined ? null : usageOf({ input }),
	};
}

const isVector = (value: unknown): value is number[] =>
	Array.isArray(value) && value.every((one) => typeof one === 'number');

/** `POST /api/embed`. */
import { invalid } from '../../../errors';
import type { EmbedRequest, EmbedResponse, Warning } from '../../../language/request';
import { usageOf } from '../../../language/usage';
import type { EmbedWire, WireRequest, WireTarget } from '../../provider';
import { numberOf, parseAnswer, textOf } from '../json';
import { optionsOf } from '../provider-options';
import { vectorsOf } from '../vectors';
import { errorInside, fromError } from './error';

const RESERVED: readonly string[] = ['model', 'input'];

function toRequest(
	request: EmbedRequest,
	{ providerId, model }: Pick<WireTarget, 'providerId' | 'model'>,
): WireRequest {
	if (request.input.some((input) => typeof input !== 'string')) {
		throw invalid('input', 'This provider embeds texts, not token ids.');
	}
	const warnings: Warning[] = [];
	if (request.user !== undefined)
		warnings.push({ field: 'user', message: 'This provider takes no user id; left out.' });
	if (request.inputType !== undefined) {
		const message = 'This provider is not told what vectors are for; write a prefix that the model knows.';
		warnings.push({ field: 'inputType', message });
	}
	const body = {
		model,
		input: request.input,
		// By itself it embeds what fits and forgets the rest in silence.
		truncate: false,
		...(request.dimensions !== undefined && { dimensions: request.dimensions }),
		...optionsOf(request, providerId, RESERVED),
	};
	return {
		path: '/api/embed',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify(body),
		warnings,
		plan: {},
	};
}

function fromResponse(body: string, inputs: number): EmbedResponse {
	const answer = parseAnswer(body);
	if (answer.error) throw errorInside(answer);
	const tokens = numberOf(answer.prompt_eval_count);
	return {
		model: textOf(answer.model) ?? '',
		embeddings: vectorsOf(answer.embeddings, inputs),
		usage: tokens ? usageOf({ input: tokens }) : null,
	};
}

export const ollamaEmbeddings: EmbedWire = { id: 'ollama-embeddings', toRequest, fromResponse, fromError };

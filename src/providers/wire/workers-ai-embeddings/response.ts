import type { EmbedResponse } from '../../../language/request';
import { parseAnswer } from '../json';
import { unwrapped } from '../openai-chat/bare-answer';
import { hasError, inBandError } from '../openai-chat/error';
import { usageFrom } from '../openai-chat/usage';
import { vectorsOf } from '../vectors';

/** `{shape, data}` in the API's envelope or, behind a gateway, without. The answer names no model. */
export function fromResponse(body: string, inputs: number): EmbedResponse {
	const answer = parseAnswer(body);
	if (hasError(answer)) throw inBandError(answer);
	const { data, usage } = unwrapped(answer);
	return {
		model: '',
		embeddings: vectorsOf(data, inputs),
		usage: usageFrom(usage, false),
	};
}

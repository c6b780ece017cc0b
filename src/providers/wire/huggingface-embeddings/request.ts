import { invalid } from '../../../errors';
import type { EmbedRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { embedLosses } from '../embed-losses';
import { modelPath } from '../model-path';
import { optionsOf } from '../provider-options';

/** `normalize`, `truncate` and `prompt_name` are the caller's. */
const RESERVED: readonly string[] = ['inputs'];

/** `POST …/pipeline/feature-extraction`. Throws `invalid_request` for token ids, and for options the gateway decides. */
export function toRequest(
	request: EmbedRequest,
	{ providerId, model }: Pick<WireTarget, 'providerId' | 'model'>,
): WireRequest {
	const { input } = request;
	if (typeof input[0] !== 'string') throw invalid('input', `${providerId} embeds texts, not token ids.`);
	return {
		path: `/hf-inference/models/${modelPath(model)}/pipeline/feature-extraction`,
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ inputs: input, ...optionsOf(request, providerId, RESERVED) }),
		warnings: embedLosses(request, ['dimensions', 'inputType', 'user'], providerId),
		plan: {},
	};
}

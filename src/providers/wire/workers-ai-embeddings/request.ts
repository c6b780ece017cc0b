import { invalid } from '../../../errors';
import type { EmbedRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { embedLosses } from '../embed-losses';
import { modelPath } from '../model-path';
import { optionsOf } from '../provider-options';

/** `pooling` is the caller's: vectors of `cls` and of `mean` can't be compared. */
const RESERVED: readonly string[] = ['text'];

/** `POST /run/{model}`. Throws `invalid_request` for token ids, and for options the gateway decides. */
export function toRequest(
	request: EmbedRequest,
	{ providerId, model }: Pick<WireTarget, 'providerId' | 'model'>,
): WireRequest {
	const { input } = request;
	if (typeof input[0] !== 'string') throw invalid('input', `${providerId} embeds texts, not token ids.`);
	return {
		path: `/run/${modelPath(model)}`,
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ text: input, ...optionsOf(request, providerId, RESERVED) }),
		warnings: embedLosses(request, ['dimensions', 'inputType', 'user'], providerId),
		plan: {},
	};
}

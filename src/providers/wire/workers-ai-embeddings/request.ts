import { invalid } from '../../../errors';
import type { EmbedRequest, Warning } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { optionsOf } from '../provider-options';

/** `pooling` is the caller's: vectors of `cls` and of `mean` can't be compared. */
const RESERVED: readonly string[] = ['text'];

/** `POST /run/{model}`. Throws `invalid_request` for token ids, and for options the gateway decides. */
export function toRequest(
	request: EmbedRequest,
	{ providerId, model }: Pick<WireTarget, 'providerId' | 'model'>,
): WireRequest {
	const { input, dimensions, user } = request;
	if (typeof input[0] !== 'string') throw invalid('input', `${providerId} embeds texts, not token ids.`);
	const warnings: Warning[] = [];
	if (dimensions !== undefined)
		warnings.push({ field: 'dimensions', message: `${providerId} gives vectors of the model's own length; left out.` });
	if (user !== undefined) warnings.push({ field: 'user', message: `${providerId} does not take user here; left out.` });
	return {
		path: `/run/${model}`,
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ text: input, ...optionsOf(request, providerId, RESERVED) }),
		warnings,
		plan: {},
	};
}

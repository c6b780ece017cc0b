import { invalid } from '../../../errors';
import type { EmbedRequest, Warning } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { optionsOf } from '../provider-options';

/** `normalize`, `truncate` and `prompt_name` are the caller's. */
const RESERVED: readonly string[] = ['inputs'];

/** `POST …/pipeline/feature-extraction`. Throws `invalid_request` for token ids, and for options the gateway decides. */
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
		path: `/hf-inference/models/${model}/pipeline/feature-extraction`,
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify({ inputs: input, ...optionsOf(request, providerId, RESERVED) }),
		warnings,
		plan: {},
	};
}

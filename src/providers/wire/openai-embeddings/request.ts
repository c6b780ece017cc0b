import type { EmbedRequest, Warning } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { optionsOf } from '../provider-options';

/** Decided by routing and by the reading of the answer. */
const RESERVED: readonly string[] = ['model', 'input', 'encoding_format'];

type Target = Pick<WireTarget, 'providerId' | 'model' | 'quirks'>;

/** `POST /embeddings`. Throws `invalid_request` for provider options that the gateway decides. */
export function toRequest(request: EmbedRequest, { providerId, model, quirks }: Target): WireRequest {
	const { dimensions, user } = request;
	const warnings: Warning[] = [];
	const anonymous = quirks.anonymousEmbeddings === true;
	if (user !== undefined && anonymous)
		warnings.push({ field: 'user', message: `${providerId} does not take user here; left out.` });
	const body = {
		model,
		input: request.input,
		...(dimensions !== undefined && { [quirks.dimensionsField ?? 'dimensions']: dimensions }),
		...(user !== undefined && !anonymous && { user }),
		...(quirks.base64Embeddings && { encoding_format: 'base64' }),
		...optionsOf(request, providerId, RESERVED),
	};
	return {
		path: '/embeddings',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify(body),
		warnings,
		plan: quirks.reportsCost ? { reportsCost: true } : {},
	};
}

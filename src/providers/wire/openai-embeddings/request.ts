import { invalid } from '../../../errors';
import type { EmbedRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';

/** Decided by routing and by the reading of the answer. */
const RESERVED: readonly string[] = ['model', 'input', 'encoding_format'];

type Target = Pick<WireTarget, 'providerId' | 'model' | 'quirks'>;

/** `POST /embeddings`. Throws `invalid_request` for provider options that the gateway decides. */
export function toRequest(request: EmbedRequest, { providerId, model, quirks }: Target): WireRequest {
	const options = request.providerOptions?.[providerId] ?? {};
	for (const field of RESERVED) {
		if (Object.hasOwn(options, field)) {
			throw invalid(
				`providerOptions.${providerId}.${field}`,
				`'${field}' is set by the gateway and can't be an option.`,
			);
		}
	}
	const takesUser = request.user !== undefined && !quirks.unsupported?.includes('user');
	const body = {
		model,
		input: request.input,
		...(request.dimensions !== undefined && { dimensions: request.dimensions }),
		...(takesUser && { user: request.user }),
		...(quirks.base64Embeddings && { encoding_format: 'base64' }),
		...options,
	};
	return {
		path: '/embeddings',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify(body),
		warnings:
			request.user !== undefined && !takesUser
				? [{ field: 'user', message: `${providerId} does not take user here; left out.` }]
				: [],
		plan: quirks.reportsCost ? { reportsCost: true } : {},
	};
}

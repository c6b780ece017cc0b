import { invalid } from '../../errors';
import type { ChatRequest } from '../../language/request';
import type { Json } from './json';

/** The caller's own fields for this provider, as they are. Throws `invalid_request` for those in `reserved`. */
export function optionsOf(
	{ providerOptions }: Pick<ChatRequest, 'providerOptions'>,
	providerId: string,
	reserved: readonly string[],
): Json {
	const fields = providerOptions?.[providerId] ?? {};
	const taken = reserved.find((field) => Object.hasOwn(fields, field));
	if (taken === undefined) return fields;
	throw invalid(`providerOptions.${providerId}.${taken}`, `'${taken}' is set by the gateway and can't be an option.`);
}

/** OpenAI's own fields and the caller's for this provider: both may have been written with Chat Completions in mind. */
import { invalid } from '../../../errors';
import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { arrayOf, isObject, type Json } from '../json';
import type { Warnings } from '../warnings';

/** Decided by routing, planning and metering; an option must not undo that. */
const RESERVED: readonly string[] = [
	'model',
	'input',
	'stream',
	'stream_options',
	'background',
	'previous_response_id',
	'conversation',
];
/** Of Chat Completions alone, and `store`, which would break the stateless replay. */
const LEFT_OUT: readonly string[] = [
	'store',
	'logit_bias',
	'prediction',
	'web_search_options',
	'modalities',
	'audio',
	'seed',
	'stop',
	'n',
	'messages',
];

/** Throws `invalid_request` for fields the gateway decides. Objects and `include` are added to, the rest is replaced. */
export function withOptions(
	body: Json,
	{ dialect = {}, providerOptions }: ChatRequest,
	target: WireTarget,
	warnings: Warnings,
): Json {
	const merged: Record<string, unknown> = { ...body };
	const merge = (field: string, value: unknown, topic: string): void => {
		if (LEFT_OUT.includes(field)) warnings.add(topic, `'${field}' is not for the Responses API; left out.`);
		else if (field === 'verbosity') merged.text = added(merged.text, { verbosity: value });
		else merged[field] = added(merged[field], value);
	};
	for (const [field, value] of Object.entries(dialect)) merge(field, value, field);
	for (const [field, value] of Object.entries(providerOptions?.[target.providerId] ?? {})) {
		const param = `providerOptions.${target.providerId}.${field}`;
		if (RESERVED.includes(field)) throw invalid(param, `'${field}' is set by the gateway and can't be an option.`);
		merge(field, value, 'providerOptions');
	}
	return merged;
}

/** `tools` stay what the caller's own option says: that is how a provider's own tools are had. */
function added(base: unknown, value: unknown): unknown {
	if (isObject(base) && isObject(value)) return { ...base, ...value };
	if (!Array.isArray(base) || !arrayOf(value).every((entry) => typeof entry === 'string')) return value;
	return [...new Set([...base, ...arrayOf(value)])];
}

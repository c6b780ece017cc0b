/** Fields of OpenAI's own that the canonical form has no name for, and what nobody gets from here. */
import { invalid } from '../../errors';
import type { Warning } from '../../language/request';
import { hasEmptyReasoning } from './input';
import { type ResponsesBody, responsesBody } from './schema';

/** Includes that are honoured; the others are about tools that OpenAI runs itself. */
export const SEALED = 'reasoning.encrypted_content';
export const LOGPROBS = 'message.output_text.logprobs';

type Fields = Readonly<Record<string, unknown>>;

/** Under the names that both of OpenAI's APIs have for them; whether a target takes them is its provider's to say. */
export function dialectOf(body: ResponsesBody): Fields | undefined {
	const fields = Object.entries({
		verbosity: body.text?.verbosity,
		service_tier: body.service_tier,
		prompt_cache_key: body.prompt_cache_key,
		prompt_cache_retention: body.prompt_cache_retention,
		prompt_cache_options: body.prompt_cache_options,
		// Alone it is the canonical user.
		safety_identifier: body.user && body.user !== body.safety_identifier ? body.safety_identifier : null,
	}).filter(([, value]) => value !== null && value !== undefined);
	return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}

/** Unknown fields named at most, and characters of each: they come from outside and go into a header. */
const NAMED_FIELDS = 16;
const NAMED_LENGTH = 64;

/** What no provider gets from here. Throws `invalid_request` for the first of it where the request is strict. */
export function lostFields(body: ResponsesBody, value: Fields): readonly Warning[] {
	const warnings = [...namedLosses(body), ...unknownFields(value)];
	const [first] = warnings;
	if (first && body.switchyard?.strict) throw invalid(first.field, `${first.field}: ${first.message}`);
	return warnings;
}

function namedLosses(body: ResponsesBody): Warning[] {
	const { context, mode } = body.reasoning ?? {};
	const includes = (body.include ?? []).filter((one) => one !== SEALED && one !== LOGPROBS);
	const isSet = (setting: unknown): boolean => setting !== null && setting !== undefined;
	const losses: readonly (readonly [lost: boolean, field: string, message: string])[] = [
		[body.store === true, 'store', 'Responses are not stored.'],
		[body.truncation === 'auto', 'truncation', "Whether a conversation is shortened is the gateway's configuration."],
		[isSet(body.context_management), 'context_management', 'Conversations are not compacted by the provider.'],
		[isSet(body.moderation), 'moderation', 'Moderation results are not part of the answer.'],
		[isSet(body.max_tool_calls), 'max_tool_calls', 'It bounds tools that OpenAI runs itself, which are not supported.'],
		[includes.length > 0, 'include', `Only ${SEALED} and ${LOGPROBS} can be included.`],
		[isSet(context) && context !== 'auto', 'reasoning.context', 'The model sees the reasoning that the input holds.'],
		[isSet(mode) && mode !== 'standard', 'reasoning.mode', 'Left out; an effort says how much to reason.'],
		[body.stream_options?.include_obfuscation === true, 'stream_options', 'Streams are not padded.'],
		[(body.tools ?? []).some((tool) => isSet(tool.output_schema)), 'tools', 'Schemas of results were left out.'],
		[
			hasEmptyReasoning(body.input),
			'input',
			`Reasoning items without ${SEALED.split('.')[1]} hold nothing that could be replayed; include ${SEALED}.`,
		],
	];
	return losses.flatMap(([lost, field, message]) => (lost ? [{ field, message }] : []));
}

const unknownFields = (value: Fields): Warning[] =>
	Object.keys(value)
		.filter((field) => !Object.hasOwn(responsesBody.shape, field))
		.slice(0, NAMED_FIELDS)
		.map((field) => ({ field: field.slice(0, NAMED_LENGTH), message: 'There is no such field; left out.' }));

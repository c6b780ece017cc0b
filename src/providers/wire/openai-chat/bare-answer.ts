/**
 * Workers AI answers some models in a form of its own, whole and streamed: `{response, tool_calls, usage}` without
 * choices, in its API's envelope `{result, success, errors}`. Read here as a chunk or an answer of one choice.
 */
import { exactText } from '../../../language/exact-json';
import { arrayOf, isObject, type Json, objectOf } from '../json';

/** The same object where it is an ordinary one. */
export function asChunk(body: Json, field: 'delta' | 'message'): Json {
	const answer = unwrapped(body);
	if (!isBare(answer)) return answer;
	const { response, tool_calls: calls, finish_reason: finish, ...rest } = answer;
	const spoken = {
		...(response !== undefined && response !== null && { content: textOfResponse(response) }),
		tool_calls: arrayOf(calls).filter(isObject).map(asCall),
	};
	return { ...rest, choices: [{ index: 0, [field]: spoken, finish_reason: finish ?? null }] };
}

/** What is inside the envelope of Cloudflare's API. */
export const unwrapped = (body: Json): Json => (body.success === true ? (objectOf(body.result) ?? body) : body);

const isBare = (body: Json): boolean =>
	!('choices' in body) &&
	!('type' in body) &&
	!body.error &&
	('response' in body || Array.isArray(body.tool_calls) || typeof body.finish_reason === 'string');

/** In JSON mode the value itself, parsed. */
const textOfResponse = (response: unknown): string => (typeof response === 'string' ? response : exactText(response));

/** `{name, arguments}` without a function around it. */
const asCall = (call: Json): Json =>
	isObject(call.function) ? call : { ...call, function: { name: call.name, arguments: call.arguments } };

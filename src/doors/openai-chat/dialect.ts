/** Fields of OpenAI's own that the canonical form has no name for, and what nobody gets from here. */
import { invalid } from '../../errors';
import type { Warning } from '../../language/request';
import { unreadFields } from '../unread-fields';
import type { ChatBody } from './schema';

type Fields = Readonly<Record<string, unknown>>;

const DIALECT = [
	'logit_bias',
	'verbosity',
	'service_tier',
	'prediction',
	'web_search_options',
	'prompt_cache_key',
	'prompt_cache_retention',
	'prompt_cache_options',
] as const;

/** As they came; whether a target takes them is its provider's to say. */
export function dialectOf(body: ChatBody): Fields | undefined {
	const fields: Record<string, unknown> = {};
	for (const name of DIALECT) {
		const value = body[name];
		if (value !== null && value !== undefined) fields[name] = value;
	}
	// Alone it is the canonical user.
	const { user, safety_identifier: safety } = body;
	if (user && safety && safety !== user) fields.safety_identifier = safety;
	return Object.keys(fields).length > 0 ? fields : undefined;
}

/** What no provider gets from here. Throws `invalid_request` for the first of it where the request is strict. */
export function lostFields(body: ChatBody, sent: Fields): readonly Warning[] {
	const warnings = [...namedLosses(body), ...unreadFields(sent, body)];
	const [first] = warnings;
	if (first && body.switchyard?.strict) throw invalid(first.field, `${first.field}: ${first.message}`);
	return warnings;
}

function namedLosses(body: ChatBody): Warning[] {
	const named = body.messages.findIndex(
		({ role, name }) => name && (role === 'system' || role === 'developer' || role === 'assistant'),
	);
	const losses: readonly (readonly [lost: boolean, field: string, message: string])[] = [
		[asksForAudio(body), 'modalities', 'Answers are text: audio output is not supported.'],
		[body.store === true, 'store', 'Completions are not stored.'],
		[Boolean(body.moderation), 'moderation', 'Moderation results are not part of the answer.'],
		[body.stream_options?.include_obfuscation === true, 'stream_options', 'Streams are not padded.'],
		[named >= 0, `messages[${named}].name`, 'Names are given to user messages alone; left out.'],
	];
	return losses.flatMap(([lost, field, message]) => (lost ? [{ field, message }] : []));
}

const asksForAudio = ({ audio, modalities }: ChatBody): boolean =>
	Boolean(audio) || (modalities ?? []).some((kind) => kind !== 'text');

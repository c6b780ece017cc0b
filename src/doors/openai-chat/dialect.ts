/** Fields of OpenAI's own that the canonical form has no name for: sent on where they are understood, else named. */
import type { Warning } from '../../language/request';
import type { ChatBody } from './schema';

/** Providers that take OpenAI's whole dialect. */
const SPEAKERS: readonly string[] = ['openai', 'azure-openai', 'openrouter'];

/** Sent on; the second list may be lost without changing the answer. */
const CHANGES_ANSWER = ['logit_bias', 'verbosity', 'service_tier', 'prediction', 'web_search_options'] as const;
const CHANGES_COST = ['prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** The caller's own options for a provider win over what the body says in passing. */
export function dialectOptions(body: ChatBody): Readonly<Record<string, Fields>> | undefined {
	const fields: Record<string, unknown> = {};
	for (const name of [...CHANGES_ANSWER, ...CHANGES_COST]) {
		const value = body[name];
		if (value !== null && value !== undefined) fields[name] = value;
	}
	const own = body.switchyard?.provider_options;
	if (Object.keys(fields).length === 0) return own ?? undefined;
	const options: Record<string, Fields> = { ...own };
	for (const speaker of SPEAKERS) options[speaker] = { ...fields, ...own?.[speaker] };
	return options;
}

const asksForAudio = (body: ChatBody): boolean =>
	body.audio !== null && body.audio !== undefined ? true : (body.modalities ?? []).some((kind) => kind !== 'text');

/** What of the request was lost with this provider. */
export function dialectWarnings(body: ChatBody, provider: string): Warning[] {
	const warnings: Warning[] = [];
	const lost = (field: string, message: string): void => {
		warnings.push({ field, message });
	};
	if (!SPEAKERS.includes(provider))
		for (const name of CHANGES_ANSWER)
			if (body[name] !== null && body[name] !== undefined)
				lost(name, `${name} is sent to ${SPEAKERS.join(', ')} only; ${provider} answered without it.`);
	if (asksForAudio(body)) lost('modalities', 'Answers are text: audio output is not supported.');
	if (body.store) lost('store', 'Completions are not stored.');
	if (body.moderation) lost('moderation', 'Moderation results are not part of the answer.');
	return warnings;
}

/** LiteLLM's `router_settings:` and `litellm_settings:`: fallbacks and aliases; the rest is named. */
import type { Draft } from './draft';
import { READ_SETTINGS, settingsSchema } from './litellm-shape';
import type { ParsedFile, Path } from './parse';
import { modelNamed } from './provider-names';
import { readShape } from './read-shape';

/** What a name means here: an alias of this file, else a model. */
function named(draft: Draft, name: string): string {
	const { aliases } = draft.document;
	return aliases && Object.hasOwn(aliases, name) ? name : modelNamed(name);
}

/** Throws `invalid_request` naming the line. */
export function fromLiteLlmSettings(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const settings = readShape(file, path, settingsSchema, value);
	for (const [at, chain] of (settings.fallbacks ?? []).entries())
		for (const [name, models] of Object.entries(chain)) {
			const key = named(draft, name);
			const others = draft.document.fallbacks?.[key] ?? [];
			const all = [...others, ...models.map((model) => named(draft, model))];
			draft.fallbacks(key, [...new Set(all)], [...path, 'fallbacks', at, name]);
		}
	if (settings.default_fallbacks)
		draft.fallbackChain(
			settings.default_fallbacks.map((model) => named(draft, model)),
			[...path, 'default_fallbacks'],
		);
	if (settings.context_window_fallbacks)
		draft.note(
			[...path, 'context_window_fallbacks'],
			'a request that does not fit one model moves on along its ordinary chain.',
		);
	for (const [alias, target] of Object.entries(settings.model_group_alias ?? {}))
		draft.alias(alias, named(draft, typeof target === 'string' ? target : target.model), [
			...path,
			'model_group_alias',
			alias,
		]);
	for (const key of Object.keys(settings))
		if (!READ_SETTINGS.includes(key)) draft.note([...path, key], `${key} has no place here.`);
}

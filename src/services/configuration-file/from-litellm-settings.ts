/** LiteLLM's `router_settings:` and `litellm_settings:`: fallbacks, aliases and routing; the rest is named. */
import type { Draft } from './draft';
import { routerPolicy } from './litellm-routing';
import { READ_SETTINGS, type SettingsShape, settingsSchema } from './litellm-shape';
import type { ParsedFile, Path } from './parse';
import { modelNamed } from './provider-names';
import { readShape } from './read-shape';

/** Stands for every model that has no chain of its own. */
const EVERY = '*';

/** What a name means here: an alias of this file, else a model. */
function named(draft: Draft, name: string): string {
	const { aliases } = draft.document;
	return aliases && Object.hasOwn(aliases, name) ? name : modelNamed(name);
}

/** The profile of this file that a name leads to; null: it leads to none. */
function profileOf(draft: Draft, name: string): string | null {
	const { aliases = {}, profiles = {} } = draft.document;
	let end = name;
	for (let steps = Object.keys(aliases).length; steps > 0 && Object.hasOwn(aliases, end); steps -= 1)
		end = aliases[end] ?? end;
	const profile = end.startsWith('profile:') ? end.slice('profile:'.length) : null;
	return profile !== null && Object.hasOwn(profiles, profile) ? profile : null;
}

type Special = 'contextFallbacks' | 'contentFilterFallbacks';
type Chains = SettingsShape['context_window_fallbacks'];

const together = (before: readonly string[] = [], more: readonly string[]): string[] => [
	...new Set([...before, ...more]),
];

/** On the profile that a name leads to; of other models on the organization's policy, where it is everybody's. */
function addSpecial(draft: Draft, field: Special, chains: Chains, path: Path): void {
	for (const [at, chain] of (chains ?? []).entries())
		for (const [name, models] of Object.entries(chain)) {
			const from = [...path, at, name];
			const names = models.map((model) => named(draft, model));
			const profile = profileOf(draft, name);
			const known = profile === null ? undefined : draft.document.profiles?.[profile];
			if (profile !== null && known) {
				const routing = { ...known.routing, [field]: together(known.routing?.[field], names) };
				draft.profile(profile, { ...known, routing }, from);
				continue;
			}
			const everybody = draft.document.routing?.[field];
			draft.routing({ [field]: together(everybody, names) }, from);
			if (name !== EVERY)
				draft.note(from, `'${name}' is no model_name of this file: ${names.join(', ')} follow every model then.`);
		}
}

/** Throws `invalid_request` naming the line. */
export function fromLiteLlmSettings(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const settings = readShape(file, path, settingsSchema, value);
	for (const [alias, target] of Object.entries(settings.model_group_alias ?? {}))
		draft.alias(alias, named(draft, typeof target === 'string' ? target : target.model), [
			...path,
			'model_group_alias',
			alias,
		]);
	for (const [at, chain] of (settings.fallbacks ?? []).entries())
		for (const [name, models] of Object.entries(chain)) {
			const from = [...path, 'fallbacks', at, name];
			const key = named(draft, name);
			const others = models.map((model) => named(draft, model));
			if (name === EVERY) draft.fallbackChain(together(draft.document.fallbackChain ?? [], others), from);
			else draft.fallbacks(key, together(draft.document.fallbacks?.[key], others), from);
		}
	if (settings.default_fallbacks)
		draft.fallbackChain(
			settings.default_fallbacks.map((model) => named(draft, model)),
			[...path, 'default_fallbacks'],
		);
	const { context_window_fallbacks, content_policy_fallbacks } = settings;
	addSpecial(draft, 'contextFallbacks', context_window_fallbacks, [...path, 'context_window_fallbacks']);
	addSpecial(draft, 'contentFilterFallbacks', content_policy_fallbacks, [...path, 'content_policy_fallbacks']);
	const policy = routerPolicy(draft, settings, path);
	if (Object.keys(policy).length > 0) draft.routing(policy, path);
	for (const key of Object.keys(settings))
		if (!READ_SETTINGS.includes(key)) draft.note([...path, key], `${key} has no place here.`);
}

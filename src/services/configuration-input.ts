/** `llm_configuration`, as a whole and part by part, as callers write it. */
import * as z from 'zod';
import { contextPolicy } from './context-input';
import { expectedVersion, modelName, modelSettings, name, slug } from './inputs';
import { routingPolicy, sharedRoutingPolicy } from './routing-input';

/** The longest chain of a request has 8 targets, its first one included. */
export const MOST_FALLBACKS = 7;

/** A name such as `constructor`, which every object has already, would be found where it was never set. */
const plain = (text: string): boolean => !(text in Object.prototype);
const NOT_PLAIN = 'This name is reserved: choose another one.';

export const profileName = slug.refine(plain, NOT_PLAIN);

export const profileFields = {
	provider: z.string().min(1).max(64),
	/** The upstream's name, without the provider. */
	model: modelName,
	/** `name` of a provider row of the organization; absent: that provider's default row. */
	keyRef: name.exactOptional(),
	settings: modelSettings.exactOptional(),
	/** Over the organization's, field by field. */
	routing: routingPolicy.exactOptional(),
	/** The same; of maxima the lowest counts. */
	context: contextPolicy.exactOptional(),
};

export const aliasName = z
	.string()
	.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "An alias is a bare name of 1–64 letters, digits, '.', '-' and '_'.")
	.refine((text) => text !== 'default', "'default' can't be an alias: set defaultProfile.")
	.refine(plain, NOT_PLAIN);

/** `provider/model`s, aliases or `profile:<name>`s. */
export const chain = z
	.array(modelName)
	.max(MOST_FALLBACKS, `There are at most ${MOST_FALLBACKS} fallbacks: with the first model a chain has 8.`);

const RESERVED = '__proto__';

/** A record leaves out a key `__proto__` without a word. */
function named<Out, In>(key: z.ZodType<string, string>, value: z.ZodType<Out, In>, most: number, what: string) {
	const record: z.ZodType<Record<string, Out>, Record<string, In>> = z
		.record(key, value, { error: ({ code, issues }) => (code === 'invalid_key' ? issues?.[0]?.message : undefined) })
		.refine((given) => Object.keys(given).length <= most, `An organization has at most ${most} ${what}.`);
	return z
		.custom<Record<string, In>>(
			(given) => typeof given === 'object' && given !== null && !Object.hasOwn(given, RESERVED),
			`Expected an object of ${what} by name; '${RESERVED}' can't be a name.`,
		)
		.pipe(record);
}

export const MOST_PROFILES = 50;
export const MOST_ALIASES = 200;
export const MOST_CHAINS = 200;

export const llmConfiguration = z.strictObject({
	/** The profile that `default` means; absent: the global default. */
	defaultProfile: slug.exactOptional(),
	profiles: named(profileName, z.strictObject(profileFields), MOST_PROFILES, 'profiles').exactOptional(),
	/** Bare name → `provider/model`, `profile:<name>` or another alias. */
	aliases: named(aliasName, modelName, MOST_ALIASES, 'aliases').exactOptional(),
	/** Tried in order after whatever was asked for; absent: `FALLBACK_CHAIN`. */
	fallbackChain: chain.exactOptional(),
	/** Model, alias or `profile:<name>` → what is tried after it, in `fallbackChain`'s place. */
	fallbacks: named(modelName, chain, MOST_CHAINS, 'chains of fallbacks').exactOptional(),
	/** Under every profile's and agent's. */
	routing: sharedRoutingPolicy.exactOptional(),
	/** The same; of maxima the lowest counts. */
	context: contextPolicy.exactOptional(),
	/** For embeddings that name no model; absent: the environment's. */
	embeddingModel: modelName.exactOptional(),
});

/** Of the organization's row: another one there by now, and nothing is written. */
const version = expectedVersion.exactOptional();

export const setProfileInput = z.strictObject({ name: profileName, ...profileFields, version });
export const removeProfileInput = z.strictObject({ name: slug, version });
/** null: the global default. */
export const setDefaultProfileInput = z.strictObject({ name: slug.nullable(), version });

export const setAliasInput = z.strictObject({ name: aliasName, target: modelName, version });
export const removeAliasInput = z.strictObject({ name: z.string().min(1).max(64), version });

/** An absent field stays as it is; null gives the choice back to the environment. */
export const setFallbacksInput = z.strictObject({
	chain: chain.nullable().exactOptional(),
	embeddingModel: modelName.nullable().exactOptional(),
	version,
});
export const setFallbacksForInput = z.strictObject({ model: modelName, chain, version });
export const removeFallbacksInput = z.strictObject({ model: modelName, version });

/** The whole policy; null: none. */
export const setRoutingInput = z.strictObject({ routing: sharedRoutingPolicy.nullable(), version });

/** The same of conversations that do not fit. */
export const setContextInput = z.strictObject({ context: contextPolicy.nullable(), version });

export type SetProfile = z.infer<typeof setProfileInput>;
export type RemoveProfile = z.infer<typeof removeProfileInput>;
export type SetDefaultProfile = z.infer<typeof setDefaultProfileInput>;
export type SetAlias = z.infer<typeof setAliasInput>;
export type RemoveAlias = z.infer<typeof removeAliasInput>;
export type SetFallbacks = z.infer<typeof setFallbacksInput>;
export type SetFallbacksFor = z.infer<typeof setFallbacksForInput>;
export type SetRouting = z.infer<typeof setRoutingInput>;
export type SetContext = z.infer<typeof setContextInput>;
export type RemoveFallbacks = z.infer<typeof removeFallbacksInput>;

/** What `globalSettings.*` takes. */
import * as z from 'zod';
import { CATEGORIES } from '../db/schema';
import { profileName } from './configuration-input';
import { pricePerMillion } from './custom-model-input';
import { expectedVersion, modelName, modelSettings, name } from './inputs';

export const GLOBAL_CAPABILITIES = [
	'chat',
	'tools',
	'vision',
	'audio',
	'video',
	'pdf',
	'structured-output',
	'reasoning',
] as const;

export type GlobalCapability = (typeof GLOBAL_CAPABILITIES)[number];

const fields = {
	/** Null with `model` null: follows the environment, which the default alone may. */
	provider: z.string().min(1).max(64).nullable(),
	/** The upstream's name, without the provider. */
	model: modelName.nullable(),
	displayName: name,
	category: z.enum(CATEGORIES),
};

const options = {
	capabilities: z
		.array(z.enum(GLOBAL_CAPABILITIES))
		.refine((list) => new Set(list).size === list.length, 'A capability is named once.')
		.exactOptional(),
	/** For everybody, in place of the catalog's; null or absent: the catalog's. */
	inputUsdPerMillion: pricePerMillion.nullable().exactOptional(),
	outputUsdPerMillion: pricePerMillion.nullable().exactOptional(),
	settings: modelSettings.exactOptional(),
};

const version = expectedVersion.exactOptional();

/** `id` is the name of the profile: `profile:<id>`. */
export const createGlobalSettingInput = z.strictObject({
	id: profileName,
	...fields,
	provider: z.string().min(1).max(64),
	model: modelName,
	...options,
});

/** An absent field stays as it is, a given one replaces the whole field. */
export const updateGlobalSettingInput = z.strictObject({
	id: z.string().min(1).max(64),
	provider: fields.provider.exactOptional(),
	model: fields.model.exactOptional(),
	displayName: fields.displayName.exactOptional(),
	category: fields.category.exactOptional(),
	...options,
	/** A removed one comes back with true. */
	isActive: z.boolean().exactOptional(),
	version,
});

export const globalSettingReference = z.strictObject({ id: z.string().min(1).max(64), version });

export type CreateGlobalSetting = z.infer<typeof createGlobalSettingInput>;
export type UpdateGlobalSetting = z.infer<typeof updateGlobalSettingInput>;
export type GlobalSettingReference = z.infer<typeof globalSettingReference>;

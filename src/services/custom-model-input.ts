/** What `customModels.*` takes. */
import * as z from 'zod';
import { expectedVersion, modelName, name } from './inputs';

/** Tokens; no model of today has a tenth of the most. */
const tokens = z.int().min(1).max(1_000_000_000);

/** USD per million tokens; a string such as "0.075" is taken exactly, a number by its shortest decimal form. */
export const pricePerMillion = z.union([z.string().max(64), z.number()], {
	error: 'A price is an amount in USD per million tokens, such as "2.50".',
});

const prices = z.strictObject({
	input: pricePerMillion,
	output: pricePerMillion,
	/** Absent ones are charged as input, `cacheWrite1h` as `cacheWrite5m`. */
	cacheRead: pricePerMillion.exactOptional(),
	cacheWrite5m: pricePerMillion.exactOptional(),
	cacheWrite1h: pricePerMillion.exactOptional(),
	inputAudio: pricePerMillion.exactOptional(),
	/** Absent ones are charged as output. */
	reasoning: pricePerMillion.exactOptional(),
	outputAudio: pricePerMillion.exactOptional(),
});

const capabilities = z.strictObject({
	/** Beside text. */
	input: z
		.array(z.enum(['image', 'audio', 'video', 'pdf']))
		.max(4)
		.exactOptional(),
	tools: z.boolean().exactOptional(),
	structuredOutput: z.boolean().exactOptional(),
	reasoning: z.boolean().exactOptional(),
});

const address = {
	/** Id of a provider. */
	provider: z.string().min(1).max(64),
	/** The upstream's name, without the provider. */
	model: modelName,
};

/** The whole of it: what is absent (or null) is as the catalog says, or a conservative guess. */
export const setCustomModelInput = z.strictObject({
	...address,
	displayName: name.nullable().exactOptional(),
	kind: z.enum(['chat', 'embedding']).exactOptional(),
	/** Required of a model that the catalog does not know. */
	contextWindow: tokens.exactOptional(),
	inputLimit: tokens.exactOptional(),
	maxOutput: tokens.exactOptional(),
	capabilities: capabilities.exactOptional(),
	prices: prices.nullable().exactOptional(),
	version: expectedVersion.exactOptional(),
});

export const customModelReference = z.strictObject(address);
export const removeCustomModelInput = z.strictObject({ ...address, version: expectedVersion.exactOptional() });

export type SetCustomModel = z.infer<typeof setCustomModelInput>;
export type CustomModelReference = z.infer<typeof customModelReference>;
export type RemoveCustomModel = z.infer<typeof removeCustomModelInput>;
export type CustomPrices = z.infer<typeof prices>;

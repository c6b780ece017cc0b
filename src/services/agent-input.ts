/** What `agents.*` takes. */
import * as z from 'zod';
import { modelName, modelSettings, name, slug } from './inputs';

const description = z.string().max(2_000, 'A description has at most 2,000 characters.');
const systemPrompt = z.string().max(100_000, 'A system prompt has at most 100,000 characters.');
const fallbacks = z.array(modelName).max(8, 'An agent has at most 8 fallbacks.');

export const createAgentInput = z.strictObject({
	slug,
	name,
	/** `provider/model`, a bare name, an alias, `profile:<name>` or `default`. */
	model: modelName,
	/** `provider/model`s tried in this order after the first. */
	fallbacks: fallbacks.exactOptional(),
	systemPrompt: systemPrompt.nullable().exactOptional(),
	settings: modelSettings.exactOptional(),
	embeddingModel: modelName.nullable().exactOptional(),
	description: description.nullable().exactOptional(),
});

/**
 * `id` or `slug` names the agent; with an `id`, `slug` is its new slug. An absent field stays as it is, a given
 * one replaces the whole field (`settings` and `fallbacks` too), null clears it.
 */
export const updateAgentInput = z
	.strictObject({
		...createAgentInput.shape,
		id: z.string().min(1).exactOptional(),
		slug: slug.exactOptional(),
		name: name.exactOptional(),
		model: modelName.exactOptional(),
	})
	.refine((input) => input.id !== undefined || input.slug !== undefined, {
		path: ['slug'],
		message: 'Name the agent by slug or id.',
	});

export type CreateAgent = z.infer<typeof createAgentInput>;
export type UpdateAgent = z.infer<typeof updateAgentInput>;

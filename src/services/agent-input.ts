/** What `agents.*` takes. */
import * as z from 'zod';
import { NEEDS } from '../db/schema';
import { chain } from './configuration-input';
import { contextPolicy } from './context-input';
import { expectedVersion, modelName, modelSettings, name, slug } from './inputs';
import { promptSource } from './prompt-input';
import { routingPolicy } from './routing-input';

const description = z.string().max(2_000, 'A description has at most 2,000 characters.');
const systemPrompt = z.string().max(100_000, 'A system prompt has at most 100,000 characters.');

export const createAgentInput = z.strictObject({
	slug,
	name,
	/** `provider/model`, a bare name, an alias, `profile:<name>` or `default`. */
	model: modelName,
	/** Models, aliases or profiles tried in this order after the first. */
	fallbacks: chain.exactOptional(),
	prompt: promptSource.nullable().exactOptional(),
	/** In `prompt`'s place: one with `system` alone. */
	systemPrompt: systemPrompt.nullable().exactOptional(),
	settings: modelSettings.exactOptional(),
	/** Over its profile's and the organization's, field by field; null: nothing of its own. */
	routing: routingPolicy.nullable().exactOptional(),
	/** The same; of maxima the lowest counts. */
	context: contextPolicy.nullable().exactOptional(),
	embeddingModel: modelName.nullable().exactOptional(),
	/** What each of its models must be able to do: one that is known not to is refused. */
	requires: z.array(z.enum(NEEDS)).max(NEEDS.length).exactOptional(),
	description: description.nullable().exactOptional(),
});

/** `version`: the agent's when it was read; another one by now is a conflict. */
const addressed = {
	id: z.string().min(1).exactOptional(),
	slug: slug.exactOptional(),
	version: expectedVersion.exactOptional(),
};

const names = (input: { readonly id?: string; readonly slug?: string }): boolean =>
	input.id !== undefined || input.slug !== undefined;
const UNNAMED = { path: ['slug'], message: 'Name the agent by slug or id.' };

/**
 * `id` or `slug` names the agent; with an `id`, `slug` is its new slug. An absent field stays as it is, a given
 * one replaces the whole field (`settings`, `fallbacks`, `routing`, `context` and `prompt` too), null clears it.
 */
export const updateAgentInput = z
	.strictObject({
		...createAgentInput.shape,
		...addressed,
		name: name.exactOptional(),
		model: modelName.exactOptional(),
	})
	.refine(names, UNNAMED);

export const deleteAgentInput = z.strictObject(addressed).refine(names, UNNAMED);

export type CreateAgent = z.infer<typeof createAgentInput>;
export type UpdateAgent = z.infer<typeof updateAgentInput>;
export type DeleteAgent = z.infer<typeof deleteAgentInput>;

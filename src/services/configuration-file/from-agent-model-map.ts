/** Agent → model maps (`AGENT_MODEL_MAP`, `agent_model_map:`): a model's name, or a model with what belongs to it. */
import * as z from 'zod';
import type { AgentEntry } from './document-schema';
import type { Draft } from './draft';
import { faultAt, type ParsedFile, type Path } from './parse';
import { modelNamed, providerNamed } from './provider-names';
import { readShape } from './read-shape';
import { slugOf } from './slug';

const text = z.string().min(1);

const agent = z.union([
	text,
	z.strictObject({
		provider: text.nullish(),
		model: text,
		name: text.nullish(),
		description: z.string().nullish(),
		temperature: z.number().nullish(),
		max_tokens: z.int().nullish(),
		top_p: z.number().nullish(),
		/** Tried in this order after the model; `primary`, `secondary`, … are written as this list. */
		fallbacks: z.array(text).nullish(),
		embedding_model: text.nullish(),
		system_prompt: z.string().nullish(),
	}),
]);

const schema = z.record(z.string(), agent);

function entryOf(name: string, slug: string, value: z.output<typeof agent>): AgentEntry {
	const named = name === slug ? {} : { name };
	if (typeof value === 'string') return { ...named, model: modelNamed(value) };
	const { provider, model, fallbacks, temperature, max_tokens, top_p, embedding_model, system_prompt } = value;
	const settings = {
		...(temperature != null && { temperature }),
		...(max_tokens != null && { maxTokens: max_tokens }),
		...(top_p != null && { topP: top_p }),
	};
	return {
		...named,
		...(value.name && { name: value.name }),
		...(value.description && { description: value.description }),
		model: provider ? `${providerNamed(provider)}/${model}` : modelNamed(model),
		...(fallbacks && { fallbacks: fallbacks.map(modelNamed) }),
		...(Object.keys(settings).length > 0 && { settings }),
		...(embedding_model && { embeddingModel: modelNamed(embedding_model) }),
		...(system_prompt && { systemPrompt: system_prompt }),
	};
}

/** Throws `invalid_request` naming the line. */
export function fromAgentModelMap(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const names = new Map<string, string>();
	for (const [name, entry] of Object.entries(readShape(file, path, schema, value))) {
		const slug = slugOf(name);
		const other = names.get(slug);
		if (other !== undefined)
			throw faultAt(file, [...path, name], `'${other}' has the slug '${slug}' already: rename one of the two.`);
		names.set(slug, name);
		draft.agent(slug, entryOf(name, slug, entry), [...path, name]);
	}
}

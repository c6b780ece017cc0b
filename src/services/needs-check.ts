/** What an agent needs against the models that are named for it, before they are stored. */
import type { ModelFacts } from '../catalog/facts';
import type { Need } from '../db/schema';
import { invalid } from '../errors';
import type { Declared } from './declared';
import { checkName } from './model-name';
import { factsOf, type Knowledge, type ModelReference, modelText } from './model-reference';

/** Who answers for an agent. */
export interface Answering {
	/** null: whatever the default names, which nothing can be held against. */
	readonly model: ModelReference | null;
	readonly fallbacks: readonly string[];
	readonly embeddingModel: string | null;
}

type ChatNeed = Exclude<Need, 'embeddings'>;

const CAN: Readonly<Record<ChatNeed, (facts: ModelFacts) => boolean>> = {
	tools: ({ tools }) => tools,
	vision: ({ input }) => input.includes('image'),
	structuredOutput: ({ structuredOutput }) => structuredOutput,
	reasoning: ({ reasoning }) => reasoning,
};

const WORDS: Readonly<Record<ChatNeed, string>> = {
	tools: 'calls no tools',
	vision: 'takes no images',
	structuredOutput: 'keeps to no JSON schema',
	reasoning: 'does not reason',
};

/**
 * A model that nobody knows is given the benefit of the doubt. Throws `invalid_request` naming the model at fault
 * (`model`, `fallbacks[n]`), or `embeddingModel` where embeddings are needed and nothing has them.
 */
export function checkNeeds(
	ctx: Knowledge,
	requires: readonly Need[],
	{ model, fallbacks, embeddingModel }: Answering,
	declared: Declared,
): void {
	const needs = requires.filter((need): need is ChatNeed => need !== 'embeddings');
	const check = (param: string, reference: ModelReference | null): void => {
		const facts = reference && factsOf(ctx, reference, declared);
		const missing = facts?.known ? needs.find((need) => !CAN[need](facts)) : undefined;
		if (reference && missing)
			throw invalid(param, `'${modelText(reference)}' ${WORDS[missing]}, and this agent requires '${missing}'.`);
	};
	check('model', model);
	for (const [at, name] of fallbacks.entries()) {
		const param = `fallbacks[${at}]`;
		check(param, checkName(ctx, name, param, 'chat', declared).model);
	}
	const embeds = embeddingModel ?? declared.configuration.embeddingModel ?? null;
	if (requires.includes('embeddings') && embeds === null && model && !hasEmbeddings(ctx, model, declared))
		throw invalid(
			'embeddingModel',
			`This agent requires 'embeddings', and '${model.provider}' has none: name an embedding model.`,
		);
}

const hasEmbeddings = (ctx: Knowledge, model: ModelReference, declared: Declared): boolean =>
	ctx.registry.provider(factsOf(ctx, model, declared).provider)?.embeddings !== undefined;

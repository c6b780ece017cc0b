/** What an agent needs against the models that are named for it, before they are stored. */
import type { ModelFacts } from '../catalog/facts';
import type { Need } from '../db/schema';
import { invalid } from '../errors';
import type { RoutingPolicy } from '../language/routing';
import type { Declared } from './declared';
import { checkName } from './model-name';
import { factsOf, type Knowledge, type ModelReference, modelText } from './model-reference';
import { routingNames } from './routing-check';

/** Who answers for an agent. */
export interface Answering {
	/** null: whatever the default names, which nothing can be held against. */
	readonly model: ModelReference | null;
	readonly fallbacks: readonly string[];
	/** Its own. */
	readonly routing: RoutingPolicy;
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
 * (`model`, `fallbacks[n]`, the field within `routing`), or `embeddingModel` where embeddings are needed and nothing
 * has them.
 */
export function checkNeeds(
	ctx: Knowledge,
	requires: readonly Need[],
	{ model, fallbacks, routing, embeddingModel }: Answering,
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
	const chain = fallbacks.map((name, at) => ({ name, param: `fallbacks[${at}]` }));
	for (const { name, param } of [...chain, ...routingNames(routing, 'routing')])
		check(param, checkName(ctx, name, param, 'chat', declared).model);
	const embeds = embeddingModel ?? declared.configuration.embeddingModel ?? null;
	if (requires.includes('embeddings') && embeds === null && model && !hasEmbeddings(ctx, model, declared))
		throw invalid(
			'embeddingModel',
			`This agent requires 'embeddings', and '${model.provider}' has none: name an embedding model.`,
		);
}

const hasEmbeddings = (ctx: Knowledge, model: ModelReference, declared: Declared): boolean =>
	ctx.registry.provider(factsOf(ctx, model, declared).provider)?.embeddings !== undefined;

/** What an agent needs against the models that are named for it, before they are stored. */
import type { ModelFacts } from '../catalog/facts';
import type { Need, Profile } from '../db/schema';
import { invalid } from '../errors';
import type { RoutingPolicy } from '../language/routing';
import { isSameContent } from './content';
import type { Declared } from './declared';
import { checkName, pathOf, profileText } from './model-name';
import { factsOf, type Knowledge, type ModelReference, modelText } from './model-reference';
import { routingNames } from './routing-check';
import { type AgentNames, besideAgent, type Used } from './usage-of';

/** Who answers for an agent. */
export interface Answering {
	/** null: whatever the default names, which nothing can be held against. */
	readonly model: ModelReference | null;
	readonly fallbacks: readonly string[];
	/** Its own. */
	readonly routing: RoutingPolicy;
	/** Of the profile it follows; empty: it follows none. */
	readonly inherited: RoutingPolicy;
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

const isOfChat = (need: Need): need is ChatNeed => need !== 'embeddings';

/** What a model is known not to do; undefined: nothing of it, or nobody knows the model. */
function missing(
	ctx: Knowledge,
	requires: readonly Need[],
	reference: ModelReference,
	declared: Declared,
): ChatNeed | undefined {
	const facts = factsOf(ctx, reference, declared);
	return facts.known ? requires.filter(isOfChat).find((need) => !CAN[need](facts)) : undefined;
}

/** Names that count for an agent with a policy of its own: that stands over the profile's field by field. */
const inheritedNames = (
	{ candidates, contextFallbacks, contentFilterFallbacks }: RoutingPolicy,
	own: RoutingPolicy,
	param: string,
) =>
	routingNames(
		{
			...(candidates && !own.candidates && { candidates }),
			...(contextFallbacks && !own.contextFallbacks && { contextFallbacks }),
			...(contentFilterFallbacks && !own.contentFilterFallbacks && { contentFilterFallbacks }),
		},
		param,
	);

/**
 * A model that nobody knows is given the benefit of the doubt. Throws `invalid_request` naming the model at fault
 * (`model`, also for what its profile's routing names; `fallbacks[n]`, the field within `routing`), or `embeddingModel`
 * where embeddings are needed and nothing has them.
 */
export function checkNeeds(
	ctx: Knowledge,
	requires: readonly Need[],
	{ model, fallbacks, routing, inherited, embeddingModel }: Answering,
	declared: Declared,
): void {
	const check = (param: string, reference: ModelReference | null, why = ''): void => {
		const need = reference ? missing(ctx, requires, reference, declared) : undefined;
		if (reference && need)
			throw invalid(param, `'${modelText(reference)}' ${WORDS[need]}, and this agent requires '${need}'${why}.`);
	};
	if (requires.some(isOfChat)) {
		check('model', model);
		const chain = fallbacks.map((name, at) => ({ name, param: `fallbacks[${at}]` }));
		for (const { name, param } of [...chain, ...routingNames(routing, 'routing')])
			check(param, checkName(ctx, name, param, 'chat', declared).model);
		for (const { name, param } of inheritedNames(inherited, routing, 'routing'))
			check('model', checkName(ctx, name, 'model', 'chat', declared).model, `: its profile names it in ${param}`);
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

/** Throws `invalid_request` naming `param` where the agent would get a model that can't do what it requires. */
function checkServes(
	ctx: Knowledge,
	reference: ModelReference | null,
	{ slug, requires }: AgentNames,
	param: string,
	declared: Declared,
): void {
	const need = reference ? missing(ctx, requires, reference, declared) : undefined;
	if (reference && need)
		throw invalid(param, `'${modelText(reference)}' ${WORDS[need]}, and agent '${slug}' requires '${need}'.`);
}

/** A name in use, as it leads from now on. Throws `invalid_request` naming `param`. */
export function checkUsed(ctx: Knowledge, { text, kind, agent }: Used, param: string, declared: Declared): void {
	const { model } = checkName(ctx, text, param, kind, declared);
	if (agent && kind === 'chat') checkServes(ctx, model, agent, param, declared);
}

/** A profile as it is to be; `before` undefined: a new one. */
interface ProfileChange {
	readonly name: string;
	readonly before: Profile | undefined;
	readonly profile: Profile;
}

const answerers = (profile: Profile | undefined) => [profile?.provider, profile?.model, profile?.routing];

/**
 * Agents must still get what they require from a profile that changes: those that follow it from its model and from whom
 * its routing names, those that merely name it from its model. `within`: its path, with a dot at its end. Throws as above.
 */
export function checkUsers(
	ctx: Knowledge,
	{ name, before, profile }: ProfileChange,
	agents: readonly AgentNames[],
	declared: Declared,
	within: string,
): void {
	if (isSameContent(answerers(before), answerers(profile))) return;
	const { aliases } = declared.configuration;
	const leadsHere = (text: string): boolean => pathOf(text, aliases).at(-1) === profileText(name);
	for (const agent of agents.filter(({ requires }) => requires.some(isOfChat))) {
		const follows = agent.profile === name;
		if (follows || besideAgent(agent).some(leadsHere)) checkServes(ctx, profile, agent, `${within}model`, declared);
		if (!follows) continue;
		for (const { name: text, param } of inheritedNames(profile.routing ?? {}, agent.routing, `${within}routing`))
			checkServes(ctx, checkName(ctx, text, param, 'chat', declared).model, agent, param, declared);
	}
}

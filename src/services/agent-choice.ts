/** Who answers for an agent: its model, or the profile that chooses it, and what follows when that fails. */
import type { OrganizationConfiguration } from '../db/schema';
import { invalid } from '../errors';
import type { RoutingPolicy } from '../language/routing';
import { chainOf } from './chain-check';
import { type Declared, own, UNDECLARED } from './declared';
import { type Answerer, checkName, followed, profileModel, profileNamed, profileText } from './model-name';
import { checkModel, type Knowledge, type ModelReference, modelText } from './model-reference';
import { checkRouting } from './routing-check';

export type AgentChoice =
	| ({ readonly kind: 'model' } & ModelReference)
	| { readonly kind: 'profile'; readonly name: string }
	| { readonly kind: 'default' };

export function choiceText(choice: AgentChoice): string {
	switch (choice.kind) {
		case 'model':
			return modelText(choice);
		case 'profile':
			return profileText(choice.name);
		case 'default':
			return 'default';
	}
}

/**
 * Aliases are followed here, once. `configuration`: the organization's as far as it is in force; `declared`: see
 * `declaredBy`. Throws `invalid_request` with `param: model`.
 */
export function checkChoice(
	ctx: Knowledge,
	text: string,
	configuration: OrganizationConfiguration,
	declared: Declared = UNDECLARED,
): AgentChoice {
	const known = { ...declared, configuration };
	const target = followed(text, configuration.aliases, 'model');
	if (target === 'default') return { kind: 'default' };
	if (target.startsWith('agent:')) throw invalid('model', 'An agent names a model or a profile, not another agent.');
	const name = profileNamed(target);
	if (name === null) return { kind: 'model', ...checkModel(ctx, target, 'model', 'chat', known) };
	profileModel(name, known, 'model');
	return { kind: 'profile', name };
}

/** The model that answers for a choice at this moment; null: what the default names. */
export function modelOf(choice: AgentChoice, declared: Declared): Answerer | null {
	switch (choice.kind) {
		case 'model':
			return choice;
		case 'profile':
			return profileModel(choice.name, declared, 'model');
		case 'default':
			return null;
	}
}

/** What it says of routing beside that: an agent starts from it. */
export const inheritedRouting = (choice: AgentChoice, { configuration }: Declared): RoutingPolicy =>
	(choice.kind === 'profile' && own(configuration.profiles, choice.name)?.routing) || {};

const OWN_MODEL = "the agent's own model";

/** As it is stored. Throws `invalid_request` naming the field within `routing`. */
export const checkAgentRouting = (
	ctx: Knowledge,
	routing: RoutingPolicy,
	first: AgentChoice,
	declared: Declared,
): RoutingPolicy =>
	checkRouting(ctx, routing, { param: 'routing', first: modelOf(first, declared), firstIs: OWN_MODEL }, declared);

/**
 * Fallbacks as they are stored: models as `provider/model`, aliases and profiles by name.
 * Throws `invalid_request` naming the one that is unknown, can't chat, or comes twice once followed.
 */
export function checkFallbacks(
	ctx: Knowledge,
	fallbacks: readonly string[],
	first: AgentChoice,
	declared: Declared = UNDECLARED,
): string[] {
	return chainOf(ctx, fallbacks, 'fallbacks', declared, modelOf(first, declared), OWN_MODEL);
}

/** An alias by its name, a model as `provider/model`. Throws `invalid_request` with `param: embeddingModel`. */
export const checkEmbeddingModel = (ctx: Knowledge, text: string, declared: Declared = UNDECLARED): string =>
	checkName(ctx, text, 'embeddingModel', 'embedding', declared).text;

/** Who answers for an agent: its model, or the profile that chooses it, and what follows when that fails. */
import type { OrganizationConfiguration } from '../db/schema';
import { invalid } from '../errors';
import type { ServiceContext } from './context';
import { checkModel, type ModelReference, modelText } from './model-reference';

export type AgentChoice =
	| ({ readonly kind: 'model' } & ModelReference)
	| { readonly kind: 'profile'; readonly name: string }
	| { readonly kind: 'default' };

const PROFILE = 'profile:';

export function choiceText(choice: AgentChoice): string {
	switch (choice.kind) {
		case 'model':
			return modelText(choice);
		case 'profile':
			return PROFILE + choice.name;
		case 'default':
			return 'default';
	}
}

/** Aliases are followed here, once. Throws `invalid_request` with `param: model`. */
export function checkChoice(ctx: ServiceContext, text: string, configuration: OrganizationConfiguration): AgentChoice {
	const named = own(configuration.aliases, text) ?? text;
	if (named === 'default') return { kind: 'default' };
	if (named.startsWith('agent:')) throw invalid('model', 'An agent names a model or a profile, not another agent.');
	if (!named.startsWith(PROFILE)) return { kind: 'model', ...checkModel(ctx, named, 'model') };
	const name = named.slice(PROFILE.length);
	if (!own(configuration.profiles, name)) throw invalid('model', `This organization has no profile '${name}'.`);
	return { kind: 'profile', name };
}

/** A name such as `constructor` must not find what every object has. */
function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
	return record && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Every fallback as `provider/model`. Throws `invalid_request` naming the one that is unknown or comes twice. */
export function checkFallbacks(ctx: ServiceContext, fallbacks: readonly string[], first: AgentChoice): string[] {
	const chain: string[] = [];
	for (const [at, text] of fallbacks.entries()) {
		const param = `fallbacks[${at}]`;
		const model = modelText(checkModel(ctx, text, param));
		if (model === choiceText(first))
			throw invalid(param, `'${model}' is the agent's own model: a fallback is another one.`);
		if (chain.includes(model)) throw invalid(param, `'${model}' comes twice in the fallbacks.`);
		chain.push(model);
	}
	return chain;
}

/** A routing policy against what the organization has, before it is stored. */
import type { ModelFacts } from '../catalog/facts';
import { invalid } from '../errors';
import type { RoutingPolicy } from '../language/routing';
import { chainOf, checkedNames, isSame, type Listed } from './chain-check';
import type { Declared } from './declared';
import { type Answerer, checkName } from './model-name';
import { factsOf, type Knowledge, modelText } from './model-reference';

/** Whose policy it is. */
export interface RoutingSubject {
	/** Path of the policy, as in `routing` of an agent. */
	readonly param: string;
	/** The model it is about; null: none in particular, or whatever the default names. */
	readonly first: Answerer | null;
	/** `the agent's own model` */
	readonly firstIs: string;
}

/** Every name of a policy with the path of its field. */
export const routingNames = (
	{ candidates = [], contextFallbacks = [], contentFilterFallbacks = [] }: RoutingPolicy,
	param: string,
): readonly Listed[] => [
	...candidates.map(({ model }, at) => ({ name: model, param: `${param}.candidates[${at}].model` })),
	...contextFallbacks.map((name, at) => ({ name, param: `${param}.contextFallbacks[${at}]` })),
	...contentFilterFallbacks.map((name, at) => ({ name, param: `${param}.contentFilterFallbacks[${at}]` })),
];

/**
 * The policy as it is stored. Throws `invalid_request` naming the field: a name that is unknown, can't chat, comes twice
 * or is the model itself, and a context fallback that takes no more than the model.
 */
export function checkRouting(
	ctx: Knowledge,
	policy: RoutingPolicy,
	{ param, first, firstIs }: RoutingSubject,
	declared: Declared,
): RoutingPolicy {
	const { candidates, contextFallbacks, contentFilterFallbacks } = policy;
	const group =
		candidates &&
		checkedNames(ctx, routingNames({ candidates }, param), declared, {
			first,
			firstIs: `${firstIs}, which is in the group already: a candidate is another one`,
			list: 'candidates',
		});
	const chain = (field: 'contextFallbacks' | 'contentFilterFallbacks'): string[] =>
		chainOf(ctx, policy[field] ?? [], `${param}.${field}`, declared, first, firstIs);
	const checked: RoutingPolicy = {
		...policy,
		...(candidates && { candidates: candidates.map((one, at) => ({ ...one, model: group?.[at] ?? one.model })) }),
		...(contextFallbacks && { contextFallbacks: chain('contextFallbacks') }),
		...(contentFilterFallbacks && { contentFilterFallbacks: chain('contentFilterFallbacks') }),
	};
	if (first) checkWindows(ctx, routingNames({ contextFallbacks: contextFallbacks ?? [] }, param), first, declared);
	return checked;
}

/** Tokens of input at most. */
const capacity = ({ contextWindow, inputLimit }: ModelFacts): number =>
	Math.min(contextWindow, inputLimit ?? contextWindow);

/** What is too long for the model must fit who comes after it, as far as both are known. */
function checkWindows(ctx: Knowledge, listed: readonly Listed[], first: Answerer, declared: Declared): void {
	const facts = factsOf(ctx, first, declared);
	if (!facts.known) return;
	const most = capacity(facts);
	for (const { name, param } of listed) {
		const { model } = checkName(ctx, name, param, 'chat', declared);
		const larger = model && factsOf(ctx, model, declared);
		if (!larger?.known || capacity(larger) > most) continue;
		const own = `the ${most} of '${modelText(first)}'`;
		throw invalid(
			param,
			`'${name}' takes ${capacity(larger)} tokens of context, no more than ${own}: name a model with a larger window.`,
		);
	}
}

/** The policy of another model from now on: where that one was named beside the old one it need not be asked twice. */
export function routingBeside(
	ctx: Knowledge,
	{ candidates, contextFallbacks, contentFilterFallbacks, ...rest }: RoutingPolicy,
	model: Answerer | null,
	declared: Declared,
): RoutingPolicy {
	const isOther = (name: string, param: string): boolean => {
		const named = checkName(ctx, name, param, 'chat', declared).model;
		return !(named && model && isSame(named, model));
	};
	const others = (field: 'contextFallbacks' | 'contentFilterFallbacks', names: readonly string[]) =>
		names.filter((name, at) => isOther(name, `routing.${field}[${at}]`));
	const group = candidates?.filter((one, at) => isOther(one.model, `routing.candidates[${at}].model`)) ?? [];
	return {
		...rest,
		...(group.length > 0 && { candidates: group }),
		...(contextFallbacks && { contextFallbacks: others('contextFallbacks', contextFallbacks) }),
		...(contentFilterFallbacks && {
			contentFilterFallbacks: others('contentFilterFallbacks', contentFilterFallbacks),
		}),
	};
}

/** Models as an administrator names them, checked before they are stored. */
import type { ModelFacts } from '../catalog/facts';
import { overlaid } from '../catalog/override';
import { invalid } from '../errors';
import type { ServiceContext } from './context';
import { type Declared, UNDECLARED } from './declared';

/** What names and settings are checked by, beside what is declared. */
export type Knowledge = Pick<ServiceContext, 'catalog' | 'registry'>;

export interface ModelReference {
	/** A provider's id, or the name of a row that is a server of its own (`Provider.named`). */
	readonly provider: string;
	/** The upstream's name, without the provider. */
	readonly model: string;
}

/** `any`: the name may be used for either. */
export type ModelKind = ModelFacts['kind'] | 'any';

export const modelText = (reference: ModelReference): string => `${reference.provider}/${reference.model}`;

/**
 * `provider/model`, or a bare name of the catalog; aliases and profiles are followed by `checkName`. A model must be in
 * the catalog, be declared by the organization, or belong to a provider that serves any.
 * Throws `invalid_request` naming `param` where the provider or model is unknown, or is of the other kind.
 */
export function checkModel(
	ctx: Knowledge,
	text: string,
	param: string,
	kind: ModelKind = 'chat',
	declared: Declared = UNDECLARED,
): ModelReference {
	const reference = parse(ctx, text, param, declared);
	const facts = factsOf(ctx, reference, declared);
	if (kind === 'embedding' && !ctx.registry.provider(facts.provider)?.embeddings)
		throw invalid(param, `The provider '${facts.provider}' has no embeddings: name a model of another one.`);
	if (facts.known) checkKind(reference, facts, kind, param);
	else if (!servesAnyModel(ctx, facts.provider))
		throw invalid(
			param,
			`'${reference.provider}' has no model '${reference.model}' in the catalog: check the name, or declare it as a custom model.`,
		);
	return reference;
}

/** The catalog's facts with what the organization knows better. Conservative guesses where `known` is false. */
export function factsOf(ctx: Knowledge, reference: ModelReference, declared: Declared): ModelFacts {
	const provider = ctx.registry.provider(reference.provider)
		? reference.provider
		: (serverOf(ctx, reference.provider, declared) ?? reference.provider);
	const facts = ctx.catalog.facts(provider, reference.model);
	const override = declared.models[`${provider}/${reference.model}`];
	return overlaid(facts, override, true);
}

function checkKind(reference: ModelReference, facts: ModelFacts, kind: ModelKind, param: string): void {
	if (kind === 'any' || facts.kind === kind) return;
	const found = facts.kind === 'chat' ? 'a chat model' : 'an embedding model';
	throw invalid(
		param,
		`'${modelText(reference)}' is ${found}: name ${kind === 'chat' ? 'a chat' : 'an embedding'} model.`,
	);
}

function parse(ctx: Knowledge, text: string, param: string, declared: Declared): ModelReference {
	const slash = text.indexOf('/');
	const provider = text.slice(0, Math.max(slash, 0));
	const model = text.slice(slash + 1);
	if (slash > 0 && (ctx.registry.provider(provider) || serverOf(ctx, provider, declared))) {
		if (model === '') throw invalid(param, `'${text}' names no model: write ${provider}/<model>.`);
		return { provider, model };
	}
	const located = ctx.catalog.locate(text, ctx.registry.ids);
	if (located && ctx.registry.provider(located.provider)) return located;
	if (slash > 0) throw invalid(param, `Unknown provider '${provider}' in '${text}'.`);
	throw invalid(param, `Unknown model '${text}': write provider/model.`);
}

/** Id of the provider whose row of that name is a server of its own. */
const serverOf = (ctx: Knowledge, name: string, { keys }: Declared): string | undefined =>
	keys.find((key) => key.name === name && ctx.registry.provider(key.provider)?.named)?.provider;

/** Its models are the administrator's own (a local server, a deployment): no catalog can list them. */
export function servesAnyModel(ctx: Knowledge, id: string): boolean {
	const provider = ctx.registry.provider(id);
	if (!provider) return false;
	return provider.local === true || provider.baseUrl === null || ctx.catalog.models(id).length === 0;
}

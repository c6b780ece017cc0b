/** Models as an administrator names them, checked before they are stored. */
import { invalid } from '../errors';
import type { ServiceContext } from './context';

export interface ModelReference {
	readonly provider: string;
	/** The upstream's name, without the provider. */
	readonly model: string;
}

export const modelText = (reference: ModelReference): string => `${reference.provider}/${reference.model}`;

/**
 * `provider/model`, or a bare name of the catalog. Throws `invalid_request` naming `param` where the provider or
 * model is unknown, or is of the other kind.
 */
export function checkModel(
	ctx: ServiceContext,
	text: string,
	param: string,
	kind: 'chat' | 'embedding' = 'chat',
): ModelReference {
	const reference = parse(ctx, text, param);
	const facts = ctx.catalog.facts(reference.provider, reference.model);
	if (!facts.known) {
		if (servesAnyModel(ctx, reference.provider)) return reference;
		throw invalid(param, `'${reference.provider}' has no model '${reference.model}' in the catalog.`);
	}
	if (facts.kind !== kind) {
		const found = facts.kind === 'chat' ? 'a chat model' : 'an embedding model';
		throw invalid(
			param,
			`'${modelText(reference)}' is ${found}: name ${kind === 'chat' ? 'a chat' : 'an embedding'} model.`,
		);
	}
	return reference;
}

function parse(ctx: ServiceContext, text: string, param: string): ModelReference {
	const slash = text.indexOf('/');
	const provider = text.slice(0, Math.max(slash, 0));
	const model = text.slice(slash + 1);
	if (slash > 0 && ctx.registry.provider(provider)) {
		if (model === '') throw invalid(param, `'${text}' names no model: write ${provider}/<model>.`);
		return { provider, model };
	}
	const located = ctx.catalog.locate(text, ctx.registry.ids);
	if (located && ctx.registry.provider(located.provider)) return located;
	if (slash > 0) throw invalid(param, `Unknown provider '${provider}' in '${text}'.`);
	throw invalid(param, `Unknown model '${text}': write provider/model.`);
}

/** Its models are the administrator's own (a local server, a deployment): no catalog can list them. */
function servesAnyModel(ctx: ServiceContext, id: string): boolean {
	const provider = ctx.registry.provider(id);
	if (!provider) return false;
	return provider.local === true || provider.baseUrl === null || ctx.catalog.models(id).length === 0;
}

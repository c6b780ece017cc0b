/** The models a row can be asked for: the catalog's, and the provider's own list as this very key sees it. */
import type { ModelFacts } from '../catalog/facts';
import { toGatewayError } from '../errors';
import type { Credential } from '../gateway/ports';
import { requireManage } from './access';
import type { ServiceContext } from './context';
import { addressed, openedCredential } from './provider-test';

export interface ProviderModel {
	/** Without the provider, as its rows and requests name it after the slash. */
	readonly model: string;
	readonly kind: 'chat' | 'embedding';
	/** Tokens. */
	readonly contextWindow: number;
	/** Tokens; null: unknown. */
	readonly maxOutput: number | null;
	readonly input: readonly string[];
	readonly tools: boolean;
	readonly structuredOutput: boolean;
	readonly reasoning: boolean;
	/** null: unknown, in this and the next. */
	readonly inputUsdPerMillion: number | null;
	readonly outputUsdPerMillion: number | null;
	/** Who lists it: the catalog, the provider's own list read live, or this row's settings. */
	readonly source: 'catalog' | 'live' | 'config';
}

export interface ProviderModels {
	readonly data: readonly ProviderModel[];
	/** Why the provider's own list was not asked; absent: it was, or it has none. */
	readonly warning?: string;
}

/** Pico-dollars per token are micro-dollars per million tokens. */
const perMillion = (pico: bigint | undefined): number | null => (pico === undefined ? null : Number(pico) / 1e6);

const summary = (facts: ModelFacts): ProviderModel => ({
	model: facts.model,
	kind: facts.kind,
	contextWindow: facts.contextWindow,
	maxOutput: facts.maxOutput,
	input: facts.input,
	tools: facts.tools,
	structuredOutput: facts.structuredOutput,
	reasoning: facts.reasoning,
	inputUsdPerMillion: perMillion(facts.prices?.input),
	outputUsdPerMillion: perMillion(facts.prices?.output),
	source: facts.source ?? 'config',
});

/** Reads the list anew where it is old. A key that can't be opened leaves the catalog's. Throws `not_found`. */
export async function providerModels(ctx: ServiceContext, { id }: { readonly id: string }): Promise<ProviderModels> {
	requireManage(ctx);
	const { provider, row, pair } = await addressed(ctx, id);
	let credential: Credential | undefined;
	let warning: string | undefined;
	try {
		credential = pair ?? (await openedCredential(ctx, provider, row));
		await ctx.catalog.refresh(provider.id, credential);
	} catch (thrown) {
		warning = toGatewayError(thrown).message;
	}
	const deployed = Object.keys(credential?.config.deployments ?? {});
	const names = new Set([...ctx.catalog.models(provider.id, credential), ...deployed]);
	const data = [...names].map((name) => summary(ctx.catalog.facts(provider.id, name, credential)));
	return { data, ...(warning !== undefined && { warning }) };
}

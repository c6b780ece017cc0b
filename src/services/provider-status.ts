/** How the endpoints of an organization's keys do, and how its keys stand there. */
import { credentials } from '../config/credentials';
import { invalid } from '../errors';
import type { Credential } from '../gateway/ports';
import { endpointOf, UNLISTED } from '../health/place';
import type { ProviderConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import { requireManage } from './access';
import type { ServiceContext } from './context';
import { addressOf } from './credential-check';
import { selectCustomModels } from './custom-model-row';
import type { ProviderStatusInput } from './provider-input';
import type { KeyAtEndpoint } from './provider-key-standing';
import { type StoredProvider, scopeOf, selectProviders } from './provider-row';
import { type ProviderStatus, statusView } from './provider-status-view';

export type { ProviderStatus } from './provider-status-view';

/** Health objects asked in one call; endpoints beyond them are listed as `unknown`. */
const MOST_ASKED = 64;

interface Endpoint {
	readonly provider: Provider;
	/** Root of its first key. */
	readonly baseUrl: string;
	readonly trust: Credential['trust'];
	readonly keys: KeyAtEndpoint[];
}

/**
 * Every endpoint that an active row leads to, else the environment's pair, as stored at this moment. A health object
 * that doesn't answer is no error. Throws `forbidden`, `invalid_request` (`provider`).
 */
export async function providerStatus(ctx: ServiceContext, input: ProviderStatusInput = {}): Promise<ProviderStatus[]> {
	requireManage(ctx);
	const { provider: asked } = input;
	if (asked !== undefined && !ctx.registry.provider(asked))
		throw invalid('provider', `There is no provider '${asked}'.`);
	const [rows, models] = await Promise.all([selectProviders(ctx), selectCustomModels(ctx)]);
	const declared = new Set(models.map(({ provider, model }) => `${provider}/${model}`));
	const active = rows.filter((row) => row.isActive && (asked === undefined || row.provider === asked));
	const endpoints = await endpointsOf(ctx, active, asked);
	return Promise.all(
		[...endpoints].map(async ([name, endpoint], at) => {
			const status = at < MOST_ASKED ? await ctx.health.status(name).catch(() => null) : null;
			return statusView(status, {
				provider: endpoint.provider.id,
				host: hostOf(ctx, endpoint),
				keys: endpoint.keys,
				shows: (modelClass) => shows(ctx, endpoint, modelClass, declared),
				all: isOperator(ctx),
				now: ctx.now(),
			});
		}),
	);
}

const isOperator = ({ principal }: ServiceContext): boolean => principal.kind === 'operator';

/** By name, in the order of preference of providers and keys. */
async function endpointsOf(
	ctx: ServiceContext,
	rows: readonly StoredProvider[],
	asked: string | undefined,
): Promise<ReadonlyMap<string, Endpoint>> {
	const opened = new Map(await Promise.all(rows.map(async (row) => [row.id, await openedKey(ctx, row)] as const)));
	const pairs = credentials(rows, opened, ctx.environment);
	const found = new Map<string, Endpoint>();
	for (const provider of ctx.environment.providers) {
		if (provider.builtin || (asked !== undefined && provider.id !== asked)) continue;
		const usable = pairs[provider.id] ?? [];
		const own = rows.filter((row) => row.provider === provider.id);
		const keys: KeyAtEndpoint[] = own.map((row) => ({
			row,
			credential: usable.find(({ rowId }) => rowId === row.id) ?? null,
		}));
		const shared = usable.filter(({ rowId, source }) => rowId === null && source === 'environment');
		for (const key of [...keys, ...shared.map((credential) => ({ row: null, credential }))])
			add(found, ctx, provider, key);
	}
	return found;
}

/** null: there is none, or it can't be opened. */
async function openedKey(ctx: ServiceContext, row: StoredProvider): Promise<string | null> {
	if (row.sealedApiKey === null) return null;
	return ctx.vault.open(scopeOf(row, row.baseUrl), row.sealedApiKey).catch(() => null);
}

/** Left out where it leads nowhere. */
function add(found: Map<string, Endpoint>, ctx: ServiceContext, provider: Provider, key: KeyAtEndpoint): void {
	const { credential, row } = key;
	const config: ProviderConfig = row?.config ?? {};
	const baseUrl = credential?.baseUrl ?? addressOf(provider, row?.baseUrl ?? null, config);
	if (baseUrl === null) return;
	const trust = credential?.trust ?? (row?.baseUrl ? 'tenant' : 'operator');
	const name = endpointOf({ provider: provider.id, baseUrl, trust, organizationId: ctx.principal.organizationId });
	const known = found.get(name);
	if (known) known.keys.push(key);
	else found.set(name, { provider, baseUrl, trust, keys: [key] });
}

/** Where the environment's own address leads is the operator's to see, as it is elsewhere; null too where it is none. */
function hostOf(ctx: ServiceContext, { provider, baseUrl, keys }: Endpoint): string | null {
	const own = isOperator(ctx) || keys.some(({ row }) => row !== null) || baseUrl === provider.baseUrl;
	try {
		return own ? new URL(baseUrl).host : null;
	} catch {
		return null;
	}
}

/** At an endpoint of everybody's, names that another organization gave its own models are nobody else's. */
function shows(
	ctx: ServiceContext,
	{ provider, trust, keys }: Endpoint,
	modelClass: string,
	declared: ReadonlySet<string>,
): boolean {
	if (trust === 'tenant' || modelClass === UNLISTED || declared.has(`${provider.id}/${modelClass}`)) return true;
	return keys.some(({ credential }) => ctx.catalog.facts(provider.id, modelClass, credential ?? undefined).known);
}

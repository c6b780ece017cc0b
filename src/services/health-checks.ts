/** The cron's look at endpoints: can they be reached, and do they answer? Lists and health paths only, never a model. */
import { and, asc, eq, exists, gt, inArray, isNotNull, isNull, ne, notInArray, or, sql } from 'drizzle-orm';
import { credentialOfRow } from '../config/credentials';
import type { EnvironmentLayer } from '../config/environment';
import type { Database } from '../db/client';
import { llmProviders, organizations, providerEndpoints } from '../db/schema';
import type { Credential, Ports, Probe, UpstreamPort } from '../gateway/ports';
import type { EndpointFacts, HealthCheck } from '../health/contract';
import { endpointOf } from '../health/place';
import type { Provider } from '../providers/provider';
import type { VaultPort } from './context';
import { type StoredProvider, scopeOf } from './provider-row';

export interface CheckDependencies extends Pick<Ports, 'time' | 'log'> {
	readonly db: Database;
	readonly environment: EnvironmentLayer;
	readonly openKey: VaultPort['open'];
	/** One GET. Each ends by itself within ten seconds. */
	readonly probe: UpstreamPort['probe'];
	/** Tells the endpoint's health object. */
	readonly checked: (facts: EndpointFacts, check: HealthCheck) => Promise<unknown>;
}

/** In one tick, and of those at a time. */
const MOST_CHECKED = 40;
const AT_ONCE = 6;
/** For the whole tick; what is not over by then says nothing. */
const TICK_MS = 25_000;
/** Endpoints of tenants are looked at this long after their last call, and while they are open. */
const IN_USE_MS = 600_000;

interface Candidate {
	readonly facts: EndpointFacts;
	readonly provider: Provider;
	/** Only once its turn has come: then its key is opened. null: there is none by now that leads there. */
	readonly credential: () => Promise<Credential | null>;
}

/** The environment's first, then the least recently checked. Rejects only where D1 does; one endpoint's trouble is no other's. */
export async function checkEndpoints(deps: CheckDependencies): Promise<void> {
	const turn = (await candidates(deps)).slice(0, MOST_CHECKED);
	const controller = new AbortController();
	const stop = deps.time.after(TICK_MS, () => controller.abort());
	const looked: string[] = [];
	const next = async (): Promise<void> => {
		for (let one = turn.shift(); one && !controller.signal.aborted; one = turn.shift()) {
			await checkOne(one, controller.signal, deps);
			if (!controller.signal.aborted) looked.push(one.facts.endpoint);
		}
	};
	try {
		await Promise.all(Array.from({ length: AT_ONCE }, next));
	} finally {
		stop();
	}
	await noteChecked(looked, deps);
}

async function candidates(deps: CheckDependencies): Promise<Candidate[]> {
	const shared = environmentEndpoints(deps);
	const always = [...shared].map(([endpoint, { provider, credential }]) => ({
		facts: { endpoint, provider: provider.id, organizationId: null, rowId: null },
		provider,
		credential: async () => credential,
	}));
	const used = await endpointsInUse([...shared.keys()], deps);
	return [...always, ...used.flatMap((one) => candidateOf(one, deps) ?? [])];
}

const pathOf = ({ healthPath, modelsPath }: Provider): string | undefined => healthPath ?? modelsPath;

const checkable = ({ environment }: CheckDependencies): Provider[] =>
	environment.providers.filter((provider) => !provider.builtin && pathOf(provider) !== undefined);

/** By name; of providers that the environment names a key or an address for. */
function environmentEndpoints(deps: CheckDependencies) {
	const found = new Map<string, { readonly provider: Provider; readonly credential: Credential }>();
	for (const provider of checkable(deps)) {
		const credential = deps.environment.credentials[provider.id];
		if (credential?.source === 'environment') found.set(nameOf(provider, credential, ''), { provider, credential });
	}
	return found;
}

const nameOf = ({ id }: Provider, { baseUrl, trust }: Credential, organizationId: string): string =>
	endpointOf({ provider: id, baseUrl, trust, organizationId });

interface StoredEndpoint {
	readonly endpoint: typeof providerEndpoints.$inferSelect;
	/** Whose key was used last, where that row is in use and its organization is there. */
	readonly row: StoredProvider | null;
}

/** Those that are open or were used lately, of each organization the least recently checked first; `others` apart. */
function endpointsInUse(others: readonly string[], deps: CheckDependencies): Promise<StoredEndpoint[]> {
	const { endpoint, provider, state, lastUsedAt, lastCheckedAt, providerRowId } = providerEndpoints;
	const { id, isActive, organizationId } = llmProviders;
	const lately = gt(lastUsedAt, deps.time.now() - IN_USE_MS);
	const listed = inArray(
		provider,
		checkable(deps).map((one) => one.id),
	);
	const owned = deps.db
		.select({ id: organizations.id })
		.from(organizations)
		.where(and(eq(organizations.id, organizationId), isNull(organizations.deletedAt)));
	// One that has hundreds of servers waits for its own turns alone.
	const nthOfOwner = sql`row_number() over (
		partition by coalesce(${providerEndpoints.organizationId}, ${endpoint}) order by ${lastCheckedAt})`;
	return deps.db
		.select({ endpoint: providerEndpoints, row: llmProviders })
		.from(providerEndpoints)
		.leftJoin(llmProviders, and(eq(id, providerRowId), eq(isActive, true), exists(owned)))
		.where(
			and(
				notInArray(endpoint, [...others]),
				listed,
				or(ne(state, 'closed'), lately),
				or(isNull(providerRowId), isNotNull(id)),
			),
		)
		.orderBy(nthOfOwner, asc(lastCheckedAt))
		.limit(MOST_CHECKED);
}

function candidateOf({ endpoint, row }: StoredEndpoint, deps: CheckDependencies): Candidate | null {
	const provider = deps.environment.providers.find(({ id }) => id === endpoint.provider);
	if (!provider) return null;
	const { organizationId, providerRowId } = endpoint;
	return {
		facts: { endpoint: endpoint.endpoint, provider: provider.id, organizationId, rowId: providerRowId },
		provider,
		async credential() {
			const credential = row
				? await openedRow(provider, row, deps)
				: (deps.environment.credentials[provider.id] ?? null);
			const leads = credential && nameOf(provider, credential, row?.organizationId ?? '') === endpoint.endpoint;
			return leads ? credential : null;
		},
	};
}

/** Throws GatewayError where the key can't be opened. */
async function openedRow(
	provider: Provider,
	row: StoredProvider,
	{ openKey }: CheckDependencies,
): Promise<Credential | null> {
	const { id, baseUrl, sealedApiKey } = row;
	const apiKey = sealedApiKey === null ? null : await openKey(scopeOf(row, baseUrl), sealedApiKey);
	return credentialOfRow(row, provider, new Map([[id, apiKey]]));
}

async function checkOne(candidate: Candidate, signal: AbortSignal, deps: CheckDependencies): Promise<void> {
	const { facts, provider } = candidate;
	try {
		const credential = await candidate.credential();
		const path = pathOf(provider);
		if (!credential || path === undefined) return;
		const at = deps.time.now();
		// Of a provider without a health path of its own a probe would call a model.
		const probe = await deps.probe({ ...provider, healthPath: path }, credential, null, signal);
		const check = signal.aborted ? null : checkOf(probe, at);
		if (check) await deps.checked(facts, check);
	} catch (error) {
		deps.log('warn', 'health-check-failed', { endpoint: facts.endpoint, error });
	}
}

/** Whoever answers is there, whatever is said of the key or the path. null: nobody was asked. */
function checkOf({ error, latencyMs }: Probe, at: number): HealthCheck | null {
	if (!error) return { at, ok: true, latencyMs, failure: null, status: null };
	if (!error.upstream) return null;
	const { failure, status = null } = error.upstream;
	const ok = status !== null && status < 500 && failure !== 'malformed';
	return { at, ok, latencyMs, failure: ok ? null : failure, status };
}

/** Also those that could not be checked, so that others have their turn. */
async function noteChecked(endpoints: readonly string[], { db, time }: CheckDependencies): Promise<void> {
	if (endpoints.length === 0) return;
	await db
		.update(providerEndpoints)
		.set({ lastCheckedAt: time.now() })
		.where(sql`${providerEndpoints.endpoint} in (select value from json_each(${JSON.stringify(endpoints)}))`);
}

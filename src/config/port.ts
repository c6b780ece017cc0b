/** The configuration as one request sees it: memory, else KV, else D1, always at one version. */
import { reauthenticate } from '../auth/authenticate';
import type { KeyCache } from '../auth/key-cache';
import { refused } from '../auth/key-row';
import type { Principal } from '../auth/principal';
import type { Database } from '../db/client';
import type { ConfigPort, Ports, Snapshot } from '../gateway/ports';
import { type SealScope, sealHost } from '../vault/seal';
import {
	type ConfigurationCache,
	entryName,
	readCachedRows,
	recallConfiguration,
	rememberConfiguration,
	retainConfiguration,
} from './cache';
import type { OpenedKeys } from './credentials';
import type { EnvironmentLayer } from './environment';
import { readConfiguration } from './load';
import type { ConfigurationRows } from './rows';
import { type ResolvedConfiguration, resolvedConfiguration } from './snapshot';

export interface ConfigDependencies {
	/** As `authenticate` gave it. */
	readonly principal: Principal;
	readonly db: Database;
	readonly configurations: ConfigurationCache;
	readonly keys: KeyCache;
	/** Made once per isolate. */
	readonly environment: EnvironmentLayer;
	/** `vault/seal.ts` `open` on this isolate's key ring. */
	readonly openKey: (scope: SealScope, envelope: string) => Promise<string>;
	/** ms since epoch */
	readonly now: () => number;
	readonly log: Ports['log'];
	/** Hears the principal of each reload, in place of the one given. */
	readonly renewed?: (principal: Principal) => void;
}

/** One key that can't be opened leaves that row without one; the others go on. */
async function openKeys(rows: ConfigurationRows, deps: ConfigDependencies): Promise<OpenedKeys> {
	const organizationId = rows.organization.id;
	const opened = rows.providers.map(async ({ id, provider, sealedApiKey, baseUrl }) => {
		if (sealedApiKey === null) return [id, null] as const;
		try {
			const scope = { organizationId, provider, host: sealHost(baseUrl), rowId: id };
			return [id, await deps.openKey(scope, sealedApiKey)] as const;
		} catch (thrown) {
			const reason = thrown instanceof Error ? thrown.message : String(thrown);
			deps.log('error', 'provider-key-unreadable', { organizationId, provider, providerRowId: id, reason });
			return [id, null] as const;
		}
	});
	return new Map(await Promise.all(opened));
}

const snapshotFor = (principal: Principal, resolved: ResolvedConfiguration): Snapshot => ({
	...resolved,
	caller: principal,
	fresh: principal.fresh === true,
});

/**
 * For one request. After a reload its principal and version are the ones just read. `fresh` snapshots rest on a read
 * of D1 in this request: by the principal and, at the version it gave, by content that never changes under a version.
 */
export function configPort(deps: ConfigDependencies): ConfigPort {
	const { configurations } = deps;
	let { principal } = deps;

	const resolve = async (rows: ConfigurationRows): Promise<ResolvedConfiguration> =>
		resolvedConfiguration(rows, await openKeys(rows, deps), deps.environment);

	async function reload(agentSlug: string | null): Promise<Snapshot> {
		const { organizationId, keyId, userId } = principal;
		const { rows, ...who } = await readConfiguration(deps.db, { organizationId, keyId, userId, agentSlug });
		const anew = reauthenticate(principal, { ...who, organization: rows?.organization }, deps);
		if (!rows) throw refused();
		principal = anew;
		deps.renewed?.(anew);
		const resolved = await resolve(rows);
		// A slug that nobody has is not kept: callers could fill the caches with those.
		if (agentSlug === null || rows.agent) {
			const name = entryName(organizationId, rows.organization.version, agentSlug);
			rememberConfiguration(configurations, name, resolved, rows);
		}
		return snapshotFor(anew, resolved);
	}

	return {
		async load(agentSlug) {
			const asking = principal;
			const { organizationId, version } = asking;
			const name = entryName(organizationId, version, agentSlug);
			const known = recallConfiguration(configurations, name);
			if (known) return snapshotFor(asking, known);
			const rows = await readCachedRows(configurations, organizationId, version, agentSlug);
			if (!rows) return reload(agentSlug);
			const resolved = await resolve(rows);
			retainConfiguration(configurations, name, resolved);
			return snapshotFor(asking, resolved);
		},
		reload,
	};
}

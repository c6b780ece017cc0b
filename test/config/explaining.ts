/** Explanations over the small registry of these tests, of which everything is known. */
import type { EnvironmentLayer } from '../../src/config/environment';
import { type ExplainRequest, type Explanation, explain } from '../../src/config/explain';
import type { ConfigurationRows } from '../../src/config/rows';
import type { Caller, CatalogPort, Registry } from '../../src/gateway/ports';
import { embedWires, wires } from '../../src/providers';
import { callerOf } from '../gateway/snapshots';
import { FACTS } from '../support/scripted-gateway';
import { environment, registry as providers, rowsOf } from './fixtures';

export const registry: Registry = { ...providers, wires, embedWires };

/** Models that begin with `embed` embed, `strange` ones nobody knows. */
export const catalog: CatalogPort = {
	facts: (provider, model) => ({
		...FACTS,
		provider,
		model,
		...(model.includes('embed') && { kind: 'embedding' as const }),
		...(model.startsWith('strange') && { known: false, prices: null, priceVersion: null }),
	}),
	models: () => [],
	locate: () => null,
	refresh: async () => undefined,
};

export const OPERATOR_KEY = 'operator-key-of-north';
export const ENVIRONMENT = environment({
	DEFAULT_PROVIDER: 'north',
	NORTH_API_KEY: OPERATOR_KEY,
	FALLBACK_CHAIN: 'north/last',
	LLM_RATE_LIMIT_PER_MINUTE: '60',
});

/** What each sealed row opens to. */
export const TENANT_KEY = 'tenant-key-of-a-row';

export interface Setting {
	readonly rows?: Partial<ConfigurationRows>;
	readonly request?: Partial<ExplainRequest>;
	readonly caller?: Partial<Caller>;
	readonly environment?: EnvironmentLayer;
	/** Ids of rows whose key can't be opened. */
	readonly shut?: readonly string[];
}

export function explaining(setting: Setting = {}): Explanation {
	const rows = rowsOf(setting.rows);
	const shut = setting.shut ?? [];
	return explain({
		rows,
		keys: new Map(rows.providers.map(({ id }) => [id, shut.includes(id) ? null : TENANT_KEY])),
		environment: setting.environment ?? ENVIRONMENT,
		catalog,
		registry,
		caller: callerOf(setting.caller),
		request: { kind: 'chat', agent: null, fallback: true, strict: false, settings: {}, ...setting.request },
	});
}

/** Rows, opened keys and the environment as the snapshot that requests are decided by. Pure. */
import type { Snapshot } from '../gateway/ports';
import type { LedgerLimits } from '../ledger/contract';
import { credentials, type OpenedKeys } from './credentials';
import type { EnvironmentLayer } from './environment';
import { resolve } from './resolve';
import type { ConfigurationRows, OrganizationRow } from './rows';

/** A snapshot as far as it is the same for every caller of the organization. Holds keys in plain text. */
export type ResolvedConfiguration = Omit<Snapshot, 'caller' | 'fresh'>;

const nanoUsd = (digits: string | null): bigint | null => (digits === null ? null : BigInt(digits));

function limitsOf(organization: OrganizationRow, environment: EnvironmentLayer): LedgerLimits {
	return {
		requestsPerMinute: organization.requestsPerMinute ?? environment.requestsPerMinute,
		requestsPerDay: organization.requestsPerDay ?? environment.requestsPerDay,
		budgetDayNanoUsd: nanoUsd(organization.budgetDayNanoUsd),
		budgetMonthNanoUsd: nanoUsd(organization.budgetMonthNanoUsd),
	};
}

export function resolvedConfiguration(
	rows: ConfigurationRows,
	keys: OpenedKeys,
	environment: EnvironmentLayer,
): ResolvedConfiguration {
	const { organization } = rows;
	const { fallbackChain, ...effective } = resolve({ environment, rows });
	return {
		version: organization.version,
		organization: { id: organization.id, slug: organization.slug },
		limits: limitsOf(organization, environment),
		...effective,
		fallbackChain: fallbackChain.value,
		credentials: credentials(rows.providers, keys, environment),
		embeddingModels: environment.embeddingModels,
	};
}

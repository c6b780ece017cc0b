/** What rows of each provider hold, so that a form can ask for it. */
import { type ConfigField, POOL_FIELDS, type PoolField } from '../providers/config';
import type { Provider } from '../providers/provider';
import { requireManage } from './access';
import type { ServiceContext } from './context';
import { needsKey } from './credential-check';

export interface ProviderKind {
	/** As in `provider/model`. */
	readonly id: string;
	readonly label: string;
	/** `needed`: a row in use must have one. */
	readonly key: 'needed' | 'optional' | 'none';
	/** `aws`: a bearer key, or `ACCESS:SECRET[:SESSION]`. */
	readonly keyForm: 'bearer' | 'aws';
	/** Where calls go without a base URL; null: it must be given, or follows from `config`. */
	readonly baseUrl: string | null;
	/** Settings without which the address is not known, unless a base URL is given. */
	readonly addressFields: readonly ConfigField[];
	/** Settings that its rows may hold, beside those of every pool. */
	readonly config: readonly ConfigField[];
	readonly poolConfig: readonly PoolField[];
	/** A row is a server of its own, which requests address by the row's name. */
	readonly named: boolean;
	/** Runs on a machine of one's own. */
	readonly local: boolean;
}

function keyOf(provider: Provider): ProviderKind['key'] {
	if (provider.auth.kind === 'none') return 'none';
	return needsKey(provider) ? 'needed' : 'optional';
}

const kindOf = (provider: Provider): ProviderKind => ({
	id: provider.id,
	label: provider.label,
	key: keyOf(provider),
	keyForm: provider.auth.kind === 'aws' ? 'aws' : 'bearer',
	baseUrl: provider.baseUrl,
	addressFields: provider.routing?.baseUrl ? (provider.config ?? []) : [],
	config: provider.config ?? [],
	poolConfig: POOL_FIELDS,
	named: provider.named ?? false,
	local: provider.local ?? false,
});

/** Those that take rows, in order of preference. Throws `forbidden`. */
export function availableProviders(ctx: ServiceContext): ProviderKind[] {
	requireManage(ctx);
	return ctx.registry.ids
		.flatMap((id) => ctx.registry.provider(id) ?? [])
		.filter(({ builtin }) => !builtin)
		.map(kindOf);
}

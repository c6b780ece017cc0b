/** The key of a row: sealed for where it may go, and never sent anywhere else. */
import { invalid } from '../errors';
import type { ProviderConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import { last4, sealHost } from '../vault/seal';
import type { ServiceContext } from './context';
import { addressOf, checkedKey, missingKey, needsKey } from './credential-check';
import { type StoredProvider, scopeOf } from './provider-row';

/** With what upstreams said of it, which is void once it is another key. */
export type StoredKey = Pick<StoredProvider, 'sealedApiKey' | 'keyId' | 'keyLast4' | 'refusedAt' | 'refusedStatus'>;

/** Of a key that nobody was asked with yet. */
const UNREFUSED = { refusedAt: null, refusedStatus: null } as const;

export const NO_KEY: StoredKey = { sealedApiKey: null, keyId: null, keyLast4: null, ...UNREFUSED };

/** Where a row stands and leads to. */
export interface Place {
	readonly row: Pick<StoredProvider, 'id' | 'organizationId' | 'provider'>;
	readonly baseUrl: string | null;
	readonly config: ProviderConfig;
}

/** Throws `invalid_request` naming `apiKey`. */
export async function sealedKey(
	ctx: ServiceContext,
	provider: Provider,
	{ row, baseUrl }: Pick<Place, 'row' | 'baseUrl'>,
	apiKey: string,
): Promise<StoredKey> {
	const { envelope, keyId } = await ctx.vault.seal(scopeOf(row, baseUrl), checkedKey(provider, apiKey));
	return { sealedApiKey: envelope, keyId, keyLast4: last4(apiKey), ...UNREFUSED };
}

/**
 * The key of a changed row where none was given with the change: the old one, which never follows its row to another
 * scheme, host or port. Throws `invalid_request` naming `apiKey` there.
 */
export async function keptKey(
	ctx: ServiceContext,
	provider: Provider,
	before: StoredProvider,
	{ baseUrl, config }: Pick<Place, 'baseUrl' | 'config'>,
): Promise<StoredKey> {
	const { sealedApiKey, keyId, keyLast4, refusedAt, refusedStatus } = before;
	const kept: StoredKey = { sealedApiKey, keyId, keyLast4, refusedAt, refusedStatus };
	if (sealedApiKey === null || sealHost(before.baseUrl) === sealHost(baseUrl)) return kept;
	const from = addressOf(provider, before.baseUrl, before.config);
	const to = addressOf(provider, baseUrl, config);
	if (from === null || to === null || sealHost(from) !== sealHost(to))
		throw invalid('apiKey', 'The base URL moves to another scheme, host or port: give the apiKey again.');
	// The provider's own address, written out or left out again.
	const secret = await ctx.vault.open(scopeOf(before, before.baseUrl), sealedApiKey);
	const sealed = await ctx.vault.seal(scopeOf(before, baseUrl), secret);
	return { ...kept, sealedApiKey: sealed.envelope, keyId: sealed.keyId };
}

/** Throws where a row that is in use could make no call. */
export function checkKeyed(provider: Provider, key: StoredKey, isActive: boolean): void {
	if (isActive && key.sealedApiKey === null && needsKey(provider)) throw missingKey(provider);
}

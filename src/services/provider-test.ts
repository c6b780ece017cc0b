/** Trying a row's key with a real, tiny call. */
import { credentialOfRow } from '../config/credentials';
import { type ErrorCode, GatewayError, toGatewayError } from '../errors';
import type { Credential } from '../gateway/ports';
import type { Provider } from '../providers/provider';
import { notFound, requireManage, requireOperator } from './access';
import type { ServiceContext } from './context';
import type { TestProvider } from './provider-input';
import { acquit } from './provider-refusal';
import { environmentPair, type StoredProvider, scopeOf, selectProvider } from './provider-row';

export interface TestResult {
	readonly ok: boolean;
	/** Until the answer, or the failure. */
	readonly latencyMs: number;
	/** The model that was called; absent: a list or health path was asked. */
	readonly model?: string;
	readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/**
 * Also of a row that is not in use. A failed call is a result, and so is a key that can't be opened. Tokens of the
 * operator's own key are the operator's to spend: elsewhere than through the path they meet no limit. Throws
 * `forbidden` there, `not_found`. An answer ends the refusal of the key.
 */
export async function testProvider(
	ctx: ServiceContext,
	input: TestProvider,
	signal: AbortSignal | null = null,
): Promise<TestResult> {
	requireManage(ctx);
	const { provider, row, pair } = await addressed(ctx, input.id);
	const model = input.model ?? null;
	if (row === null && (model !== null || !provesByList(provider)) && !provider.builtin) requireOperator(ctx);
	let credential: Credential;
	try {
		credential = pair ?? (await openedCredential(ctx, provider, row));
	} catch (thrown) {
		const { code, message } = toGatewayError(thrown);
		return { ok: false, latencyMs: 0, error: { code, message } };
	}
	const result = await probed(ctx, provider, credential, model, signal);
	// Nobody else's word may bring back the key that all organizations use.
	if (result.ok && (row !== null || ctx.principal.kind === 'operator')) await acquit(ctx, provider, credential, row);
	return result;
}

/** The call itself, with any pair. */
export async function probed(
	ctx: ServiceContext,
	provider: Provider,
	credential: Credential,
	model: string | null,
	signal: AbortSignal | null,
): Promise<TestResult> {
	const { ok, latencyMs, model: called, error } = await ctx.upstreams.probe(provider, credential, model, signal);
	return {
		ok,
		latencyMs,
		...(called !== null && { model: called }),
		...(error !== null && { error: { code: error.code, message: error.message } }),
	};
}

const provesByList = ({ healthPath, modelsPath, liveModels }: Provider): boolean =>
	healthPath !== undefined || (modelsPath !== undefined && liveModels?.public !== true);

type Addressed =
	| { readonly provider: Provider; readonly row: null; readonly pair: Credential }
	| { readonly provider: Provider; readonly row: StoredProvider; readonly pair: null };

/** A row of the organization, or the environment's pair. Throws `not_found`. */
export async function addressed(ctx: ServiceContext, id: string): Promise<Addressed> {
	const pair = environmentPair(ctx, id);
	const shared = ctx.registry.provider(id);
	if (pair && shared) return { provider: shared, row: null, pair };
	const row = await selectProvider(ctx, id);
	const provider = ctx.registry.provider(row.provider);
	if (!provider) throw notFound('provider', row.provider);
	return { provider, row, pair: null };
}

/** Throws GatewayError where the key can't be opened, or the row lacks what the provider needs. */
export async function openedCredential(
	ctx: ServiceContext,
	provider: Provider,
	row: StoredProvider,
): Promise<Credential> {
	const { sealedApiKey } = row;
	const apiKey = sealedApiKey === null ? null : await ctx.vault.open(scopeOf(row, row.baseUrl), sealedApiKey);
	return credentialWith(provider, row, apiKey);
}

/** A row's pair with this key in place of the stored one; null: none. */
export function credentialWith(provider: Provider, row: StoredProvider, apiKey: string | null): Credential {
	const sealedApiKey = apiKey === null ? null : (row.sealedApiKey ?? '');
	const credential = credentialOfRow({ ...row, sealedApiKey }, provider, new Map([[row.id, apiKey]]));
	if (credential) return credential;
	throw new GatewayError('conflict', 'This row lacks the key, the address or the settings that its provider needs.');
}

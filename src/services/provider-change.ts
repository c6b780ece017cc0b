/** Changing a row: what is not said stays, the key included, unless the row moves to another host. */
import { GatewayError, invalid } from '../errors';
import type { Provider } from '../providers/provider';
import { notFound, requireManage } from './access';
import type { AuditEntry } from './audit';
import type { ServiceContext } from './context';
import { checkAddress, checkedBaseUrl, checkedConfig, checkedName, checkedProvider } from './credential-check';
import { refuseRowInUse } from './provider-in-use';
import type { UpdateProvider } from './provider-input';
import { checkKeyed, keptKey, sealedKey } from './provider-key';
import { type Pool, type ProviderView, refuseEnvironment, type StoredProvider, selectProvider } from './provider-row';
import { isDefaultOf, type RowChange, writeRow } from './provider-write';

export const taken = (name: string): GatewayError =>
	new GatewayError('conflict', `This provider has a row named '${name}' already: change that one, or choose a name.`, {
		param: 'name',
	});

export function checkDefault(isDefault: boolean | undefined, isActive: boolean): void {
	if (isDefault === true && !isActive) throw invalid('isDefault', "A row that isn't active can't be the default.");
}

/**
 * Activating a removed row brings it back. Throws `invalid_request` naming the field (`apiKey`: it must come with a base
 * URL that leads elsewhere), `forbidden` (the environment's), `not_found`, `conflict` (`version`, `name`, in use).
 */
export async function updateProvider(ctx: ServiceContext, input: UpdateProvider): Promise<ProviderView> {
	requireManage(ctx);
	return changeProvider(ctx, input, 'update');
}

/** `updateProvider` under another name in the audit. */
export async function changeProvider(
	ctx: ServiceContext,
	input: UpdateProvider,
	action: AuditEntry['action'],
): Promise<ProviderView> {
	refuseEnvironment(ctx, input.id);
	const { provider: id } = await selectProvider(ctx, input.id);
	if (input.provider !== undefined && input.provider !== id)
		throw invalid('provider', `This row is of provider '${id}', which can't be changed: add another row.`);
	const provider = checkedProvider(ctx, id);
	return writeRow(ctx, id, async (pool) => {
		const before = rowIn(pool, input);
		const after = await changed(ctx, provider, before, input, pool);
		const same = content(before) === content(after);
		return same ? before : ({ before, after, action } satisfies RowChange);
	});
}

/** What a caller may change of a row. */
const content = ({ version: _, updatedAt: __, ...row }: StoredProvider): string => JSON.stringify(row);

/** The row at the version the caller insists on. */
export function rowIn(
	{ rows }: Pool,
	{ id, version }: { readonly id: string; readonly version?: number },
): StoredProvider {
	const row = rows.find((one) => one.id === id);
	if (!row) throw notFound('provider row', id);
	if (version === undefined || version === row.version) return row;
	throw new GatewayError('conflict', `This row is at version ${row.version} by now: read it and try again.`, {
		param: 'version',
	});
}

async function changed(
	ctx: ServiceContext,
	provider: Provider,
	before: StoredProvider,
	input: UpdateProvider,
	pool: Pool,
): Promise<StoredProvider> {
	const name = input.name === undefined ? before.name : checkedName(ctx, provider, input.name);
	const config = checkedConfig(provider, input.config ?? before.config);
	const baseUrl = typeof input.baseUrl === 'string' ? checkedBaseUrl(ctx, input.baseUrl) : input.baseUrl;
	const to = { row: before, baseUrl: baseUrl === undefined ? before.baseUrl : baseUrl, config };
	checkAddress(provider, to.baseUrl, config);
	const isActive = input.isActive ?? before.isActive;
	checkDefault(input.isDefault, isActive);
	if (name !== before.name) refuseTaken(pool, name);
	const ends = name !== before.name ? 'renamed' : !isActive && before.isActive ? 'deactivated' : null;
	if (ends) await refuseRowInUse(ctx, pool, before, ends);
	const key =
		input.apiKey === undefined
			? await keptKey(ctx, provider, before, to)
			: await sealedKey(ctx, provider, to, input.apiKey);
	checkKeyed(provider, key, isActive);
	return {
		...before,
		...key,
		name,
		baseUrl: to.baseUrl,
		config: { ...config },
		isActive,
		isDefault: isDefaultOf(input.isDefault, { before, isActive }, pool.rows),
		removedAt: isActive ? null : before.removedAt,
		version: before.version + 1,
		updatedAt: ctx.now(),
	};
}

function refuseTaken({ rows }: Pool, name: string): void {
	if (rows.some((row) => row.name === name)) throw taken(name);
}

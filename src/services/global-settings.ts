/** The operator's choices for everyone: what `default` means, and profiles that every organization may name. */
import { and, eq, exists, sql } from 'drizzle-orm';
import { llmGlobalSettings } from '../db/schema';
import { GatewayError } from '../errors';
import { contended, outdated, requireManage, requireOperator } from './access';
import { changeEverywhere } from './change-everywhere';
import type { ServiceContext } from './context';
import { checkGlobalSetting } from './global-setting-check';
import type { CreateGlobalSetting, GlobalSettingReference, UpdateGlobalSetting } from './global-setting-input';
import {
	canonical,
	type GlobalSettingView,
	pricesOf,
	selectGlobalSetting,
	selectGlobalSettings,
} from './global-setting-row';
import { organizationsUsing } from './global-setting-users';
import { refuseInUse } from './usage-of';

/** The operator's all, anyone else's the active ones. */
export async function listGlobalSettings(ctx: ServiceContext): Promise<GlobalSettingView[]> {
	requireManage(ctx);
	const all = await selectGlobalSettings(ctx);
	return ctx.principal.kind === 'operator' ? all : all.filter(({ isActive }) => isActive);
}

/** `max(version)` names the state of the whole table. */
const NEXT_VERSION = sql<number>`(select coalesce(max(version), 0) + 1 from llm_global_settings)`;

/**
 * Operator only, as all that follow. A removed one of that id is taken over.
 * Throws `invalid_request` naming the field, `conflict` where the id is taken.
 */
export async function createGlobalSetting(ctx: ServiceContext, input: CreateGlobalSetting): Promise<GlobalSettingView> {
	requireOperator(ctx);
	const now = ctx.now();
	const { id, ...given } = canonical(input);
	const { inputUsdPerMillion = null, outputUsdPerMillion = null, ...rest } = given;
	const content = { capabilities: [], settings: {}, ...rest };
	const prices = pricesOf(given);
	checkGlobalSetting(ctx, { ...content, ...prices, isDefault: false });
	const row = { ...content, ...prices, isActive: true, version: NEXT_VERSION, createdAt: now, updatedAt: now };
	const insert = ctx.db
		.insert(llmGlobalSettings)
		.values({ id, ...row })
		.onConflictDoUpdate({ target: llmGlobalSettings.id, set: row, setWhere: eq(llmGlobalSettings.isActive, false) });
	const after = { ...content, inputUsdPerMillion, outputUsdPerMillion };
	const entry = { action: 'create', entity: 'global-setting', entityId: id, before: null, after } as const;
	const [written] = await changeEverywhere(ctx, [{ writes: [insert], entry }]);
	if (!written)
		throw new GatewayError('conflict', 'Another one has this id already: choose a different id.', { param: 'id' });
	return selectGlobalSetting(ctx, id);
}

/** How often a change starts over because another one came between its read and its write. */
const ROUNDS = 5;

/** The row `change` was decided by is the row it is written over. Throws `not_found`, `conflict`. */
async function onRow(
	ctx: ServiceContext,
	{ id, version }: GlobalSettingReference,
	change: (before: GlobalSettingView) => Promise<boolean>,
): Promise<GlobalSettingView> {
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectGlobalSetting(ctx, id);
		if (version !== undefined && version !== before.version) throw outdated('global setting', before.version);
		if (await change(before)) return selectGlobalSetting(ctx, id);
	}
	throw contended('global setting');
}

/** Throws `invalid_request` naming the field, `not_found`, `conflict`. */
export async function updateGlobalSetting(
	ctx: ServiceContext,
	{ id, version, ...given }: UpdateGlobalSetting,
): Promise<GlobalSettingView> {
	requireOperator(ctx);
	const content = canonical(given);
	return onRow(ctx, version === undefined ? { id } : { id, version }, (before) => write(ctx, before, content));
}

/** It stays listed, inactive. Throws `not_found`, and `conflict` where it is the default or organizations use it. */
export async function removeGlobalSetting(
	ctx: ServiceContext,
	reference: GlobalSettingReference,
): Promise<GlobalSettingView> {
	requireOperator(ctx);
	return onRow(ctx, reference, (before) => write(ctx, before, { isActive: false }, 'delete'));
}

type Given = ReturnType<typeof canonical<Omit<UpdateGlobalSetting, 'id' | 'version'>>>;

/** False where the row is no longer the one read. */
async function write(
	ctx: ServiceContext,
	before: GlobalSettingView,
	given: Given,
	action: 'update' | 'delete' = 'update',
): Promise<boolean> {
	const changed = Object.entries(given).filter(([field, value]) => differs(before[field as keyof Given], value));
	if (changed.length === 0) return true;
	const { isActive, inputUsdPerMillion: _, outputUsdPerMillion: __, ...columns } = given;
	const after = { ...before, ...given };
	const prices = pricesOf(after);
	if (before.isActive && isActive === false) await checkRemoval(ctx, before);
	// What was right when it was written may be a model of the past by now: its name can still be mended.
	else if (isActive === true || changed.some(([field]) => !COSMETIC.has(field)))
		checkGlobalSetting(ctx, { ...after, ...prices });
	const update = ctx.db
		.update(llmGlobalSettings)
		.set({ ...columns, ...prices, isActive: after.isActive, version: NEXT_VERSION, updatedAt: ctx.now() })
		.where(asRead(before));
	const was = Object.fromEntries(changed.map(([field]) => [field, before[field as keyof Given]]));
	const entry = {
		action,
		entity: 'global-setting',
		entityId: before.id,
		before: was,
		after: Object.fromEntries(changed),
	};
	const [written] = await changeEverywhere(ctx, [{ writes: [update], entry }]);
	return written === true;
}

const COSMETIC: ReadonlySet<string> = new Set(['displayName', 'category']);

const differs = (before: unknown, after: unknown): boolean => JSON.stringify(before) !== JSON.stringify(after);

const asRead = ({ id, version }: GlobalSettingView) =>
	and(eq(llmGlobalSettings.id, id), eq(llmGlobalSettings.version, version));

async function checkRemoval(ctx: ServiceContext, { id, isDefault }: GlobalSettingView): Promise<void> {
	if (isDefault)
		throw new GatewayError('conflict', `'${id}' is the default: make another one the default first.`, { param: 'id' });
	refuseInUse(`Profile '${id}'`, await organizationsUsing(ctx, id), 'id');
}

/**
 * What `default` means from now on to everyone without a default profile of their own. It is no profile then, so that
 * nobody may be using it as one. Throws `not_found`, and `conflict` where it is removed or in use.
 */
export async function setDefaultGlobalSetting(
	ctx: ServiceContext,
	reference: GlobalSettingReference,
): Promise<GlobalSettingView> {
	requireOperator(ctx);
	return onRow(ctx, reference, async (before) => {
		const { id, isActive, isDefault } = before;
		if (isDefault) return true;
		if (!isActive)
			throw new GatewayError('conflict', `'${id}' was removed: update it with isActive true first.`, { param: 'id' });
		refuseInUse(`Profile '${id}'`, await organizationsUsing(ctx, id), 'id');
		const stillAsRead = exists(
			ctx.db.select({ id: llmGlobalSettings.id }).from(llmGlobalSettings).where(asRead(before)),
		);
		const moved = { version: NEXT_VERSION, updatedAt: ctx.now() };
		const writes = [
			ctx.db
				.update(llmGlobalSettings)
				.set({ isDefault: false, ...moved })
				.where(and(eq(llmGlobalSettings.isDefault, true), stillAsRead)),
			ctx.db
				.update(llmGlobalSettings)
				.set({ isDefault: true, ...moved })
				.where(asRead(before)),
		];
		const entry = {
			action: 'update',
			entity: 'global-setting',
			entityId: id,
			before: { isDefault: false },
			after: { isDefault: true },
		} as const;
		const [written] = await changeEverywhere(ctx, [{ writes, entry }]);
		return written === true;
	});
}

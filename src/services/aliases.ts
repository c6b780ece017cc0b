/** Bare names of an organization's own for models, profiles and other aliases. */
import { invalid } from '../errors';
import { notFound, requireManage } from './access';
import { configurationRow, editConfiguration, withEntry, withField, withoutEntry } from './configuration-edit';
import { MOST_ALIASES, type RemoveAlias, type SetAlias } from './configuration-input';
import type { ServiceContext } from './context';
import { inForce, own } from './declared';
import { checkName, pathOf } from './model-name';
import { checkUsed } from './needs-check';
import { modelNames, refuseInUse, soughtAlias, usersOf } from './usage-of';

export interface AliasView {
	readonly name: string;
	/** As it was set. */
	readonly target: string;
	/** Where it leads in the end: `provider/model`, a bare name of the catalog, or `profile:<name>`. */
	readonly leadsTo: string;
	readonly origin: 'organization';
	/** Of the organization's row: what an update may insist on. */
	readonly version: number;
}

/** By name. None on plan free. */
export async function listAliases(ctx: ServiceContext): Promise<AliasView[]> {
	requireManage(ctx);
	const { plan, configuration, version } = await configurationRow(ctx);
	const aliases = inForce(plan, configuration).aliases ?? {};
	return Object.keys(aliases)
		.sort()
		.map((name) => viewOf(name, aliases, version));
}

const viewOf = (name: string, aliases: Readonly<Record<string, string>>, version: number): AliasView => ({
	name,
	target: aliases[name] ?? '',
	leadsTo: pathOf(name, aliases).at(-1) ?? name,
	origin: 'organization',
	version,
});

/**
 * A name that the catalog knows too means this from now on. Throws `invalid_request` where the target leads nowhere, in
 * a loop (which is written out), or to a model that is not what its users need; `forbidden`, `conflict`.
 */
export async function setAlias(ctx: ServiceContext, input: SetAlias): Promise<AliasView> {
	requireManage(ctx);
	const { name, target } = input;
	let aliases: Readonly<Record<string, string>> = {};
	const { version } = await editConfiguration(ctx, input.version, ({ row, declared, agents }) => {
		const before = own(row.configuration.aliases, name);
		aliases = withEntry(row.configuration.aliases, name, target);
		if (Object.keys(aliases).length > MOST_ALIASES)
			throw invalid('name', `An organization has at most ${MOST_ALIASES} aliases.`);
		const configuration = withField(row.configuration, 'aliases', aliases);
		const known = { ...declared, configuration };
		checkName(ctx, name, 'target', 'any', known);
		for (const used of modelNames(configuration, agents))
			if (pathOf(used.text, aliases).includes(name)) checkUsed(ctx, used, 'target', known);
		return {
			configuration,
			entry: {
				action: before === undefined ? 'create' : 'update',
				entity: 'alias',
				entityId: name,
				before: before === undefined ? null : { target: before },
				after: { target },
			},
		};
	});
	return viewOf(name, aliases, version);
}

/** Throws `not_found`, `forbidden`, and `conflict` where something uses it. */
export async function removeAlias(
	ctx: ServiceContext,
	{ name, version }: RemoveAlias,
): Promise<{ readonly name: string }> {
	requireManage(ctx);
	await editConfiguration(ctx, version, ({ row: { configuration }, agents }) => {
		const target = own(configuration.aliases, name);
		if (target === undefined) throw notFound('alias', name);
		refuseInUse(`Alias '${name}'`, usersOf(soughtAlias(name), configuration, agents), 'name');
		return {
			configuration: withField(configuration, 'aliases', withoutEntry(configuration.aliases, name)),
			entry: { action: 'delete', entity: 'alias', entityId: name, before: { target }, after: null },
		};
	});
	return { name };
}

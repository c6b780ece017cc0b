/**
 * One part of an organization's configuration at a time: read, checked, and written only while nothing else was; begun
 * anew otherwise. So two edits of the one column `llm_configuration` at the same moment lose nothing of each other.
 */
import { and, isNull, sql } from 'drizzle-orm';
import { type OrganizationConfiguration, organizations } from '../db/schema';
import { GatewayError } from '../errors';
import { contended, notFound, outdated, requireManage, scoped } from './access';
import type { AuditEntry } from './audit';
import { changeUnmoved, type Step } from './change';
import { isSameContent } from './content';
import type { ServiceContext } from './context';
import { type Declared, declaredBy } from './declared';
import { type AgentNames, agentNames } from './usage-of';

/** The caller's organization as far as its configuration goes. Throws `forbidden` without `manage`, `not_found`. */
export async function configurationRow(ctx: ServiceContext) {
	requireManage(ctx);
	const row = await ctx.db
		.select({
			id: organizations.id,
			plan: organizations.plan,
			configuration: organizations.llmConfiguration,
			version: organizations.version,
			configVersion: organizations.configVersion,
		})
		.from(organizations)
		.where(and(scoped(ctx, organizations.id), isNull(organizations.deletedAt)))
		.get();
	if (!row) throw notFound('organization', ctx.principal.organizationId);
	return row;
}

export type ConfigurationRow = Awaited<ReturnType<typeof configurationRow>>;

/** Throws `forbidden` naming `param`. */
export function requirePaidPlan(plan: ConfigurationRow['plan'], param: string): void {
	if (plan === 'free')
		throw new GatewayError(
			'forbidden',
			'Plan free uses the global configuration: choose pro or enterprise for an own one.',
			{ param },
		);
}

/** What an edit is decided by. */
export interface Standing {
	readonly row: ConfigurationRow;
	readonly declared: Declared;
	readonly agents: readonly AgentNames[];
}

export interface Edit<T> {
	/** null: there is nothing to write. */
	readonly step: Step | null;
	readonly result: T;
}

const ROUNDS = 5;

/**
 * `attempt` runs again, with what stands then, where another write came between its reading and its writing.
 * Throws what it throws, and `conflict` where others keep coming.
 */
export async function guarded<T>(ctx: ServiceContext, attempt: (standing: Standing) => Promise<Edit<T>>): Promise<T> {
	for (let round = 0; round < ROUNDS; round++) {
		// First: whatever is written after it makes the write below start over.
		const row = await configurationRow(ctx);
		const [declared, agents] = await Promise.all([declaredBy(ctx, row.id), agentNames(ctx, row.id)]);
		const { step, result } = await attempt({ row, declared, agents });
		if (step === null) return result;
		if (await changeUnmoved(ctx, row.id, [step], row.configVersion)) return result;
	}
	throw contended('configuration');
}

export interface ConfigurationEdit {
	readonly configuration: OrganizationConfiguration;
	readonly entry: AuditEntry;
}

/**
 * `version`: of the organization's row, where the caller insists on one. `edit` throws whatever is wrong with it.
 * Throws `forbidden` (scope, plan) and `conflict`. Answers with the row's version afterwards.
 */
export function editConfiguration(
	ctx: ServiceContext,
	version: number | undefined,
	edit: (standing: Standing) => ConfigurationEdit,
): Promise<{ readonly version: number }> {
	return guarded(ctx, async (standing) => {
		const { row } = standing;
		requirePaidPlan(row.plan, 'plan');
		if (version !== undefined && version !== row.version) throw outdated('configuration', row.version);
		const { configuration, entry } = edit(standing);
		if (isSameContent(configuration, row.configuration)) return { step: null, result: { version: row.version } };
		const write = ctx.db
			.update(organizations)
			.set({ llmConfiguration: configuration, version: sql`${organizations.version} + 1`, updatedAt: ctx.now() })
			.where(and(scoped(ctx, organizations.id), isNull(organizations.deletedAt)));
		return { step: { writes: [write], entry }, result: { version: row.version + 1 } };
	});
}

/** `record` with this entry; it takes its place at the end where it is new. */
export const withEntry = <T>(record: Readonly<Record<string, T>> | undefined, name: string, value: T) => ({
	...record,
	[name]: value,
});

/** `record` without this entry; undefined where nothing is left. */
export function withoutEntry<T>(
	record: Readonly<Record<string, T>> | undefined,
	name: string,
): Readonly<Record<string, T>> | undefined {
	const rest = Object.entries(record ?? {}).filter(([key]) => key !== name);
	return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** `configuration` with one field replaced; undefined takes it away. */
export function withField<K extends keyof OrganizationConfiguration>(
	configuration: OrganizationConfiguration,
	field: K,
	value: OrganizationConfiguration[K] | undefined,
): OrganizationConfiguration {
	const { [field]: _, ...rest } = configuration;
	return value === undefined ? rest : { ...rest, [field]: value };
}

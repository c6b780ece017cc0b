/** What names may mean in an organization beside what the catalog knows: its own words, and the operator's for all. */
import { and, eq, isNull } from 'drizzle-orm';
import type { ModelOverrides } from '../catalog/override';
import {
	llmGlobalSettings,
	llmModelOverrides,
	llmProviders,
	type OrganizationConfiguration,
	organizations,
	type Plan,
} from '../db/schema';
import type { ServiceContext } from './context';
import { overridesOf } from './custom-model-row';
import type { ModelReference } from './model-reference';

export interface Declared {
	/** As far as it is in force: plan free follows the global one. */
	readonly configuration: OrganizationConfiguration;
	/** The operator's profiles by id → their model; null: it follows the environment. */
	readonly globalProfiles: ReadonlyMap<string, ModelReference | null>;
	/** What the organization says of models. */
	readonly models: ModelOverrides;
	/** Its provider rows. */
	readonly keys: readonly { readonly provider: string; readonly name: string }[];
}

/** Where nobody has declared anything. */
export const UNDECLARED: Declared = { configuration: {}, globalProfiles: new Map(), models: {}, keys: [] };

/** A name such as `constructor` must not find what every object has. */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
	record && Object.hasOwn(record, name) ? record[name] : undefined;

export const inForce = (plan: Plan, configuration: OrganizationConfiguration): OrganizationConfiguration =>
	plan === 'free' ? {} : configuration;

/** One batch of D1. `ctx` may reach the organization: the caller's own, or one it has looked up. */
export async function declaredBy(
	ctx: ServiceContext,
	organizationId: string = ctx.principal.organizationId,
): Promise<Declared> {
	if (ctx.draft) return ctx.draft.declared;
	const [[organization], globals, models, keys] = await ctx.db.batch([
		ctx.db
			.select({ plan: organizations.plan, configuration: organizations.llmConfiguration })
			.from(organizations)
			.where(eq(organizations.id, organizationId)),
		ctx.db
			.select({ id: llmGlobalSettings.id, provider: llmGlobalSettings.provider, model: llmGlobalSettings.model })
			.from(llmGlobalSettings)
			.where(and(eq(llmGlobalSettings.isActive, true), eq(llmGlobalSettings.isDefault, false))),
		ctx.db.select().from(llmModelOverrides).where(eq(llmModelOverrides.organizationId, organizationId)),
		ctx.db
			.select({ provider: llmProviders.provider, name: llmProviders.name })
			.from(llmProviders)
			.where(and(eq(llmProviders.organizationId, organizationId), isNull(llmProviders.removedAt))),
	]);
	return {
		configuration: organization ? inForce(organization.plan, organization.configuration) : {},
		globalProfiles: new Map(
			globals.map(({ id, provider, model }) => [id, provider !== null && model !== null ? { provider, model } : null]),
		),
		models: overridesOf(models),
		keys,
	};
}

/** Everything one request is configured by, in one D1 batch: one round trip, one transaction, so one version. */
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { type KeyRow, keyQuery } from '../auth/key-row';
import { stored } from '../auth/stored';
import type { Database } from '../db/client';
import { exactly } from '../db/money';
import { agentLlmPreferences, agents, llmGlobalSettings, llmProviders, organizations } from '../db/schema';
import { GatewayError } from '../errors';
import { type ConfigurationRows, configurationRows } from './rows';

export interface ReadRequest {
	readonly organizationId: string;
	/** `gateway_keys.id`; null where another kind of credential asks. */
	readonly keyId: string | null;
	/** null: no agent. */
	readonly agentSlug: string | null;
}

export interface Read {
	/** null: the organization does not exist (any more). */
	readonly rows: ConfigurationRows | null;
	/** The key as of the same transaction. */
	readonly key: KeyRow | undefined;
}

const organizationQuery = (db: Database, id: string) =>
	db
		.select({
			id: organizations.id,
			slug: organizations.slug,
			plan: organizations.plan,
			configuration: organizations.llmConfiguration,
			version: organizations.configVersion,
			requestsPerMinute: organizations.requestsPerMinute,
			requestsPerDay: organizations.requestsPerDay,
			budgetDayNanoUsd: exactly<bigint | null>(organizations.budgetDayNanoUsd),
			budgetMonthNanoUsd: exactly<bigint | null>(organizations.budgetMonthNanoUsd),
		})
		.from(organizations)
		.where(and(eq(organizations.id, id), isNull(organizations.deletedAt)));

const globalQuery = (db: Database) =>
	db
		.select({
			provider: llmGlobalSettings.provider,
			model: llmGlobalSettings.model,
			settings: llmGlobalSettings.settings,
		})
		.from(llmGlobalSettings)
		.where(and(eq(llmGlobalSettings.isDefault, true), eq(llmGlobalSettings.isActive, true)));

const providersQuery = (db: Database, organizationId: string) =>
	db
		.select({
			id: llmProviders.id,
			provider: llmProviders.provider,
			name: llmProviders.name,
			sealedApiKey: llmProviders.sealedApiKey,
			baseUrl: llmProviders.baseUrl,
			config: llmProviders.config,
		})
		.from(llmProviders)
		.where(and(eq(llmProviders.organizationId, organizationId), eq(llmProviders.isActive, true)))
		.orderBy(desc(llmProviders.isDefault), asc(llmProviders.createdAt), asc(llmProviders.id));

/** Renamed: a batch of D1 answers with objects, in which the agent's own `fallbacks` would take its place. */
const preferredFallbacks = sql<readonly string[]>`${agentLlmPreferences.fallbacks}`
	.mapWith(agentLlmPreferences.fallbacks)
	.as('preferred_fallbacks');

const agentQuery = (db: Database, organizationId: string, slug: string) =>
	db
		.select({
			id: agents.id,
			slug: agents.slug,
			profile: agents.profile,
			settings: agents.settings,
			fallbacks: agents.fallbacks,
			preferences: {
				// First and never null: drizzle takes a null here for a missing row.
				agentId: agentLlmPreferences.agentId,
				provider: agentLlmPreferences.provider,
				model: agentLlmPreferences.model,
				params: agentLlmPreferences.params,
				embeddingModel: agentLlmPreferences.embeddingModel,
				fallbacks: preferredFallbacks,
				systemPrompt: agentLlmPreferences.systemPrompt,
			},
		})
		.from(agents)
		.leftJoin(
			agentLlmPreferences,
			and(eq(agentLlmPreferences.agentId, agents.id), eq(agentLlmPreferences.organizationId, agents.organizationId)),
		)
		.where(and(eq(agents.organizationId, organizationId), eq(agents.slug, slug), isNull(agents.deletedAt)));

/** Throws `upstream_unavailable` where D1 does not answer, `internal` where it holds what no release ever wrote. */
export async function readConfiguration(db: Database, request: ReadRequest): Promise<Read> {
	const { organizationId, keyId, agentSlug } = request;
	const [[organization], [global], providers, [agent], [key]] = await stored(
		db.batch([
			organizationQuery(db, organizationId),
			globalQuery(db),
			providersQuery(db, organizationId),
			agentQuery(db, organizationId, agentSlug ?? ''),
			keyQuery(db, keyId ?? ''),
		]),
	);
	if (!organization) return { rows: null, key };
	const rows = configurationRows.safeParse({
		organization: {
			...organization,
			budgetDayNanoUsd: organization.budgetDayNanoUsd?.toString() ?? null,
			budgetMonthNanoUsd: organization.budgetMonthNanoUsd?.toString() ?? null,
		},
		global: global ?? null,
		providers,
		agent: agent ?? null,
	});
	if (rows.success) return { rows: rows.data, key };
	throw new GatewayError('internal', "The organization's stored configuration can't be read.", { cause: rows.error });
}

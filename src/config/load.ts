/** Everything one request is configured by, in one D1 batch: one round trip, one transaction, so one version. */
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { type KeyRow, keyQuery } from '../auth/key-row';
import { type MembershipRow, membershipQuery } from '../auth/membership';
import { stored } from '../auth/stored';
import type { Database } from '../db/client';
import { exactly } from '../db/money';
import {
	agentLlmPreferences,
	agents,
	llmGlobalSettings,
	llmModelOverrides,
	llmProviders,
	organizations,
} from '../db/schema';
import { GatewayError } from '../errors';
import { type ConfigurationRows, configurationRows, ROWS_FORMAT } from './rows';

export interface ReadRequest {
	readonly organizationId: string;
	/** `gateway_keys.id`; null where another kind of credential asks. */
	readonly keyId: string | null;
	/** `sub` of a token; null where another kind of credential asks. */
	readonly userId: string | null;
	/** null: no agent. */
	readonly agentSlug: string | null;
}

export interface Read {
	/** null: the organization does not exist (any more). */
	readonly rows: ConfigurationRows | null;
	/** The key as of the same transaction. */
	readonly key: KeyRow | undefined;
	/** The user's, also a removed one; undefined: the organization has none of this user. */
	readonly membership: MembershipRow | undefined;
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

const globalsQuery = (db: Database) =>
	db
		.select({
			id: llmGlobalSettings.id,
			provider: llmGlobalSettings.provider,
			model: llmGlobalSettings.model,
			settings: llmGlobalSettings.settings,
			isDefault: llmGlobalSettings.isDefault,
			inputPricePico: exactly<bigint | null>(llmGlobalSettings.inputPricePico),
			outputPricePico: exactly<bigint | null>(llmGlobalSettings.outputPricePico),
			version: llmGlobalSettings.version,
		})
		.from(llmGlobalSettings)
		.where(eq(llmGlobalSettings.isActive, true))
		.orderBy(asc(llmGlobalSettings.id));

const providersQuery = (db: Database, organizationId: string) =>
	db
		.select({
			id: llmProviders.id,
			provider: llmProviders.provider,
			name: llmProviders.name,
			sealedApiKey: llmProviders.sealedApiKey,
			keyLast4: llmProviders.keyLast4,
			baseUrl: llmProviders.baseUrl,
			config: llmProviders.config,
		})
		.from(llmProviders)
		.where(
			and(
				eq(llmProviders.organizationId, organizationId),
				eq(llmProviders.isActive, true),
				isNull(llmProviders.removedAt),
			),
		)
		.orderBy(desc(llmProviders.isDefault), asc(llmProviders.createdAt), asc(llmProviders.id));

const modelsQuery = (db: Database, organizationId: string) =>
	db
		.select({
			provider: llmModelOverrides.provider,
			model: llmModelOverrides.model,
			displayName: llmModelOverrides.displayName,
			limits: llmModelOverrides.limits,
			capabilities: llmModelOverrides.capabilities,
			prices: llmModelOverrides.prices,
			version: llmModelOverrides.version,
		})
		.from(llmModelOverrides)
		.where(eq(llmModelOverrides.organizationId, organizationId))
		.orderBy(asc(llmModelOverrides.provider), asc(llmModelOverrides.model));

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
			routing: agents.routing,
			context: agents.context,
			preferences: {
				// First and never null: drizzle takes a null here for a missing row.
				agentId: agentLlmPreferences.agentId,
				provider: agentLlmPreferences.provider,
				model: agentLlmPreferences.model,
				params: agentLlmPreferences.params,
				embeddingModel: agentLlmPreferences.embeddingModel,
				fallbacks: preferredFallbacks,
				prompt: agentLlmPreferences.prompt,
				promptHash: agentLlmPreferences.promptHash,
				promptVersion: agentLlmPreferences.promptVersion,
			},
		})
		.from(agents)
		.leftJoin(
			agentLlmPreferences,
			and(eq(agentLlmPreferences.agentId, agents.id), eq(agentLlmPreferences.organizationId, agents.organizationId)),
		)
		.where(and(eq(agents.organizationId, organizationId), eq(agents.slug, slug), isNull(agents.deletedAt)));

type AgentRead = Awaited<ReturnType<typeof agentQuery>>[number];

/** A prompt is its source with its hash and version: where one is missing, there is none. */
function agentRowOf({ preferences, ...agent }: AgentRead) {
	if (!preferences) return { ...agent, preferences };
	const { prompt: source, promptHash: hash, promptVersion: version, ...others } = preferences;
	const whole = source !== null && hash !== null && version !== null;
	return { ...agent, preferences: { ...others, prompt: whole ? { source, hash, version } : null } };
}

const digits = (amount: bigint | null): string | null => amount?.toString() ?? null;

/** Throws `upstream_unavailable` where D1 does not answer, `internal` where it holds what no release ever wrote. */
export async function readConfiguration(db: Database, request: ReadRequest): Promise<Read> {
	const { organizationId, keyId, userId, agentSlug } = request;
	const [[organization], globals, providers, models, [agent], [key], [membership]] = await stored(
		db.batch([
			organizationQuery(db, organizationId),
			globalsQuery(db),
			providersQuery(db, organizationId),
			modelsQuery(db, organizationId),
			agentQuery(db, organizationId, agentSlug ?? ''),
			keyQuery(db, keyId ?? ''),
			membershipQuery(db, organizationId, userId ?? ''),
		]),
	);
	if (!organization) return { rows: null, key, membership };
	const rows = configurationRows.safeParse({
		format: ROWS_FORMAT,
		organization: {
			...organization,
			budgetDayNanoUsd: digits(organization.budgetDayNanoUsd),
			budgetMonthNanoUsd: digits(organization.budgetMonthNanoUsd),
		},
		globals: globals.map((row) => ({
			...row,
			inputPricePico: digits(row.inputPricePico),
			outputPricePico: digits(row.outputPricePico),
		})),
		providers,
		models,
		agent: agent ? agentRowOf(agent) : null,
	});
	if (rows.success) return { rows: rows.data, key, membership };
	throw new GatewayError('internal', "The organization's stored configuration can't be read.", { cause: rows.error });
}

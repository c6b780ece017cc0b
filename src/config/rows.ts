/**
 * What one read of D1 says about one organization (and one agent of it): the shape kept in KV, so it holds
 * sealed keys only, and its reader trusts neither KV nor an older release of this program.
 */
import * as z from 'zod';

/** A value a layer may not set is as if it were not set: configuration is checked when written. */
const modelSettings = z.object({
	temperature: z.number().min(0).max(2).optional().catch(undefined),
	maxTokens: z.number().int().min(1).optional().catch(undefined),
	topP: z.number().min(0).max(1).optional().catch(undefined),
	timeoutMs: z.number().int().min(1).optional().catch(undefined),
});

const profile = z.object({
	provider: z.string().min(1),
	model: z.string().min(1),
	keyRef: z.string().optional(),
	settings: modelSettings.optional(),
});

/** `organizations.llm_configuration` as it is stored. */
const organizationConfiguration = z.object({
	defaultProfile: z.string().optional(),
	profiles: z.record(z.string(), profile).optional(),
	aliases: z.record(z.string(), z.string()).optional(),
});

/** Nano-dollars as decimal digits: JSON has no bigint. */
const nanoUsd = z.string().regex(/^\d+$/).nullable();

const names = z.array(z.string());

const organizationRow = z.object({
	id: z.string(),
	slug: z.string(),
	plan: z.enum(['free', 'pro', 'enterprise']),
	configuration: organizationConfiguration,
	/** `organizations.config_version` of this very read. */
	version: z.number().int(),
	requestsPerMinute: z.number().nullable(),
	requestsPerDay: z.number().nullable(),
	budgetDayNanoUsd: nanoUsd,
	budgetMonthNanoUsd: nanoUsd,
});

/** The default row of `llm_global_settings`. */
const globalRow = z.object({
	provider: z.string().nullable(),
	model: z.string().nullable(),
	settings: modelSettings,
});

/** An active row of `llm_providers`. */
const providerRow = z.object({
	id: z.string(),
	provider: z.string(),
	name: z.string(),
	sealedApiKey: z.string().nullable(),
	baseUrl: z.string().nullable(),
	/** `ProviderConfig`; checked when written. */
	config: z.record(z.string(), z.unknown()).default({}),
});

const agentRow = z.object({
	id: z.string(),
	slug: z.string(),
	profile: z.string().nullable(),
	settings: modelSettings,
	fallbacks: names,
	/** `agent_llm_preferences`; null where the agent has none. */
	preferences: z
		.object({
			provider: z.string().nullable(),
			model: z.string().nullable(),
			params: modelSettings,
			embeddingModel: z.string().nullable(),
			fallbacks: names,
			systemPrompt: z.string().nullable(),
		})
		.nullable(),
});

export const configurationRows = z.object({
	organization: organizationRow,
	global: globalRow.nullable(),
	/** In order of preference within a provider. */
	providers: z.array(providerRow),
	/** null where none was asked for, or the organization has none of that slug. */
	agent: agentRow.nullable(),
});

export type ConfigurationRows = z.output<typeof configurationRows>;
export type OrganizationRow = z.output<typeof organizationRow>;
export type ProviderRow = z.output<typeof providerRow>;
export type AgentRow = z.output<typeof agentRow>;
export type ModelSettings = z.output<typeof modelSettings>;
export type Profile = z.output<typeof profile>;

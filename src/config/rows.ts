/**
 * What one read of D1 says about one organization (and one agent of it): the shape kept in KV, so it holds
 * sealed keys only, and its reader trusts neither KV nor another release of this program.
 */
import * as z from 'zod';
import { storedContext, UNREADABLE_CONTEXT } from './stored-context';
import { storedRouting, UNREADABLE_ROUTING } from './stored-routing';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const SUMMARIES = ['none', 'auto', 'concise', 'detailed'] as const;

const reasoning = z.object({
	effort: z.enum(EFFORTS).exactOptional(),
	budgetTokens: z.number().int().min(0).exactOptional(),
	summary: z.enum(SUMMARIES).exactOptional(),
	sealed: z.boolean().exactOptional(),
});

/** A value a layer may not set is as if it were not set: configuration is checked when written. */
const modelSettings = z.object({
	temperature: z.number().min(0).max(2).optional().catch(undefined),
	topP: z.number().min(0).max(1).optional().catch(undefined),
	topK: z.number().int().min(1).optional().catch(undefined),
	maxTokens: z.number().int().min(1).optional().catch(undefined),
	presencePenalty: z.number().min(-2).max(2).optional().catch(undefined),
	frequencyPenalty: z.number().min(-2).max(2).optional().catch(undefined),
	seed: z.number().int().optional().catch(undefined),
	stop: z.array(z.string().min(1)).max(16).optional().catch(undefined),
	reasoning: reasoning.optional().catch(undefined),
	timeoutMs: z.number().int().min(1).max(600_000).optional().catch(undefined),
});

const names = z.array(z.string());

const profile = z.object({
	provider: z.string().min(1),
	model: z.string().min(1),
	keyRef: z.string().optional(),
	settings: modelSettings.optional(),
	routing: storedRouting.optional().catch(UNREADABLE_ROUTING),
	context: storedContext.optional().catch(UNREADABLE_CONTEXT),
});

/** `organizations.llm_configuration` as it is stored. */
const organizationConfiguration = z.object({
	defaultProfile: z.string().optional(),
	profiles: z.record(z.string(), profile).optional(),
	aliases: z.record(z.string(), z.string()).optional(),
	fallbackChain: names.optional(),
	fallbacks: z.record(z.string(), names).optional(),
	routing: storedRouting.omit({ candidates: true, weight: true }).optional().catch(UNREADABLE_ROUTING),
	context: storedContext.optional().catch(UNREADABLE_CONTEXT),
	embeddingModel: z.string().optional(),
});

/** Whole nano-dollars, or pico-dollars per token, as decimal digits: JSON has no bigint. */
const amount = z.string().regex(/^\d+$/);

const organizationRow = z.object({
	id: z.string(),
	slug: z.string(),
	plan: z.enum(['free', 'pro', 'enterprise']),
	configuration: organizationConfiguration,
	/** `organizations.config_version` of this very read. */
	version: z.number().int(),
	requestsPerMinute: z.number().nullable(),
	requestsPerDay: z.number().nullable(),
	budgetDayNanoUsd: amount.nullable(),
	budgetMonthNanoUsd: amount.nullable(),
});

/** An active row of `llm_global_settings`: the default, or a profile under its id. */
const globalRow = z.object({
	id: z.string(),
	/** null (with `model` null): follows the environment. */
	provider: z.string().nullable(),
	model: z.string().nullable(),
	settings: modelSettings,
	isDefault: z.boolean(),
	inputPricePico: amount.nullable(),
	outputPricePico: amount.nullable(),
	version: z.number().int(),
});

/** An active row of `llm_providers`. */
const providerRow = z.object({
	id: z.string(),
	provider: z.string(),
	name: z.string(),
	sealedApiKey: z.string().nullable(),
	keyLast4: z.string().nullable(),
	baseUrl: z.string().nullable(),
	/** `ProviderConfig`; checked when written. */
	config: z.record(z.string(), z.unknown()).default({}),
});

const tokens = z.number().int().min(0).exactOptional();

/** A row of `llm_model_overrides`. */
const modelRow = z.object({
	provider: z.string(),
	model: z.string(),
	displayName: z.string().nullable(),
	limits: z.object({ contextWindow: tokens, inputLimit: tokens, maxOutput: tokens }),
	capabilities: z.object({
		kind: z.enum(['chat', 'embedding']).exactOptional(),
		input: z.array(z.enum(['image', 'audio', 'video', 'pdf'])).exactOptional(),
		tools: z.boolean().exactOptional(),
		structuredOutput: z.boolean().exactOptional(),
		reasoning: z.boolean().exactOptional(),
	}),
	prices: z
		.object({
			input: amount,
			output: amount,
			cacheRead: amount.exactOptional(),
			cacheWrite5m: amount.exactOptional(),
			cacheWrite1h: amount.exactOptional(),
			inputAudio: amount.exactOptional(),
			reasoning: amount.exactOptional(),
			outputAudio: amount.exactOptional(),
		})
		.nullable(),
	version: z.number().int(),
});

/** `PromptSource`; what else is in it belongs to another release. */
const promptSource = z.object({
	identity: z.string().exactOptional(),
	system: z.string().exactOptional(),
	instructions: names.exactOptional(),
	format: z.string().exactOptional(),
	variables: z
		.record(
			z.string(),
			z.object({
				type: z.enum(['string', 'number', 'boolean']),
				default: z.union([z.string(), z.number(), z.boolean()]).exactOptional(),
				description: z.string().exactOptional(),
			}),
		)
		.exactOptional(),
	cache: z.boolean().exactOptional(),
});

const agentRow = z.object({
	id: z.string(),
	slug: z.string(),
	profile: z.string().nullable(),
	settings: modelSettings,
	fallbacks: names,
	routing: storedRouting,
	context: storedContext,
	/** `agent_llm_preferences`; null where the agent has none. */
	preferences: z
		.object({
			provider: z.string().nullable(),
			model: z.string().nullable(),
			params: modelSettings,
			embeddingModel: z.string().nullable(),
			fallbacks: names,
			prompt: z.object({ source: promptSource, hash: z.string(), version: z.number().int() }).nullable(),
		})
		.nullable(),
});

/**
 * Moves when rows say more than before: what an older release left in KV lacks it, and would be taken for all there is
 * at its version.
 */
export const ROWS_FORMAT = 2;

export const configurationRows = z.object({
	format: z.literal(ROWS_FORMAT),
	organization: organizationRow,
	globals: z.array(globalRow),
	/** In order of preference within a provider. */
	providers: z.array(providerRow),
	models: z.array(modelRow),
	/** null where none was asked for, or the organization has none of that slug. */
	agent: agentRow.nullable(),
});

export type ConfigurationRows = z.output<typeof configurationRows>;
export type OrganizationRow = z.output<typeof organizationRow>;
export type GlobalRow = z.output<typeof globalRow>;
export type ProviderRow = z.output<typeof providerRow>;
export type ModelRow = z.output<typeof modelRow>;
export type AgentRow = z.output<typeof agentRow>;
/** As read: a setting may be there without a value. */
export type StoredSettings = z.output<typeof modelSettings>;
export type Profile = z.output<typeof profile>;

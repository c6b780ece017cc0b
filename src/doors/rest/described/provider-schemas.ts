/** What the provider routes answer. */
import * as z from 'zod';
import type { Named } from '../operation';
import { CODES } from './error-schemas';

const instant = z.iso.datetime().nullable();
const count = z.int().nonnegative();

const row = z
	.object({
		id: z.string().describe("Of the row; one from the environment has its provider's id."),
		provider: z.string().describe('Id of the provider, e.g. `openai`.'),
		name: z.string().describe('Unique among the rows of its provider.'),
		keyLast4: z
			.string()
			.nullable()
			.describe('Last four characters of the key, all of it that is ever shown. null: none.'),
		baseUrl: z.string().nullable().describe("Root of the upstream's API. null: the provider's default."),
		config: z.record(z.string(), z.unknown()).describe('Settings of the provider; never a secret.'),
		isActive: z.boolean().describe('false: not used by any request.'),
		isDefault: z.boolean().describe('true: tried first among the rows of its provider.'),
		source: z.enum(['organization', 'environment']).describe('Who stored it. One of the environment is read-only.'),
		refusedAt: instant.describe('When an upstream refused the key. null: not since it was set, or last answered.'),
		refusedStatus: z.int().nullable().describe('HTTP status of that refusal.'),
		version: z.int().nonnegative().describe('Moves with each change. Also in the ETag.'),
		createdAt: instant.describe('null: from the environment.'),
		updatedAt: instant.describe('null: from the environment.'),
	})
	.describe("An organization's own credential for a provider, or one of the environment.");

export const providerResponse = { name: 'ProviderResponse', schema: row } satisfies Named;

export const providerListResponse = {
	name: 'ProviderListResponse',
	schema: z
		.object({ data: z.array(row) })
		.describe('Every row, removed ones (inactive) and those of the environment too.'),
} satisfies Named;

const figures = {
	requests: count.describe('Upstream calls, retries included; health checks count in tokens and cost alone.'),
	errors: count.describe('Those that failed. One that its client broke off is none.'),
	promptTokens: count,
	completionTokens: count,
	costUsd: z.number().describe('USD. Calls of unknown price are missing from it.'),
	unpriced: count.describe('How many those are.'),
};

export const providerUsageResponse = {
	name: 'ProviderUsageResponse',
	schema: z
		.object({
			data: z
				.array(z.object({ date: z.iso.date().describe('UTC day.'), model: z.string(), ...figures }))
				.describe('By day, then by model.'),
			totals: z.object(figures).describe('Of all days and models.'),
		})
		.describe('What a row was used for.'),
} satisfies Named;

export const testProviderResponse = {
	name: 'TestProviderResponse',
	schema: z
		.object({
			ok: z.boolean(),
			latencyMs: z.number().nonnegative().describe('Milliseconds until the answer, or the failure.'),
			model: z.string().exactOptional().describe('The model that was called. Absent: a list or health path was asked.'),
			error: z
				.object({ code: z.enum(CODES), message: z.string() })
				.exactOptional()
				.describe('Why it failed, where it did.'),
		})
		.describe('How a real, tiny call went. A call that failed is a 200 with `ok: false`.'),
} satisfies Named;

const perMillion = z.number().nonnegative().nullable().describe('USD per million tokens. null: unknown.');

export const providerModelsResponse = {
	name: 'ProviderModelsResponse',
	schema: z
		.object({
			data: z.array(
				z.object({
					model: z.string().describe('Without the provider, as a request names it after the slash.'),
					kind: z.enum(['chat', 'embedding']),
					contextWindow: count.describe('Tokens, input and output together.'),
					maxOutput: count.nullable().describe('Tokens. null: unknown.'),
					input: z.array(z.string()).describe('`text`, `image`, …'),
					tools: z.boolean(),
					structuredOutput: z.boolean(),
					reasoning: z.boolean(),
					inputUsdPerMillion: perMillion,
					outputUsdPerMillion: perMillion,
					source: z
						.enum(['catalog', 'live', 'config'])
						.describe("Who lists it: the catalog, the provider's own list, or the row's settings."),
				}),
			),
			warning: z.string().exactOptional().describe("Why the provider's own list was not asked, where it has one."),
		})
		.describe('What a row can be asked for.'),
} satisfies Named;

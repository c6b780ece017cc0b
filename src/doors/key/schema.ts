/** What `GET /v1/key` answers. */
import * as z from 'zod';

const usd = z
	.string()
	.regex(/^\d+(\.\d{1,9})?$/)
	.describe('USD as a decimal, exact to the nano-dollar.');
const count = z.int().nonnegative();
const patterns = z.array(z.string()).nullable();

const rate = z
	.object({ limit: count, used: count, remaining: count, resetsInSeconds: count })
	.nullable()
	.describe('null: no such limit.');

const limits = z.object({
	requestsPerMinute: rate.describe('The last 60 seconds. null: no such limit.'),
	requestsPerDay: rate.describe('This UTC day. null: no such limit.'),
});

const window = z
	.object({
		limitUsd: usd,
		spentUsd: usd,
		heldUsd: usd.describe('What requests in flight may still spend.'),
		leftUsd: usd,
		resetsAt: z.iso.datetime().nullable().describe('null: never.'),
	})
	.nullable();

const budget = z.object({
	day: window.describe('UTC day. null: no such budget.'),
	month: window.describe('UTC month. null: no such budget.'),
	total: window.describe("The key's whole life. null: no such budget."),
});

const usage = z.object({
	requestsLastMinute: count,
	requestsToday: count,
	todayUsd: usd,
	monthUsd: usd,
	totalUsd: usd.nullable().describe("Over the key's whole life; null for an organization."),
	heldUsd: usd,
});

export const keyResponse = z
	.object({
		object: z.literal('key'),
		id: z.string().describe('Of the key; of a user the `sub` of its token.'),
		name: z.string(),
		kind: z
			.enum(['gateway-key', 'token', 'operator', 'user'])
			.describe('`token`: a short-lived key, issued by another.'),
		last4: z.string().nullable().describe('Last four characters of the key.'),
		organization: z.object({ id: z.string(), slug: z.string() }),
		role: z.enum(['owner', 'admin', 'member', 'service']).nullable().describe('Of a user.'),
		scopes: z.array(z.enum(['inference', 'manage'])),
		agents: patterns.describe('Agents it may call. null: all.'),
		models: patterns.describe('Models it may call, `*` for anything. null: all.'),
		providers: patterns.describe('Providers it may call. null: all.'),
		origins: z.array(z.string()).describe("Browser origins it may be used from, beside the platform's."),
		mayOverrideModel: z.boolean().describe('May a request to an agent name another model?'),
		mayOverrideSettings: z.boolean().describe('May a request put its value in place of a configured one?'),
		mayOverridePrompt: z.boolean().describe('May a request to an agent bring system messages?'),
		createdAt: z.iso.datetime().nullable(),
		expiresAt: z.iso.datetime().nullable().describe('null: never.'),
		lastUsedAt: z.iso.datetime().nullable(),
		limits: limits.describe('Its own, beside those of the organization.'),
		budget: budget.describe('Its own, beside those of the organization.'),
		usage: usage.nullable().describe('null: not a key, so nothing is counted for it alone.'),
		organizationLimits: limits.nullable().describe('null without the scope `manage`.'),
		organizationBudget: budget.nullable().describe('null without the scope `manage`.'),
		organizationUsage: usage.nullable().describe('null without the scope `manage`.'),
		configVersion: z.int().describe("Version of the organization's configuration."),
	})
	.describe('What the credential is, may do, has spent and has left.');

export type KeyBody = z.infer<typeof keyResponse>;

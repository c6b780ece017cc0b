/** What `gatewayKeys.*` takes. */
import * as z from 'zod';
import { budget, expectedVersion, instant, name, printable, requestLimit, slug } from './inputs';

/** `provider/model` with `*` for any run of characters, or `*` alone. */
const modelPattern = z
	.string()
	.max(300)
	.regex(/^(\*|[^\s/]+\/\S+)$/, "A model pattern is provider/model, with '*' for anything, e.g. 'openai/*'.")
	.refine(printable, 'A model pattern has no control characters.');

function isOrigin(text: string): boolean {
	try {
		const url = new URL(text);
		return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
	} catch {
		return false;
	}
}

const origin = z
	.string()
	.max(300)
	.refine(isOrigin, 'An origin is scheme, host and port without a path, e.g. https://app.example.');

const scopes = z.array(z.enum(['inference', 'manage'])).min(1, 'A key needs at least one scope.');
const models = z.array(modelPattern).max(100);
const agents = z.array(slug).max(100);
const origins = z.array(origin).max(20);

/** Absent or null: no limit of that kind. A flag that is absent is true. */
const policy = {
	/** Default: `inference` alone. */
	scopes: scopes.exactOptional(),
	/** `openai/*`, `mock/echo`, `*`. */
	allowedModels: models.nullable().exactOptional(),
	/** Agent slugs, through which alone models can then be reached. */
	allowedAgents: agents.nullable().exactOptional(),
	/** Provider ids, or names of the organization's own servers. */
	allowedProviders: z.array(name).max(50).nullable().exactOptional(),
	/** Browser origins it may be used from, beside `CORS_ORIGINS`. */
	origins: origins.nullable().exactOptional(),
	/** May a request with an agent name another model? */
	mayOverrideModel: z.boolean().exactOptional(),
	/** May a request put its own value in place of one that the configuration sets? */
	mayOverrideSettings: z.boolean().exactOptional(),
	/** May a request to an agent bring system messages of its own? */
	mayOverridePrompt: z.boolean().exactOptional(),
	requestsPerMinute: requestLimit.exactOptional(),
	requestsPerDay: requestLimit.exactOptional(),
	budgetDayUsd: budget.exactOptional(),
	budgetMonthUsd: budget.exactOptional(),
	/** Over the key's whole life. */
	budgetTotalUsd: budget.exactOptional(),
	/** ms since epoch, or ISO 8601. */
	expiresAt: instant.nullable().exactOptional(),
};

const id = z.string().min(1).max(64);

export const createGatewayKeyInput = z.strictObject({ name, ...policy });

/** An absent field stays as it is, a given one replaces the whole field, null takes the limit away. */
export const updateGatewayKeyInput = z.strictObject({
	id,
	version: expectedVersion.exactOptional(),
	name: name.exactOptional(),
	...policy,
});

const DAY_SECONDS = 86_400;

export const rotateGatewayKeyInput = z.strictObject({
	id,
	/** How long the old key goes on, at most 30 days. Default 0: it stops at once. */
	graceSeconds: z
		.int()
		.min(0)
		.max(30 * DAY_SECONDS)
		.exactOptional(),
});

export const listGatewayKeysInput = z
	.strictObject({
		/** Default: all of them. */
		state: z.enum(['active', 'revoked', 'expired']).exactOptional(),
		/** Short-lived tokens too. Default false. */
		tokens: z.boolean().exactOptional(),
		/** Id of the last row of the page before. */
		after: id.exactOptional(),
		/** Default: 500. */
		limit: z.int().min(1).max(500).exactOptional(),
	})
	.optional();

export const issueTokenInput = z.strictObject({
	/** Default: 900. A token never outlives what issued it. */
	ttlSeconds: z.int().min(1).max(3_600).exactOptional(),
	/** Default: the issuer's. */
	agents: agents.min(1).exactOptional(),
	/** Patterns. Default: the issuer's. */
	models: models.min(1).exactOptional(),
	/** Default: the issuer's. */
	origins: origins.min(1).exactOptional(),
	/** What the token may spend in all. Default: what the issuer may. */
	budgetUsd: budget.unwrap().exactOptional(),
	/** With `agents` false unless said otherwise, in this and the next; else the issuer's. */
	mayOverrideModel: z.boolean().exactOptional(),
	mayOverrideSettings: z.boolean().exactOptional(),
	name: name.exactOptional(),
});

export const gatewayKeyReference = z.strictObject({ id });

export type CreateGatewayKey = z.infer<typeof createGatewayKeyInput>;
export type UpdateGatewayKey = z.infer<typeof updateGatewayKeyInput>;
export type RotateGatewayKey = z.infer<typeof rotateGatewayKeyInput>;
export type ListGatewayKeys = NonNullable<z.infer<typeof listGatewayKeysInput>>;
export type IssueToken = z.infer<typeof issueTokenInput>;

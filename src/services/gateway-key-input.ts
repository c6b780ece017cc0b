/** What `gatewayKeys.*` takes. */
import * as z from 'zod';
import { name, slug } from './inputs';

/** `provider/model` with `*` for any run of characters, or `*` alone. */
const modelPattern = z
	.string()
	.max(300)
	.regex(/^(\*|[a-z0-9*-]+\/\S+)$/, "A model pattern is provider/model, with '*' for anything, e.g. 'openai/*'.");

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
	.refine(isOrigin, 'An origin is scheme, host and port without a path, e.g. https://app.example.');

/** ms since epoch, or an ISO 8601 date and time; ms since epoch inside. */
const instant = z.union([z.int().positive(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], {
	error: 'A time is ISO 8601 (2030-01-31T12:00:00Z) or ms since epoch.',
});

export const createGatewayKeyInput = z.strictObject({
	name,
	/** Default: `inference` alone. */
	scopes: z
		.array(z.enum(['inference', 'manage']))
		.min(1, 'A key needs at least one scope.')
		.exactOptional(),
	/** Absent or null: all. */
	allowedModels: z.array(modelPattern).max(100).nullable().exactOptional(),
	/** Agent slugs. Absent or null: all. */
	allowedAgents: z.array(slug).max(100).nullable().exactOptional(),
	/** Browser origins it may be used from, beside `CORS_ORIGINS`. */
	origins: z.array(origin).max(20).nullable().exactOptional(),
	/** Absent or null: never. */
	expiresAt: instant.nullable().exactOptional(),
	/** May a request with an agent name another model? Default true. */
	mayOverrideModel: z.boolean().exactOptional(),
});

export const gatewayKeyReference = z.strictObject({ id: z.string().min(1) });

export type CreateGatewayKey = z.infer<typeof createGatewayKeyInput>;

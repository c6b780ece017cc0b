/** What `organizations.*` takes. */
import * as z from 'zod';
import { PLANS } from '../db/schema';
import { modelName, modelSettings, name, slug } from './inputs';

/** Location hints of Durable Objects (developers.cloudflare.com/durable-objects/reference/data-location). */
const region = z.enum(['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me']);

/** USD; a string such as "12.50" is taken exactly, a number by its shortest decimal form. null: none. */
const budget = z.union([z.string(), z.number()], { error: 'A budget is an amount in USD such as "12.50".' }).nullable();

/** null: the environment's. */
const requestLimit = z.int().min(1).nullable();

const profile = z.strictObject({
	provider: z.string().min(1),
	/** The upstream's name, without the provider. */
	model: modelName,
	keyRef: z.string().min(1).exactOptional(),
	settings: modelSettings.exactOptional(),
});

const alias = z
	.string()
	.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "An alias is a bare name of letters, digits, '.', '-' and '_'.")
	.refine((text) => text !== 'default', "'default' can't be an alias: set defaultProfile.");

const atMost = (most: number, what: string) =>
	[(record: object) => Object.keys(record).length <= most, `An organization has at most ${most} ${what}.`] as const;

export const llmConfiguration = z.strictObject({
	/** The profile that `default` means; absent: the global default. */
	defaultProfile: slug.exactOptional(),
	profiles: z
		.record(slug, profile)
		.refine(...atMost(50, 'profiles'))
		.exactOptional(),
	/** Bare name → `provider/model` or `profile:<name>`. */
	aliases: z
		.record(alias, modelName)
		.refine(...atMost(200, 'aliases'))
		.exactOptional(),
});

export const createOrganizationInput = z.strictObject({
	name,
	slug,
	plan: z.enum(PLANS).exactOptional(),
	region: region.nullable().exactOptional(),
});

/** `id` or `slug` names it, neither the caller's own; with an `id`, `slug` is its new slug. */
export const updateOrganizationInput = z.strictObject({
	id: z.string().min(1).exactOptional(),
	slug: slug.exactOptional(),
	name: name.exactOptional(),
	plan: z.enum(PLANS).exactOptional(),
	region: region.nullable().exactOptional(),
	requestsPerMinute: requestLimit.exactOptional(),
	requestsPerDay: requestLimit.exactOptional(),
	budgetDayUsd: budget.exactOptional(),
	budgetMonthUsd: budget.exactOptional(),
	/** Replaces the whole of it. Plans pro and enterprise. */
	llmConfiguration: llmConfiguration.exactOptional(),
});

export const organizationReference = z
	.strictObject({ id: z.string().min(1).exactOptional(), slug: z.string().min(1).exactOptional() })
	.optional();

export type CreateOrganization = z.infer<typeof createOrganizationInput>;
export type UpdateOrganization = z.infer<typeof updateOrganizationInput>;

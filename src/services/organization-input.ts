/** What `organizations.*` takes. */
import * as z from 'zod';
import { PLANS } from '../db/schema';
import { llmConfiguration } from './configuration-input';
import { budget, expectedVersion, name, requestLimit, slug } from './inputs';
import { profile, userId } from './membership-input';

/** Location hints of Durable Objects (developers.cloudflare.com/durable-objects/reference/data-location). */
const region = z.enum(['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me']);

export const createOrganizationInput = z.strictObject({
	name,
	slug,
	plan: z.enum(PLANS).exactOptional(),
	region: region.nullable().exactOptional(),
	/** Its first member. */
	owner: z.strictObject({ userId, ...profile }).exactOptional(),
});

const reference = z.string().min(1).max(200);

/** `id` or `slug` names it, neither the caller's own; with an `id`, `slug` is its new slug. */
export const updateOrganizationInput = z.strictObject({
	id: reference.exactOptional(),
	slug: slug.exactOptional(),
	version: expectedVersion.exactOptional(),
	name: name.exactOptional(),
	/** The operator's to change. */
	plan: z.enum(PLANS).exactOptional(),
	region: region.nullable().exactOptional(),
	/** null: the environment's. Owners' and the operator's to change, in this and the next three. */
	requestsPerMinute: requestLimit.exactOptional(),
	requestsPerDay: requestLimit.exactOptional(),
	budgetDayUsd: budget.exactOptional(),
	budgetMonthUsd: budget.exactOptional(),
	/** Replaces the whole of it. Plans pro and enterprise. */
	llmConfiguration: llmConfiguration.exactOptional(),
});

export const organizationReference = z
	.strictObject({ id: reference.exactOptional(), slug: reference.exactOptional() })
	.optional();

export const deleteOrganizationInput = z.strictObject({
	id: reference,
	/** The slug once more, so that no slip deletes the wrong one. */
	confirm: z.string().max(200),
});

export const listOrganizationsInput = z
	.strictObject({
		plan: z.enum(PLANS).exactOptional(),
		/** How the slug begins. */
		slugPrefix: slug.exactOptional(),
		/** `slug` of the last row of the page before. */
		after: slug.exactOptional(),
		/** Default: 500. */
		limit: z.int().min(1).max(500).exactOptional(),
	})
	.optional();

export type CreateOrganization = z.infer<typeof createOrganizationInput>;
export type UpdateOrganization = z.infer<typeof updateOrganizationInput>;
export type DeleteOrganization = z.infer<typeof deleteOrganizationInput>;
export type ListOrganizations = NonNullable<z.infer<typeof listOrganizationsInput>>;

/** The platform's operator: whoever holds `ADMIN_API_KEY`, acting on one organization at a time. */
import { and, desc, eq, isNull, or } from 'drizzle-orm';
import type { Database } from '../db/client';
import { organizations } from '../db/schema';
import { GatewayError, invalid } from '../errors';
import { equalDigests, sha256Hex } from './digest';
import { type Principal, UNRESTRICTED } from './principal';
import { stored } from './stored';

export const ORGANIZATION_HEADER = 'x-switchyard-organization';

/** Where the header is absent: the organization that `npm run dev` seeds. */
const DEMO_SLUG = 'demo';

/** Compares digests, so that neither the content nor the length of the operator's key shows in the time it takes. */
export async function isOperator(credential: string, adminApiKey: string | null): Promise<boolean> {
	if (adminApiKey === null) return false;
	const [presented, expected] = await Promise.all([sha256Hex(credential), sha256Hex(adminApiKey)]);
	return equalDigests(presented, expected);
}

interface Organization {
	readonly id: string;
	readonly slug: string;
	readonly version: number;
}

/** By id or by slug; an id wins over another organization's slug of the same spelling. */
async function organizationNamed(name: string, db: Database): Promise<Organization | undefined> {
	const [found] = await stored(
		db
			.select({ id: organizations.id, slug: organizations.slug, version: organizations.configVersion })
			.from(organizations)
			.where(and(or(eq(organizations.id, name), eq(organizations.slug, name)), isNull(organizations.deletedAt)))
			.orderBy(desc(eq(organizations.id, name)))
			.limit(1),
	);
	return found;
}

/** What the operator is while it names no organization: every query scoped by it finds nothing. */
const NO_ORGANIZATION: Organization = { id: '', slug: '', version: 0 };

const principalOn = (organization: Organization): Principal => ({
	...UNRESTRICTED,
	kind: 'operator',
	keyId: null,
	actor: 'operator',
	role: null,
	userId: null,
	organizationId: organization.id,
	organizationSlug: organization.slug,
	scopes: ['inference', 'manage'],
	expiresAt: null,
	version: organization.version,
	fresh: true,
});

/**
 * Always read from D1. With `organizationOptional` a request that names none acts on the platform itself, which is
 * how the first organization is made. Throws `not_found` for an unknown name, `invalid_request` where one is needed.
 */
export async function operatorPrincipal(
	headers: Headers,
	db: Database,
	organizationOptional: boolean,
): Promise<Principal> {
	const named = headers.get(ORGANIZATION_HEADER)?.trim();
	const organization = await organizationNamed(named || DEMO_SLUG, db);
	if (organization) return principalOn(organization);
	if (named)
		throw new GatewayError('not_found', `There is no organization '${named}'.`, { param: ORGANIZATION_HEADER });
	if (organizationOptional) return principalOn(NO_ORGANIZATION);
	throw invalid(ORGANIZATION_HEADER, `Name the organization to act on: send ${ORGANIZATION_HEADER}: <id or slug>.`);
}

/** Who is asking. One type for every credential; the path sees the part of it named `Caller`. */
import type { Caller } from '../gateway/ports';
import type { Claims } from './claims';

export type Scope = 'inference' | 'manage';
export type Role = 'owner' | 'admin' | 'member' | 'service';

export interface Principal extends Caller {
	/** Slug of the organization acted on. */
	readonly organizationSlug: string;
	/** Operators, owners and admins hold both, members and services `inference`; a gateway key what it was made with. */
	readonly scopes: readonly Scope[];
	/** null for gateway keys and the operator. A membership's, where the organization has one of this user, else the token's. */
	readonly role: Role | null;
	/** `sub` of the token; null for gateway keys and the operator. */
	readonly userId: string | null;
	/** Who to write into the audit log: `key:<id>`, `operator`, `user:<sub>`. */
	readonly actor: string;
	/** Extra browser origins this credential allows (`https://app.example`), beside `CORS_ORIGINS`. */
	readonly origins: readonly string[];
	/** `organizations.config_version` it was read at. */
	readonly version: number;
	/** ms since epoch; null: never. Checked on every use, cached or not. */
	readonly expiresAt: number | null;
	/** Gateway keys: SHA-256 (hex) of the secret that was presented, compared again on every read. Never sent out. */
	readonly secretHash?: string;
	/** Users: what their token says, to be weighed again with every read of their membership. */
	readonly claims?: Claims;
	/** Read from D1 in this very request: a refusal that follows from it is final. */
	readonly fresh?: true;
}

/** What operators and users are let through with: only gateway keys are made with a policy of their own. */
export const UNRESTRICTED = {
	allowedModels: null,
	allowedAgents: null,
	allowedProviders: null,
	origins: [],
	mayOverrideModel: true,
	mayOverrideSettings: true,
	mayOverridePrompt: true,
	limits: null,
} as const satisfies Partial<Principal>;

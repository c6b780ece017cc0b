/** Who is asking. One type for every credential; the path sees the part of it named `Caller`. */
import type { Caller } from '../gateway/ports';

export type Scope = 'inference' | 'manage';
export type Role = 'owner' | 'admin' | 'member' | 'service';

export interface Principal extends Caller {
	/** Slug of the organization acted on. */
	readonly organizationSlug: string;
	/** Operators and owners/admins hold both; a gateway key only what it was made with. */
	readonly scopes: readonly Scope[];
	/** null for gateway keys. */
	readonly role: Role | null;
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
	/** Read from D1 in this very request: a refusal that follows from it is final. */
	readonly fresh?: true;
}

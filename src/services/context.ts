/** What every service call gets. Services are `verb(ctx, input)`: authorisation first, then one `db.batch`. */
import type { Principal } from '../auth/principal';
import type { Database } from '../db/client';
import type { CatalogPort, Registry, UpstreamPort } from '../gateway/ports';

/** The version protocol around a configuration write (ARCHITECTURE.md, State). */
export interface ConfigChangePort {
	/** Before the batch: opens of that organization answer `unsettled`. */
	prepare(organizationId: string): Promise<void>;
	/** After the batch, with the version it left; also after a failed one, with the version as it was. */
	settle(organizationId: string, version: number): Promise<void>;
}

export interface ServiceContext {
	readonly principal: Principal;
	readonly db: Database;
	readonly change: ConfigChangePort;
	readonly catalog: CatalogPort;
	readonly registry: Registry;
	readonly upstreams: UpstreamPort;
	/** ms since epoch */
	readonly now: () => number;
	readonly newId: () => string;
	/** `length` cryptographically random bytes. */
	readonly randomBytes: (length: number) => Uint8Array;
	readonly requestId: string;
}

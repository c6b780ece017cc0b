/** D1 without the object in between: what an isolate asks and writes while the object can't be reached. */
import type { LedgerEntry } from './contract';
import { writeDirect } from './usage-table';

export interface DirectStanding {
	/** null: there is no such organization. */
	readonly configVersion: number | null;
	/** The key was revoked, or is gone. */
	readonly keyRevoked: boolean;
}

export interface DirectStore {
	/** One read. `keyId` null: the caller is no gateway key. */
	standing(organizationId: string, keyId: string | null): Promise<DirectStanding>;
	/** Idempotent by attempt id. */
	write(entries: readonly LedgerEntry[]): Promise<void>;
}

const STANDING = `select config_version,
	(select count(*) from gateway_keys where id = ?2 and organization_id = ?1 and revoked_at is null) as keys
	from organizations where id = ?1 and deleted_at is null`;

export function directStore(db: D1Database): DirectStore {
	return {
		async standing(organizationId, keyId) {
			const row = await db
				.prepare(STANDING)
				.bind(organizationId, keyId)
				.first<{ config_version: number; keys: number }>();
			return {
				configVersion: row?.config_version ?? null,
				keyRevoked: keyId !== null && row !== null && row.keys === 0,
			};
		},
		write: (entries) => writeDirect(db, entries),
	};
}

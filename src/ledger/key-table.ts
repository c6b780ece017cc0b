/** What the ledger asks and tells `gateway_keys` in D1. */

/**
 * Keys that may be used, now or ever again: revocation and deletion are final, and so is the end of a short-lived
 * token; any other expiry can be moved. ?1 organization, ?2 ms since epoch.
 */
export const USABLE_KEYS = `select id from gateway_keys where organization_id = ?1 and revoked_at is null
	and (parent_id is null or expires_at is null or expires_at > ?2)`;

/** Those of the keys that may be used, now or ever again. */
export async function readUsable(
	db: D1Database,
	organizationId: string,
	keyIds: readonly string[],
	now: number,
): Promise<ReadonlySet<string>> {
	const ask = db.prepare(`${USABLE_KEYS} and id in (select value from json_each(?3))`);
	const { results } = await ask.bind(organizationId, now, JSON.stringify(keyIds)).all<{ id: string }>();
	return new Set(results.map((row) => row.id));
}

/** Key id, and the start of its latest attempt (ms since epoch). */
export type KeyUse = readonly [keyId: string, usedAt: number];

/** Moves `last_used_at` forward, never back. ?1 JSON array of `KeyUse`, ?2 organization. */
export const USE = `update gateway_keys set last_used_at = json_extract(use.value, '$[1]')
	from json_each(?1) as use where gateway_keys.id = json_extract(use.value, '$[0]')
	and gateway_keys.organization_id = ?2
	and coalesce(gateway_keys.last_used_at, 0) < json_extract(use.value, '$[1]')`;

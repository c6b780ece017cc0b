/** The local D1: opened where `wrangler dev` keeps it, migrated as wrangler does, seeded for development. */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { unstable_readConfig as readConfig, unstable_splitSqlQuery as splitSqlQuery } from 'wrangler';
import { gatewayKeyParts } from './secrets.mjs';

/** Opens `DB` of `wrangler.toml` below `stateDir` (what `wrangler dev --persist-to` takes). */
export async function openLocalDatabase(root, stateDir) {
	const config = readConfig({ config: join(root, 'wrangler.toml') });
	const [{ database_id: id }] = config.d1_databases;
	const miniflare = new Miniflare({
		modules: true,
		script: 'export default {}',
		d1Databases: { DB: id },
		d1Persist: join(stateDir, 'v3/d1'),
	});
	return { db: await miniflare.getD1Database('DB'), close: () => miniflare.dispose() };
}

/** Applies what is missing of `drizzle/*.sql`, each file in one batch with its row in wrangler's own table. */
export async function migrate(db, root) {
	await db
		.prepare(
			'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
		)
		.run();
	const { results } = await db.prepare('SELECT name FROM d1_migrations').all();
	const applied = new Set(results.map((row) => row.name));
	const folder = join(root, 'drizzle');
	const missing = readdirSync(folder)
		.filter((name) => name.endsWith('.sql') && !applied.has(name))
		.sort();
	for (const name of missing) {
		const statements = splitSqlQuery(readFileSync(join(folder, name), 'utf8'));
		await db.batch([
			...statements.map((statement) => db.prepare(statement)),
			db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
		]);
	}
	return missing;
}

const SEEDED_BY = 'npm run dev';

/**
 * The organization `demo` and its development key. A second call with the same key changes nothing; another
 * key takes the place of the one before, which is revoked. Answers whether the key can be used.
 */
export async function seed(db, key) {
	const parts = gatewayKeyParts(key);
	if (!parts) throw new Error('DEV_GATEWAY_KEY must look like sy_<id>_<secret>: remove it to get a new one.');
	const now = Date.now();
	await db
		.prepare(
			`INSERT INTO organizations (id, slug, name, plan, created_at, updated_at)
			VALUES (?, 'demo', 'Demo', 'pro', ?, ?) ON CONFLICT (slug) DO NOTHING`,
		)
		.bind(randomUUID(), now, now)
		.run();
	const hash = createHash('sha256').update(parts.secret).digest('hex');
	const row = await db
		.prepare('SELECT secret_hash, revoked_at, expires_at FROM gateway_keys WHERE id = ?')
		.bind(parts.id)
		.first();
	if (row?.secret_hash === hash)
		return { usable: row.revoked_at === null && !(row.expires_at <= now && row.expires_at) };
	await db.batch([
		db
			.prepare('UPDATE gateway_keys SET revoked_at = ? WHERE created_by = ? AND id <> ? AND revoked_at IS NULL')
			.bind(now, SEEDED_BY, parts.id),
		db
			.prepare(
				`INSERT INTO gateway_keys (id, organization_id, name, secret_hash, last4, scopes, created_by, created_at)
				SELECT ?, id, 'Development', ?, ?, '["inference"]', ?, ? FROM organizations WHERE slug = 'demo'
				ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, last4 = excluded.last4`,
			)
			.bind(parts.id, hash, parts.secret.slice(-4), SEEDED_BY, now),
		db
			.prepare("UPDATE organizations SET config_version = config_version + 1, updated_at = ? WHERE slug = 'demo'")
			.bind(now),
	]);
	return { usable: true };
}

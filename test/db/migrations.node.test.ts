import { readdirSync, readFileSync } from 'node:fs';
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api';
import { expect, it } from 'vitest';
import * as schema from '../../src/db/schema';

const folder = new URL('../../drizzle/', import.meta.url);
const snapshots = readdirSync(new URL('meta/', folder)).filter((name) => name.endsWith('_snapshot.json'));

it('the generated migrations say exactly what the schema says', async () => {
	const last = readFileSync(new URL(`meta/${snapshots.sort().at(-1)}`, folder), 'utf8');
	const stored: Awaited<ReturnType<typeof generateSQLiteDrizzleJson>> = JSON.parse(last);
	expect(await generateSQLiteMigration(stored, await generateSQLiteDrizzleJson(schema))).toEqual([]);
});

it('no migration holds a CASE, at which the D1 statement splitter would run statements together', () => {
	for (const name of readdirSync(folder).filter((file) => file.endsWith('.sql')))
		expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(/\bcase\b/i);
});

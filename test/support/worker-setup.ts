import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach } from 'vitest';

const MOST_RESETS = 5;

/** Also wakes it: only what is awake is reset, and a database that idled while a file was loaded would keep its rows. */
async function isEmpty(): Promise<boolean> {
	const found = await env.DB.prepare("select 1 from sqlite_master where name = 'd1_migrations'").first();
	return found === null;
}

/** Under load a reset may come too early or too late for a database that is being put to sleep: it is looked at again. */
async function emptied(): Promise<void> {
	for (let resets = 0; resets < MOST_RESETS; resets += 1) {
		await isEmpty();
		await reset();
		if (await isEmpty()) return;
	}
	throw new Error('The database of the tests could not be emptied.');
}

beforeEach(async () => {
	await emptied();
	await applyD1Migrations(env.DB, env.TEST_MIGRATIONS ?? []);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, openLocalDatabase, seed } from '../../scripts/database.mjs';
import { newGatewayKey } from '../../scripts/secrets.mjs';

let folder: string;
let local: Awaited<ReturnType<typeof openLocalDatabase>>;

const first = newGatewayKey();
const second = newGatewayKey();

interface KeyRow {
	readonly id: string;
	readonly revoked_at: number | null;
	readonly slug: string;
}

const keys = async (): Promise<KeyRow[]> => {
	const select =
		'SELECT k.id, k.revoked_at, o.slug FROM gateway_keys k JOIN organizations o ON o.id = k.organization_id';
	return (await local.db.prepare(`${select} ORDER BY k.created_at`).all<KeyRow>()).results;
};

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'switchyard-database-'));
	local = await openLocalDatabase(process.cwd(), folder);
});

afterAll(async () => {
	await local.close();
	rmSync(folder, { recursive: true });
});

describe('the local D1', () => {
	it('gets every migration once', async () => {
		const applied = await migrate(local.db, process.cwd());
		expect(applied.length).toBeGreaterThan(0);
		expect(await migrate(local.db, process.cwd())).toEqual([]);
	});

	it('is seeded with a demo organization and its key, and a second time with nothing', async () => {
		expect(await seed(local.db, first)).toEqual({ usable: true });
		const before = await local.db.prepare('SELECT * FROM organizations').all();
		expect(await seed(local.db, first)).toEqual({ usable: true });
		expect((await local.db.prepare('SELECT * FROM organizations').all()).results).toEqual(before.results);
		expect(await keys()).toMatchObject([{ slug: 'demo', revoked_at: null }]);
	});

	it('revokes the development key that another one replaces', async () => {
		expect(await seed(local.db, second)).toEqual({ usable: true });
		expect(await keys()).toMatchObject([{ revoked_at: expect.any(Number) }, { revoked_at: null }]);
	});

	it('says that a key was revoked, and leaves it so', async () => {
		expect(await seed(local.db, first)).toEqual({ usable: false });
	});

	it('refuses what is no gateway key', async () => {
		await expect(seed(local.db, 'hello')).rejects.toThrow('DEV_GATEWAY_KEY');
	});
});

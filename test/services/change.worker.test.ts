import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/client';
import { organizations } from '../../src/db/schema';
import { change } from '../../src/services/change';
import type { ServiceContext } from '../../src/services/context';
import {
	auditRows,
	configVersion,
	db,
	insertOrganization,
	NOW,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
} from './bench';

const ENTRY = {
	action: 'update',
	entity: 'organization',
	entityId: 'o1',
	before: { name: 'o1' },
	after: { name: 'New' },
} as const;

const rename = (id: string, name: string) => db.update(organizations).set({ name }).where(eq(organizations.id, id));

let port: ScriptedChange;
let ctx: ServiceContext;

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
	port = scriptedChange();
	ctx = serviceContext(principal('o1'), { change: port });
});

/** D1 whose batches fail: before they reach it, or after they were committed. */
function failingBatch(moment: 'before' | 'after'): Database {
	return new Proxy(db, {
		get(target, name, receiver) {
			if (name !== 'batch') return Reflect.get(target, name, receiver);
			return async (...given: Parameters<Database['batch']>) => {
				if (moment === 'after') await target.batch(...given);
				throw new Error('D1_ERROR: Network connection lost.');
			};
		},
	});
}

describe('a change', () => {
	it('is prepared before its batch and settled after it, with the version it left', async () => {
		expect(await change(ctx, 'o1', [rename('o1', 'New')], ENTRY)).toBe(true);
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
	});

	it('writes its audit row in the same batch', async () => {
		await change(ctx, 'o1', [rename('o1', 'New')], ENTRY);
		expect(await auditRows('o1')).toEqual([
			{
				id: expect.any(String),
				organizationId: 'o1',
				actor: 'user:ann',
				...ENTRY,
				requestId: 'request-1',
				createdAt: NOW,
			},
		]);
		expect(await configVersion('o2')).toBe(1);
	});

	it('of nothing is not audited, and says so', async () => {
		expect(await change(ctx, 'o1', [rename('nobody', 'New')], ENTRY)).toBe(false);
		expect(await auditRows('o1')).toEqual([]);
	});

	it('that breaks a unique constraint leaves nothing behind and settles with the version as it was', async () => {
		const taken = db.update(organizations).set({ slug: 'o2-slug' }).where(eq(organizations.id, 'o1'));
		const error = await refusal(change(ctx, 'o1', [rename('o1', 'New'), taken], ENTRY));
		expect(error).toMatchObject({ code: 'conflict', param: 'slug' });
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 1 @1']);
		expect(await auditRows('o1')).toEqual([]);
		expect(await db.select({ name: organizations.name }).from(organizations)).toEqual([{ name: 'o1' }, { name: 'o2' }]);
	});

	it('whose audit row fails is not made', async () => {
		const again = serviceContext(principal('o1'), { change: port, newId: () => 'same' });
		await change(again, 'o1', [rename('o1', 'First')], ENTRY);
		await expect(change(again, 'o1', [rename('o1', 'Second')], ENTRY)).rejects.toThrow();
		expect(await configVersion('o1')).toBe(2);
		expect(await db.select({ name: organizations.name }).from(organizations)).toContainEqual({ name: 'First' });
	});

	it('whose batch is lost settles with the version that D1 holds', async () => {
		await expect(change({ ...ctx, db: failingBatch('before') }, 'o1', [rename('o1', 'New')], ENTRY)).rejects.toThrow();
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 1 @1']);
	});

	it('whose answer is lost after the commit settles with the new version', async () => {
		await expect(change({ ...ctx, db: failingBatch('after') }, 'o1', [rename('o1', 'New')], ENTRY)).rejects.toThrow();
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
	});

	it('that can not be prepared writes nothing', async () => {
		port.failOn = 'prepare';
		const error = await refusal(change(ctx, 'o1', [rename('o1', 'New')], ENTRY));
		expect(error.code).toBe('upstream_unavailable');
		expect(port.events).toEqual(['prepare o1 @1']);
		expect(await configVersion('o1')).toBe(1);
	});

	it('holds although settling fails', async () => {
		port.failOn = 'settle';
		expect(await change(ctx, 'o1', [rename('o1', 'New')], ENTRY)).toBe(true);
		expect(await configVersion('o1')).toBe(2);
	});
});

import { asc, eq, isNull, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditLogs, ledgerCursor, llmGlobalSettings, organizations } from '../../src/db/schema';
import { GatewayError } from '../../src/errors';
import { changeEverywhere } from '../../src/services/change-everywhere';
import type { ConfigChangePort, ServiceContext } from '../../src/services/context';
import { configVersion, db, insertOrganization, NOW, operator, refusal, scriptedChange, serviceContext } from './bench';

const ENTRY = {
	action: 'update',
	entity: 'global-setting',
	entityId: 'fast',
	before: { displayName: 'Fast' },
	after: { displayName: 'New' },
} as const;

const rename = (id: string) =>
	db.update(llmGlobalSettings).set({ displayName: 'New' }).where(eq(llmGlobalSettings.id, id));

const platformRows = () =>
	db.select().from(auditLogs).where(isNull(auditLogs.organizationId)).orderBy(asc(auditLogs.id));

type Line = readonly [event: string, fields: Readonly<Record<string, unknown>>];

let lines: Line[];
let deferred: Promise<unknown>[];

function context(change: ConfigChangePort, parts: Partial<ServiceContext> = {}): ServiceContext {
	return serviceContext(operator('o1'), {
		change,
		log: (_level, event, fields) => void lines.push([event, fields]),
		defer: (work) => void deferred.push(work),
		...parts,
	});
}

/** `<prefix>0`, `<prefix>1`, … */
const insertMany = (prefix: string, count: number) =>
	db.run(sql`
		insert into organizations (id, slug, name, created_at, updated_at)
		select ${prefix} || value, ${prefix} || value, 'Many', ${NOW}, ${NOW} + value
		from json_each(${JSON.stringify(Array.from({ length: count }, (_, at) => at))})`);

beforeEach(async () => {
	lines = [];
	deferred = [];
	await insertOrganization('o1');
	await insertOrganization('o2');
	await insertOrganization('o3');
});

describe('a change everywhere', () => {
	it('moves every organization’s version in the batch of its audit row, and tells each of them', async () => {
		const port = scriptedChange();
		await db.update(organizations).set({ configVersion: 7 }).where(eq(organizations.id, 'o2'));
		expect(await changeEverywhere(context(port), [{ writes: [rename('fast')], entry: ENTRY }])).toEqual([true]);
		expect(port.events.toSorted()).toEqual(['settle o1 2 @2', 'settle o2 8 @8', 'settle o3 2 @2']);
		expect(await platformRows()).toMatchObject([{ organizationId: null, actor: 'operator', ...ENTRY }]);
		expect(lines).toEqual([]);
	});

	it('leaves organizations that are gone alone', async () => {
		const port = scriptedChange();
		await db.update(organizations).set({ deletedAt: NOW }).where(eq(organizations.id, 'o2'));
		await changeEverywhere(context(port), [{ writes: [rename('fast')], entry: ENTRY }]);
		expect(await configVersion('o2')).toBe(1);
		expect(port.events.toSorted()).toEqual(['settle o1 2 @2', 'settle o3 2 @2']);
	});

	it('says for each step whether it changed a row, and audits those that did', async () => {
		const steps = ['nobody', 'fast', 'balanced'].map((id) => ({
			writes: [rename(id)],
			entry: { ...ENTRY, entityId: id },
		}));
		expect(await changeEverywhere(context(scriptedChange()), steps)).toEqual([false, true, true]);
		expect((await platformRows()).map(({ entityId }) => entityId)).toEqual(['fast', 'balanced']);
	});

	it('holds although one of them can’t be told: that one is logged, the others are told', async () => {
		const told: string[] = [];
		const port: ConfigChangePort = {
			prepare: async () => undefined,
			async settle(id) {
				if (id === 'o2') throw new GatewayError('upstream_unavailable', 'The ledger does not answer.');
				told.push(id);
			},
		};
		expect(await changeEverywhere(context(port), [{ writes: [rename('fast')], entry: ENTRY }])).toEqual([true]);
		expect(told.toSorted()).toEqual(['o1', 'o3']);
		expect(await configVersion('o2')).toBe(2);
		expect(lines).toMatchObject([['change-untold', { organizationId: 'o2', version: 2 }]]);
	});

	it('that fails moves no version and tells nobody', async () => {
		const port = scriptedChange();
		const taken = db.update(organizations).set({ slug: 'o2-slug' }).where(eq(organizations.id, 'o1'));
		const steps = [{ writes: [rename('fast'), taken], entry: ENTRY }];
		expect(await refusal(changeEverywhere(context(port), steps))).toMatchObject({ code: 'conflict', param: 'slug' });
		expect(port.events).toEqual([]);
		expect(await configVersion('o1')).toBe(1);
		expect(await platformRows()).toEqual([]);
	});

	it('tells 200 before its answer, those that were ever used first, and at most 20 at a time', async () => {
		await insertMany('many-', 300);
		await db.insert(ledgerCursor).values({ organizationId: 'o1', seq: 1 });
		const order: string[] = [];
		let running = 0;
		let most = 0;
		const port: ConfigChangePort = {
			prepare: async () => undefined,
			async settle(id) {
				order.push(id);
				running += 1;
				most = Math.max(most, running);
				await Promise.resolve();
				running -= 1;
			},
		};
		let told = 0;
		const defer = (work: Promise<unknown>) => {
			told = order.length;
			deferred.push(work);
		};
		await changeEverywhere(context(port, { defer }), [{ writes: [rename('fast')], entry: ENTRY }]);
		await Promise.all(deferred);
		expect(order[0]).toBe('o1');
		expect(order[1]).toBe('many-299');
		expect(told).toBeGreaterThanOrEqual(200);
		expect(told).toBeLessThanOrEqual(220);
		expect(new Set(order).size).toBe(303);
		expect(most).toBe(20);
		expect(lines).toEqual([]);
	});

	it('leaves those beyond the first 800 to find out by themselves, and says how many', async () => {
		await insertMany('many-', 807);
		const port = scriptedChange();
		const quiet: ConfigChangePort = {
			prepare: port.prepare,
			settle: async (id) => void port.events.push(id),
		};
		await changeEverywhere(context(quiet), [{ writes: [rename('fast')], entry: ENTRY }]);
		await Promise.all(deferred);
		expect(port.events).toHaveLength(800);
		expect(lines).toEqual([['change-untold', { organizations: 10 }]]);
		expect(await configVersion('many-0')).toBe(2);
	});
});

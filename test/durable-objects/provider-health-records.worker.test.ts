/** What the health object leaves in D1. */
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndpointFacts, HealthCheck, Outcome } from '../../src/health/contract';
import { ENDPOINT, facts, keyUse, outcome } from '../support/health';
import { type FailingDb, failingDb, organization } from './org-ledger-support';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const OWN = `vllm@llm.example#a`;

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
const stub = (endpoint = ENDPOINT) => env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(endpoint));
const failures = (count: number, fields: Partial<Outcome> = {}): Outcome[] =>
	Array.from({ length: count }, () => outcome({ result: 'failure', at: Date.now(), ...fields }));
const refused = (fields: Parameters<typeof keyUse>[0] = {}): Outcome =>
	outcome({ result: 'neutral', key: keyUse({ word: 'refused', status: 401, ...fields }) });
const answered = (): Outcome => outcome({ key: keyUse() });

/** The object writes to this one, and does not rest between writes. */
async function wired(db: FailingDb = failingDb(), endpoint = ENDPOINT): Promise<FailingDb> {
	await runInDurableObject(stub(endpoint), (object) => {
		object.ports = { db, pause: () => Promise.resolve() };
	});
	return db;
}

/** Reports, and waits until D1 has been told. */
async function told(db: FailingDb, outcomes: readonly Outcome[], from: EndpointFacts = facts()): Promise<void> {
	await stub(from.endpoint).report(from, outcomes);
	await db.idle();
	await stub(from.endpoint).snapshot();
	await db.idle();
}

async function rows<T>(query: string): Promise<T[]> {
	return (await env.DB.prepare(query).all<T>()).results;
}

interface EndpointRow {
	readonly endpoint: string;
	readonly state: string;
	readonly state_since: number;
	readonly last_used_at: number;
	readonly last_checked_at: number | null;
	readonly provider_row_id: string | null;
	readonly organization_id: string | null;
	readonly provider: string;
}

const endpoints = () => rows<EndpointRow>('select * from provider_endpoints order by endpoint');

interface AlertRow {
	readonly cause: string;
	readonly kind: string;
	readonly organization_id: string | null;
	readonly message: string;
	readonly details: string;
	readonly opened_at: number;
	readonly seen_at: number;
	readonly resolved_at: number | null;
}

const alerts = () => rows<AlertRow>('select * from alerts order by opened_at, cause');

interface KeyRow {
	readonly refused_at: number | null;
	readonly refused_status: number | null;
	readonly version: number;
	readonly updated_at: number;
}

const keyRow = (id = 'row-a') => env.DB.prepare('select * from llm_providers where id = ?').bind(id).first<KeyRow>();

async function storedKey(id = 'row-a', organizationId = 'a'): Promise<void> {
	await organization(1, organizationId);
	await env.DB.prepare(
		`insert into llm_providers (id, organization_id, provider, name, sealed_api_key, created_at, updated_at)
			values (?1, ?2, 'openai', 'main', 'v1.secret', 0, 0)`,
	)
		.bind(id, organizationId)
		.run();
}

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: START });
});

afterEach(() => {
	vi.useRealTimers();
});

describe('the row of an endpoint', () => {
	it('is there from its first use, and told when it is used every five minutes', async () => {
		const db = await wired();
		await told(db, [outcome()], facts({ rowId: 'row-a' }));
		expect(await endpoints()).toEqual([
			{
				endpoint: ENDPOINT,
				provider: 'openai',
				organization_id: null,
				provider_row_id: 'row-a',
				state: 'closed',
				state_since: START,
				last_used_at: START,
				last_checked_at: null,
			},
		]);
		pass(4 * MINUTE);
		await told(db, [outcome()]);
		expect(db.batches).toBe(1);
		pass(MINUTE);
		await told(db, [outcome()]);
		expect(db.batches).toBe(2);
		expect(await endpoints()).toMatchObject([{ last_used_at: START + 5 * MINUTE, state_since: START }]);
	});

	it('follows the worst of its breakers', async () => {
		const db = await wired();
		await told(db, failures(5));
		expect(await endpoints()).toMatchObject([{ state: 'open', state_since: START }]);
		pass(10_000);
		await told(db, []);
		expect(await endpoints()).toMatchObject([{ state: 'half-open', state_since: START + 10_000 }]);
		await told(db, [outcome({ probe: true })]);
		expect(await endpoints()).toMatchObject([{ state: 'closed', state_since: START + 10_000 }]);
	});

	it('tells each check, which makes it neither used nor unused', async () => {
		const db = await wired();
		const check: HealthCheck = { at: START, ok: true, latencyMs: 5, failure: null, status: 200 };
		await stub().checked(facts(), check);
		await db.idle();
		expect(await endpoints()).toMatchObject([{ last_used_at: 0, last_checked_at: START }]);
		await told(db, [outcome()]);
		pass(MINUTE);
		await stub().checked(facts(), { ...check, at: START + MINUTE });
		await db.idle();
		expect(await endpoints()).toMatchObject([{ last_used_at: START, last_checked_at: START + MINUTE }]);
	});

	it('keeps what it knew where the object begins anew', async () => {
		await told(await wired(), [outcome()]);
		pass(1_000);
		await runInDurableObject(stub(), (_, state) => {
			state.storage.sql.exec('delete from memory');
		});
		await abortAllDurableObjects();
		await told(await wired(), [outcome()]);
		expect(await endpoints()).toMatchObject([{ state_since: START, last_used_at: START + 1_000 }]);
	});
});

describe('an open breaker', () => {
	it('raises one alert of the platform for a shared endpoint, resolved when it closes', async () => {
		const db = await wired();
		await told(db, [...failures(5), ...failures(5, { modelClass: 'other' })]);
		pass(1_000);
		await told(db, failures(5));
		expect(await alerts()).toMatchObject([
			{
				cause: `platform:provider-down:${ENDPOINT}`,
				kind: 'provider-down',
				organization_id: null,
				opened_at: START,
				resolved_at: null,
			},
		]);
		const [alert] = await alerts();
		expect(alert?.message).toContain('openai (api.example) keeps failing for m, other');
		expect(JSON.parse(alert?.details ?? '')).toEqual({ endpoint: ENDPOINT, provider: 'openai' });
		pass(9_000);
		await told(db, []);
		expect(await alerts()).toMatchObject([{ resolved_at: null }]);
		await told(db, [outcome({ probe: true }), outcome({ probe: true, modelClass: 'other' })]);
		expect(await alerts()).toMatchObject([{ resolved_at: START + 10_000 }]);
	});

	it("raises its owner's alert for an organization's own server", async () => {
		const own = facts({ endpoint: OWN, provider: 'vllm', organizationId: 'a', rowId: 'row-a' });
		await told(await wired(failingDb(), OWN), failures(5, { scope: 'endpoint' }), own);
		expect(await alerts()).toMatchObject([{ cause: `a:provider-down:${OWN}`, organization_id: 'a' }]);
		expect((await alerts())[0]?.message).toContain('Check that the server at llm.example runs');
	});

	it('is one alert though it flaps, and another one ten minutes after its end', async () => {
		const db = await wired();
		for (let n = 0; n < 3; n++) {
			await told(db, failures(5));
			pass(10_000);
			await told(db, [outcome({ probe: true })]);
			pass(20_000);
		}
		expect(await alerts()).toMatchObject([{ opened_at: START, resolved_at: START + 70_000 }]);
		pass(10 * MINUTE);
		await told(db, failures(5));
		expect(await alerts()).toHaveLength(2);
	});
});

describe('a refused key', () => {
	it('is marked and alerted once, and both end when it answers', async () => {
		await storedKey();
		const db = await wired();
		await told(db, [answered()]);
		pass(1_000);
		await told(db, [refused(), refused()]);
		expect(await keyRow()).toMatchObject({ refused_at: START + 1_000, refused_status: 401, version: 1, updated_at: 0 });
		expect(await alerts()).toMatchObject([
			{
				cause: 'a:key-refused:row-a',
				kind: 'key-refused',
				organization_id: 'a',
				opened_at: START + 1_000,
				resolved_at: null,
			},
		]);
		const [alert] = await alerts();
		expect(alert?.message).toMatch(
			/^The key 'main' of openai was refused by the provider \(HTTP 401\)\. .*enter a new key/,
		);
		expect(JSON.stringify(alert)).not.toContain('secret');
		expect(JSON.parse(alert?.details ?? '')).toEqual({
			provider: 'openai',
			name: 'main',
			providerRowId: 'row-a',
			status: 401,
		});
		pass(1_000);
		await told(db, [answered()]);
		expect(await keyRow()).toMatchObject({ refused_at: null, refused_status: null, version: 1 });
		expect(await alerts()).toMatchObject([{ resolved_at: START + 2_000 }]);
		const audited = await rows('select 1 from audit_logs');
		expect(audited).toHaveLength(0);
	});

	it('is free again where a new secret answers under the same row', async () => {
		await storedKey();
		const db = await wired();
		await told(db, [refused()]);
		await told(db, [outcome({ key: keyUse({ mark: 'row-a.2' }) })]);
		expect(await keyRow()).toMatchObject({ refused_at: null });
		expect(await alerts()).toMatchObject([{ resolved_at: START }]);
	});

	it('is told again under a new secret, though the old one was refused, and not for the old one any more', async () => {
		await storedKey();
		const db = await wired();
		await told(db, [refused({ startedAt: START })]);
		// The row gets another secret: what is stored of the old one is cleared with it.
		await env.DB.prepare("update llm_providers set refused_at = null where id = 'row-a'").run();
		await env.DB.prepare('update alerts set resolved_at = ?')
			.bind(START + 1)
			.run();
		pass(1_000);
		await told(db, [refused({ mark: 'row-a.2', startedAt: START + 500 })]);
		expect(await keyRow()).toMatchObject({ refused_at: START + 1_000 });
		expect(await alerts()).toMatchObject([{ resolved_at: null }]);
		await told(db, [outcome({ key: keyUse({ mark: 'row-a.2', startedAt: START + 800 }) })]);
		expect(await keyRow()).toMatchObject({ refused_at: null });
		pass(1_000);
		await told(db, [refused({ mark: 'row-a.1', startedAt: START + 400 })]);
		expect(await keyRow()).toMatchObject({ refused_at: null });
		expect(await alerts()).toMatchObject([{ resolved_at: START + 1_000 }]);
	});

	it('is freed even by an object that forgot it was refused', async () => {
		await storedKey();
		await told(await wired(), [refused()]);
		await runInDurableObject(stub(), (_, state) => {
			state.storage.sql.exec('delete from memory');
		});
		await abortAllDurableObjects();
		await told(await wired(), [answered()]);
		expect(await keyRow()).toMatchObject({ refused_at: null });
		expect(await alerts()).toMatchObject([{ resolved_at: START }]);
	});

	it("is none of another organization's, of a row that is gone, or of the environment", async () => {
		await storedKey('row-b', 'b');
		await told(await wired(), [
			refused({ rowId: 'row-b', organizationId: 'a', mark: 'row-b.1' }),
			refused({ rowId: 'gone', mark: 'gone.1' }),
			refused({ rowId: null, mark: 'environment.1' }),
		]);
		expect(await keyRow('row-b')).toMatchObject({ refused_at: null });
		expect(await alerts()).toEqual([]);
	});
});

describe('while D1 fails', () => {
	it('answers as ever, and tells all of it with the next occasion', async () => {
		await storedKey();
		const db = await wired(failingDb('before', 'before'));
		expect((await stub().report(facts(), [...failures(5), refused()])).classes.m?.state).toBe('open');
		await db.idle();
		await told(db, []);
		expect(db.batches).toBe(1);
		pass(1_000);
		await told(db, []);
		expect(db.batches).toBe(2);
		expect(await endpoints()).toEqual([]);
		pass(1_000);
		await told(db, []);
		expect(await endpoints()).toMatchObject([{ state: 'open', state_since: START }]);
		expect((await alerts()).map(({ kind }) => kind).sort()).toEqual(['key-refused', 'provider-down']);
		expect(await keyRow()).toMatchObject({ refused_at: START });
	});

	it('writes it twice without harm where the answer was lost', async () => {
		const db = await wired(failingDb('after'));
		await told(db, failures(5));
		pass(1_000);
		await told(db, []);
		expect(db.batches).toBe(2);
		expect(await endpoints()).toMatchObject([{ state: 'open', state_since: START }]);
		expect(await alerts()).toHaveLength(1);
	});
});

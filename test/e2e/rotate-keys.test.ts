import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/node/worker';
import { MINI } from './changes';
import { openPlatform, type Platform, refusalOf, type Tenant } from './tenant';

/** 32 bytes each. */
const keyOf = (letter: string): string => Buffer.from(letter.repeat(32)).toString('base64');
const [A, B, C] = [keyOf('a'), keyOf('b'), keyOf('c')];

const ORGANIZATIONS = 5;
const ROWS = ORGANIZATIONS * 2;

let platform: Platform;
let tenants: readonly Tenant[];

/** The organization's keys, as the upstream must see them. */
const keysOf = ({ slug }: Tenant) => [`sk-openai-${slug}`, `sk-mistral-${slug}`];

async function withKeys(): Promise<Tenant> {
	const tenant = await platform.tenant();
	const [openai, mistral] = keysOf(tenant);
	const baseUrl = platform.upstream.root;
	await tenant.rest('POST', '', { provider: 'openai', apiKey: openai, baseUrl });
	await tenant.rest('POST', '', { provider: 'mistral', apiKey: mistral, baseUrl });
	return tenant;
}

/** Which key each organization's calls bring to the upstream, or how they are refused. */
const sent = () =>
	Promise.all(
		tenants.map(async ({ ask }) => {
			const told = [await ask(MINI), await ask('mistral/mistral-small-latest')];
			return told.map(({ call, code }) => call?.key ?? code);
		}),
	);

const expected = () => tenants.map(keysOf);

interface Ended {
	readonly code: number;
	readonly out: string;
	readonly error: string;
}

/** `npm run rotate-keys` */
const rotate = (): Promise<Ended> =>
	new Promise((ended) => {
		const env = { SWITCHYARD_URL: platform.worker.origin, ADMIN_API_KEY: platform.worker.adminKey };
		const child = execFile(process.execPath, [join(ROOT, 'scripts/rotate-keys.mjs')], { env }, (_, out, error) =>
			ended({ code: child.exitCode ?? -1, out, error }),
		);
	});

/** Ids of the encryption keys that the rows lie under, each with how many of them. */
async function underKeys(): Promise<readonly number[]> {
	const rows = await platform.worker.query<{ rows: number }>(
		'select count(*) as rows from llm_providers where sealed_api_key is not null group by key_id order by rows',
	);
	return rows.map((row) => row.rows);
}

beforeAll(async () => {
	platform = await openPlatform({ LLM_ENCRYPTION_KEY: A });
	tenants = await Promise.all(Array.from({ length: ORGANIZATIONS }, withKeys));
});

afterAll(() => platform?.close());

describe('rotating the encryption key of a running platform', () => {
	it('goes on where it was broken off, and no call fails on the way', async () => {
		const { worker, operator } = platform;
		expect(await sent()).toEqual(expected());
		expect(await underKeys()).toEqual([ROWS]);
		await worker.restart({ LLM_ENCRYPTION_KEY: B, LLM_ENCRYPTION_KEYS_OLD: A });
		expect(await sent()).toEqual(expected());
		const [half, during] = await Promise.all([operator.providers.resealKeys.mutate({ limit: 4 }), sent()]);
		expect(during).toEqual(expected());
		expect(half).toMatchObject({ resealed: 4, remaining: ROWS - 4, failed: [] });
		expect(half.next).not.toBeNull();
		expect(await underKeys()).toEqual([4, ROWS - 4]);
		expect(await sent()).toEqual(expected());
		// In the middle of it: objects gone, a new isolate.
		await worker.killObjects();
		await worker.restart();
		expect(await sent()).toEqual(expected());
		const ended = await rotate();
		expect(ended).toMatchObject({ code: 0, error: '' });
		expect(ended.out).toMatch(new RegExp(`^${ROWS - 4} keys moved to \\S+, 0 remaining\\.\n$`));
		expect(await underKeys()).toEqual([ROWS]);
	});

	it('leaves nothing that needs the old key: what an isolate finds in KV from before does no harm', async () => {
		const { worker } = platform;
		await worker.restart({ LLM_ENCRYPTION_KEY: B, LLM_ENCRYPTION_KEYS_OLD: '' });
		expect(await sent()).toEqual(expected());
		const again = await rotate();
		expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^0 keys moved to \S+, 0 remaining\.\n$/) });
		const [first] = tenants as [Tenant];
		const { data } = await first.admin.audit.list.query({ entity: 'provider', action: 'reseal' });
		expect(data).toHaveLength(2);
		for (const { before, after } of data) expect(before).not.toEqual(after);
	});

	it('is needed: with a key that sealed nothing, calls with stored keys fail by name and everything else goes on', async () => {
		const { worker, upstream } = platform;
		await worker.restart({ LLM_ENCRYPTION_KEY: C });
		const before = upstream.calls.length;
		expect(await sent()).toEqual(tenants.map(() => ['model_not_found', 'model_not_found']));
		expect(upstream.calls.length).toBe(before);
		const [first] = tenants as [Tenant];
		expect((await first.ask('mock/echo')).status).toBe(200);
		expect((await (await platform.tenant()).ask(MINI)).status).toBe(200);
		const listed = await first.admin.providers.list.query();
		const row = listed.find(({ provider, source }) => provider === 'openai' && source === 'organization')?.id ?? '';
		expect(await first.admin.providers.test.mutate({ id: row })).toMatchObject({ ok: false });
		const ended = await rotate();
		expect(ended).toMatchObject({ code: 1 });
		expect(ended.out.match(/failed: /g)).toHaveLength(ROWS);
		expect(ended.error).toContain('LLM_ENCRYPTION_KEYS_OLD');
		expect(await underKeys()).toEqual([ROWS]);
		// A key entered anew is sealed with what is there.
		await first.admin.providers.rotate.mutate({ id: row, apiKey: 'sk-entered-anew' });
		expect((await first.ask(MINI)).call?.key).toBe('sk-entered-anew');
	});

	it('without any key nothing can be stored, and what needs none goes on', async () => {
		const { worker } = platform;
		await worker.restart({ LLM_ENCRYPTION_KEY: '' });
		const [first] = tenants as [Tenant];
		expect((await first.ask(MINI)).code).toBe('model_not_found');
		expect((await first.ask('mock/echo')).status).toBe(200);
		const own = { provider: 'groq', apiKey: 'sk-groq' };
		expect(await refusalOf(first.admin.providers.add.mutate(own))).toBe('internal');
		expect(await refusalOf(platform.operator.providers.resealKeys.mutate({}))).toBe('invalid_request');
	});

	it('after all of it the right key opens every row again', async () => {
		const { worker, operator } = platform;
		await worker.restart({ LLM_ENCRYPTION_KEY: B, LLM_ENCRYPTION_KEYS_OLD: C });
		const [first, ...others] = await sent();
		expect(first).toEqual(['sk-entered-anew', keysOf(tenants[0] as Tenant)[1]]);
		expect(others).toEqual(expected().slice(1));
		expect(await operator.providers.resealKeys.mutate({})).toMatchObject({ resealed: 1, remaining: 0, failed: [] });
	});
});

import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { credentials } from '../../src/config/credentials';
import { llmProviders } from '../../src/db/schema';
import { environmentPair } from '../../src/services/provider-row';
import { sealHost } from '../../src/vault/seal';
import { auditRows, db, insertOrganization, operator, principal, refusal, untyped } from './bench';
import { KEY, OPERATOR_KEY, OTHER_KEY, type ProviderBench, providerBench, storedRow } from './provider-bench';

const EVIL = 'https://evil.example.com/v1';
const HOME = 'https://llm.example.com/v1';
const variables = { OPENAI_API_KEY: OPERATOR_KEY, OLLAMA_API_KEY: OPERATOR_KEY };

let bench: ProviderBench;
let caller: ProviderBench['caller'];

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
	bench = providerBench(principal('o1'), { variables });
	caller = bench.caller;
});

/** The pairs that requests of the organization are made with, keys opened as the configuration opens them. */
async function pairs(organizationId = 'o1') {
	const rows = await db.select().from(llmProviders).where(eq(llmProviders.organizationId, organizationId));
	const opened = rows.map(async (row) => {
		const scope = { organizationId, provider: row.provider, host: sealHost(row.baseUrl), rowId: row.id };
		const key = row.sealedApiKey && (await bench.services.vault.open(scope, row.sealedApiKey).catch(() => null));
		return [row.id, key || null] as const;
	});
	return credentials(rows, new Map(await Promise.all(opened)), bench.services.environment);
}

/** As someone with access to the database would. */
const tamper = (id: string, fields: Partial<typeof llmProviders.$inferInsert>) =>
	db.update(llmProviders).set(fields).where(eq(llmProviders.id, id));

describe("an operator's key never leaves for a tenant's host", () => {
	it('by a row with a base URL and no key: it is not completed from the environment', async () => {
		const error = await refusal(caller.add({ provider: 'openai', baseUrl: EVIL }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'apiKey' });
		const keyless = await caller.add({ provider: 'ollama', baseUrl: EVIL });
		expect((await pairs()).ollama).toMatchObject([{ rowId: keyless.id, baseUrl: EVIL, apiKey: null }]);
		expect((await pairs()).openai).toMatchObject([{ rowId: null, apiKey: OPERATOR_KEY }]);

		const { id } = await caller.add({ provider: 'openai', baseUrl: HOME, apiKey: KEY });
		await tamper(id, { sealedApiKey: null, baseUrl: EVIL });
		expect((await pairs()).openai).toBeUndefined();
		await caller.test({ id });
		expect(bench.probed).toEqual([]);
	});

	it.each([
		['another host', EVIL],
		['another scheme', 'http://llm.example.com/v1'],
		['another port', 'https://llm.example.com:8443/v1'],
		["the provider's own host", null],
		['a host that begins alike', 'https://llm.example.com.evil.example.com/v1'],
	])('by an update that moves the row to %s and keeps the key: it must be given again', async (_, baseUrl) => {
		const allowing = providerBench(principal('o1'), { variables, refusedAddress: () => null });
		const { id } = await caller.add({ provider: 'openai', baseUrl: HOME, apiKey: KEY });
		const before = await storedRow(id);
		const error = await refusal(allowing.caller.update({ id, baseUrl, name: 'moved' }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'apiKey' });
		expect(await storedRow(id)).toEqual(before);
		expect(await auditRows('o1')).toHaveLength(1);

		const moved = await allowing.caller.update({ id, baseUrl, apiKey: OTHER_KEY });
		expect(moved).toMatchObject({ baseUrl, keyLast4: '0002' });
		expect((await pairs()).openai?.[0]?.apiKey).toBe(OTHER_KEY);
	});

	it('by an update in two steps, off the host and on again', async () => {
		const { id } = await caller.add({ provider: 'custom', baseUrl: HOME, apiKey: KEY });
		await caller.remove({ id });
		for (const isActive of [true, false])
			expect(await refusal(caller.update({ id, isActive, baseUrl: EVIL }))).toMatchObject({ param: 'apiKey' });
	});

	it('by adoption, or a reference to the environment, in a row with a base URL of its own', async () => {
		const reference = ['$', '{OPENAI_API_KEY}'].join('');
		for (const baseUrl of [EVIL, null])
			expect(await refusal(caller.add({ provider: 'openai', apiKey: reference, baseUrl }))).toMatchObject({
				code: 'invalid_request',
				param: 'apiKey',
			});

		const admin = providerBench(operator('o1'), { variables }).caller;
		expect(await refusal(admin.adoptEnvironment(untyped({ providers: ['openai'], baseUrl: EVIL })))).toMatchObject({
			code: 'invalid_request',
			param: 'baseUrl',
		});
		const { adopted } = await admin.adoptEnvironment({ providers: ['openai'] });
		const [row] = adopted;
		expect(row).toMatchObject({ baseUrl: null, keyLast4: '9999' });
		const id = row?.id ?? '';
		expect(await refusal(caller.update({ id, baseUrl: EVIL }))).toMatchObject({ param: 'apiKey' });
		await tamper(id, { baseUrl: EVIL });
		expect((await pairs()).openai).toBeUndefined();
	});

	it('by an import or a test of the environment, whose address is its own', async () => {
		await caller.test({ id: 'openai' });
		expect(bench.probed).toMatchObject([
			{ credential: { apiKey: OPERATOR_KEY, baseUrl: 'https://api.openai.com/v1', trust: 'operator' } },
		]);
		expect(environmentPair(bench.services, 'openai')?.baseUrl).toBe('https://api.openai.com/v1');
	});
});

describe('a ciphertext in D1', () => {
	it.each([
		['another base URL', { baseUrl: EVIL }],
		["the provider's own address", { baseUrl: null }],
		['another provider', { provider: 'groq' }],
	] as const)('does not open in a row with %s', async (_, fields) => {
		const { id } = await caller.add({ provider: 'openai', baseUrl: HOME, apiKey: KEY });
		await tamper(id, fields);
		expect(
			Object.values(await pairs())
				.flat()
				.map(({ apiKey }) => apiKey),
		).not.toContain(KEY);
		expect(await caller.test({ id })).toMatchObject({ ok: false, error: { code: 'internal' } });
		expect(bench.probed).toEqual([]);
	});

	it('does not open in another row of the same organization, provider and host', async () => {
		const mine = await caller.add({ provider: 'openai', name: 'one', baseUrl: HOME, apiKey: KEY });
		const other = await caller.add({ provider: 'openai', name: 'two', baseUrl: HOME, apiKey: OTHER_KEY });
		await tamper(other.id, { sealedApiKey: (await storedRow(mine.id)).sealedApiKey });
		expect((await pairs()).openai).toMatchObject([{ rowId: mine.id, apiKey: KEY }]);
		expect(await caller.test({ id: other.id })).toMatchObject({ ok: false });
	});

	it('does not open in another organization', async () => {
		const theirs = await caller.add({ provider: 'openai', baseUrl: HOME, apiKey: KEY });
		const thief = providerBench(principal('o2'), { variables });
		const mine = await thief.caller.add({ provider: 'openai', baseUrl: HOME, apiKey: OTHER_KEY });
		await tamper(mine.id, { sealedApiKey: (await storedRow(theirs.id)).sealedApiKey });
		expect((await pairs('o2')).openai).toBeUndefined();
		await tamper(theirs.id, { organizationId: 'o2', name: 'stolen', isDefault: false });
		expect((await pairs('o2')).openai).toBeUndefined();
	});

	it('that was altered is said to be unreadable, and can be replaced', async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		const { sealedApiKey } = await storedRow(id);
		await tamper(id, { sealedApiKey: `${sealedApiKey?.slice(0, -2)}AA` });
		const result = await caller.test({ id });
		expect(result).toMatchObject({ ok: false, latencyMs: 0, error: { code: 'internal' } });
		expect(result.error?.message).toContain('Store the key again');
		expect(await caller.models({ id })).toMatchObject({ warning: expect.stringContaining("can't be opened") });
		await caller.update({ id, apiKey: OTHER_KEY });
		expect(await caller.test({ id })).toMatchObject({ ok: true });
	});
});

import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/client';
import { llmProviders } from '../../src/db/schema';
import { resealKeys } from '../../src/services/reseal';
import { auditRows, configVersion, db, insertOrganization, operator, principal, refusal } from './bench';
import { KEY, type ProviderBench, providerBench, storedRow, vaultOf } from './provider-bench';

let ids: { readonly id: string; readonly organization: string }[];

beforeEach(async () => {
	ids = [];
	for (const organization of ['o1', 'o2']) {
		await insertOrganization(organization);
		const { caller } = providerBench(principal(organization), { vault: vaultOf(1) });
		for (const name of ['a', 'b', 'c']) {
			const { id } = await caller.add({ provider: 'openai', name, apiKey: `${KEY}-${organization}-${name}` });
			ids.push({ id, organization });
		}
	}
	const { caller } = providerBench(principal('o1'), { vault: vaultOf(1) });
	await caller.add({ provider: 'custom', baseUrl: 'https://gpu.example.com' });
	await caller.remove({ id: ids[2]?.id ?? '' });
});

/** The operator on an instance with these encryption keys. */
const rotating = (vault = vaultOf(2, 1), parts: object = {}): ProviderBench =>
	providerBench({ ...operator(''), organizationSlug: '' }, { vault, ...parts });

const keyIds = async () => new Set((await Promise.all(ids.map(({ id }) => storedRow(id)))).map(({ keyId }) => keyId));

const opens = async (vault: ReturnType<typeof vaultOf>): Promise<number> => {
	let opened = 0;
	for (const { id, organization } of ids) {
		const { provider, sealedApiKey } = await storedRow(id);
		const scope = { organizationId: organization, provider, host: '', rowId: id };
		const key = await vault.open(scope, sealedApiKey ?? '').catch(() => null);
		if (key?.startsWith(`${KEY}-${organization}`)) opened += 1;
	}
	return opened;
};

const first = (): string => ids[0]?.id ?? '';

describe('providers.resealKeys', () => {
	it('moves the keys of all organizations to the current key, after which the old one can go', async () => {
		const { caller, services } = rotating();
		const currentKeyId = await services.vault.currentKeyId();
		expect(await caller.resealKeys()).toEqual({ resealed: 6, remaining: 0, failed: [], currentKeyId, next: null });
		expect(await keyIds()).toEqual(new Set([currentKeyId]));
		expect(await opens(vaultOf(2))).toBe(6);
		expect(await opens(vaultOf(1))).toBe(0);
	});

	it('does nothing where nothing is left', async () => {
		await rotating().caller.resealKeys();
		const { caller, change } = rotating();
		expect(await caller.resealKeys()).toMatchObject({ resealed: 0, remaining: 0 });
		expect(change.events).toEqual([]);
	});

	it('moves the configuration of each organization once, so that no cache keeps an old envelope', async () => {
		const { caller, change } = rotating();
		const before = [await configVersion('o1'), await configVersion('o2')];
		await caller.resealKeys();
		expect([await configVersion('o1'), await configVersion('o2')]).toEqual(before.map((version = 0) => version + 1));
		expect(change.events.map((event) => event.split(' ').slice(0, 2).join(' '))).toEqual([
			'prepare o1',
			'settle o1',
			'prepare o2',
			'settle o2',
		]);
		const entries = (await auditRows('o2')).filter(({ action }) => action === 'reseal');
		expect(entries).toHaveLength(3);
		expect(entries[0]).toMatchObject({ entity: 'provider', actor: 'operator', before: {}, after: {} });
		expect(JSON.stringify(entries)).not.toMatch(/v1\.|sk-/);
	});

	it('leaves what a caller sees of the rows', async () => {
		const { caller } = providerBench(principal('o1'), { vault: vaultOf(2, 1) });
		const before = await caller.list();
		await rotating().caller.resealKeys();
		expect(await caller.list()).toEqual(before);
	});

	it('goes on where a batch ended', async () => {
		const { caller } = rotating();
		const one = await caller.resealKeys({ limit: 4 });
		expect(one).toMatchObject({ resealed: 4, remaining: 2 });
		expect(one.next).not.toBeNull();
		expect(await opens(vaultOf(2, 1))).toBe(6);
		expect(await caller.resealKeys({ limit: 4, after: one.next ?? '' })).toMatchObject({
			resealed: 2,
			remaining: 0,
			next: null,
		});
	});

	it('loses nothing where it is broken off, and goes on when called again', async () => {
		let batches = 0;
		const dying: Database = new Proxy(db, {
			get(target, name, receiver) {
				if (name !== 'batch') return Reflect.get(target, name, receiver);
				return async (...given: Parameters<Database['batch']>) => {
					batches += 1;
					if (batches === 2) throw new Error('D1_ERROR: Network connection lost.');
					return target.batch(...given);
				};
			},
		});
		const broken = await rotating(vaultOf(2, 1), { db: dying }).caller.resealKeys();
		expect(broken).toMatchObject({ resealed: 3, remaining: 3 });
		expect(broken.failed.map(({ organizationId }) => organizationId)).toEqual(['o2', 'o2', 'o2']);
		expect(JSON.stringify(broken)).not.toContain('D1_ERROR');
		expect(await opens(vaultOf(2, 1))).toBe(6);
		expect(await rotating().caller.resealKeys()).toMatchObject({ resealed: 3, remaining: 0, failed: [] });
		expect(await opens(vaultOf(2))).toBe(6);
	});

	it('reports a row that can not be opened, leaves it as it is, and does the others', async () => {
		const before = await storedRow(first());
		const broken = `${before.sealedApiKey?.slice(0, -2)}AA`;
		await db.update(llmProviders).set({ sealedApiKey: broken }).where(eq(llmProviders.id, first()));
		const { caller } = rotating();
		const result = await caller.resealKeys();
		expect(result).toMatchObject({ resealed: 5, remaining: 1, next: null });
		expect(result.failed).toEqual([
			{ id: first(), organizationId: 'o1', provider: 'openai', reason: expect.stringContaining("can't be opened") },
		]);
		expect(await storedRow(first())).toEqual({ ...before, sealedApiKey: broken });
		expect(await caller.resealKeys()).toMatchObject({ resealed: 0, remaining: 1, failed: [{ id: first() }] });
	});

	it('passes rows that can not be opened by, however many they are', async () => {
		await db.update(llmProviders).set({ sealedApiKey: 'v1.a.b.c' }).where(eq(llmProviders.organizationId, 'o1'));
		const { caller } = rotating();
		let resealed = 0;
		let failed = 0;
		let after: string | null = '';
		while (after !== null) {
			const step: Awaited<ReturnType<typeof caller.resealKeys>> = await caller.resealKeys({ limit: 2, after });
			resealed += step.resealed;
			failed += step.failed.length;
			after = step.next;
		}
		expect({ resealed, failed }).toEqual({ resealed: 3, failed: 4 });
	});

	it('never puts an old key back in the place of one that was stored meanwhile', async () => {
		const { services } = rotating();
		const owner = providerBench(principal('o1'), { vault: vaultOf(2, 1) }).caller;
		let stored = '';
		const slow = {
			...services.vault,
			open: async (...given: Parameters<typeof services.vault.open>) => {
				if (stored === '') {
					stored = 'done';
					await owner.rotate({ id: first(), apiKey: 'sk-brand-new-key-7777' });
				}
				return services.vault.open(...given);
			},
		};
		expect(await rotating(slow).caller.resealKeys()).toMatchObject({ resealed: 5, remaining: 0, failed: [] });
		expect(await owner.get({ id: first() })).toMatchObject({ keyLast4: '7777' });
		const scope = { organizationId: 'o1', provider: 'openai', host: '', rowId: first() };
		const { sealedApiKey } = await storedRow(first());
		expect(await services.vault.open(scope, sealedApiKey ?? '')).toBe('sk-brand-new-key-7777');
	});

	it('writes nothing that it could not read back', async () => {
		const { services } = rotating();
		const before = await Promise.all(ids.map(({ id }) => storedRow(id)));
		const forgetful = { ...services.vault, seal: async () => ({ envelope: 'v1.a.b.c', keyId: 'new' }) };
		const result = await rotating(forgetful).caller.resealKeys();
		expect(result).toMatchObject({ resealed: 0, remaining: 6 });
		expect(result.failed).toHaveLength(6);
		expect(await Promise.all(ids.map(({ id }) => storedRow(id)))).toEqual(before);
	});

	it('says what is missing where there is no current key', async () => {
		const error = await refusal(rotating(vaultOf(null, 1)).caller.resealKeys());
		expect(error).toMatchObject({ code: 'invalid_request', param: 'LLM_ENCRYPTION_KEY' });
	});

	it('is for the operator alone', async () => {
		const owner = providerBench(principal('o1'), { vault: vaultOf(2, 1) });
		await expect(resealKeys(owner.services)).rejects.toMatchObject({ code: 'forbidden' });
		expect(await opens(vaultOf(1))).toBe(6);
	});
});

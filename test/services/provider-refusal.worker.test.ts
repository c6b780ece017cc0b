import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyMark } from '../../src/config/key-mark';
import { alerts, llmProviders } from '../../src/db/schema';
import { GatewayError } from '../../src/errors';
import { configVersion, db, insertOrganization, NOW, operator, principal } from './bench';
import { KEY, OPERATOR_KEY, OTHER_KEY, type ProviderBench, providerBench, storedRow } from './provider-bench';

let bench: ProviderBench;
let caller: ProviderBench['caller'];
let answered: unknown[];

beforeEach(async () => {
	answered = [];
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2', { plan: 'pro' });
	bench = benchOf(principal('o1'));
	caller = bench.caller;
});

const benchOf = (who = principal('o1')) =>
	providerBench(who, {
		variables: { GROQ_API_KEY: OPERATOR_KEY },
		health: {
			status: async () => {
				throw new GatewayError('upstream_unavailable', 'silent');
			},
			answered: async (...told) => void answered.push(told),
		},
	});

const alert = (rowId: string, organizationId = 'o1') => ({
	id: `alert-${organizationId}-${rowId}`,
	organizationId,
	kind: 'key-refused' as const,
	cause: `${organizationId}:key-refused:${rowId}`,
	message: 'The key was refused.',
	openedAt: NOW - 1_000,
	seenAt: NOW - 1_000,
});

/** A row whose key was refused, as its health object says so. */
async function refused(parts: { readonly name?: string; readonly baseUrl?: string } = {}) {
	const row = await caller.add({ provider: 'openai', apiKey: KEY, ...parts });
	await refuse(row.id);
	return row;
}

async function refuse(id: string): Promise<void> {
	await db
		.update(llmProviders)
		.set({ refusedAt: NOW - 1_000, refusedStatus: 401 })
		.where(eq(llmProviders.id, id));
	await db.insert(alerts).values(alert(id)).onConflictDoNothing();
}

async function standing(id: string) {
	const { refusedAt, refusedStatus } = await storedRow(id);
	const open = await db
		.select()
		.from(alerts)
		.where(eq(alerts.cause, `o1:key-refused:${id}`));
	return { refusedAt, refusedStatus, alert: open.some(({ resolvedAt }) => resolvedAt === null) ? 'open' : 'resolved' };
}

const REFUSED = { refusedAt: NOW - 1_000, refusedStatus: 401, alert: 'open' };
const CLEARED = { refusedAt: null, refusedStatus: null, alert: 'resolved' };

describe('a refused key', () => {
	it('is shown with its row', async () => {
		const { id } = await refused();
		expect(await caller.get({ id })).toMatchObject({ refusedAt: NOW - 1_000, refusedStatus: 401 });
		expect(await caller.get({ id: 'groq' })).toMatchObject({ refusedAt: null, refusedStatus: null });
	});

	it.each([
		['rotating it', (id: string) => caller.rotate({ id, apiKey: OTHER_KEY })],
		['rotating it to a key that was tried', (id: string) => caller.rotate({ id, apiKey: OTHER_KEY, test: true })],
		['updating it', (id: string) => caller.update({ id, apiKey: OTHER_KEY })],
		['giving the same key again', (id: string) => caller.rotate({ id, apiKey: KEY })],
	])('is forgotten, and its alert resolved, by %s', async (_, change) => {
		const { id } = await refused();
		const version = await configVersion('o1');
		await change(id);
		expect(await standing(id)).toEqual(CLEARED);
		expect(await configVersion('o1')).toBe((version ?? 0) + 1);
	});

	it('is forgotten where its row is taken over by a new one', async () => {
		const { id } = await refused();
		await caller.remove({ id });
		await refuse(id);
		const again = await caller.add({ provider: 'openai', apiKey: OTHER_KEY });
		expect(again).toMatchObject({ id, refusedAt: null });
		expect(await standing(id)).toEqual(CLEARED);
	});

	it('is forgotten where the environment’s key takes its row over', async () => {
		const row = await caller.add({ provider: 'groq', apiKey: KEY });
		await caller.remove({ id: row.id });
		await refuse(row.id);
		await benchOf(operator('o1')).caller.adoptEnvironment({ providers: ['groq'] });
		expect(await standing(row.id)).toEqual(CLEARED);
	});

	it('stays refused whatever else changes of its row', async () => {
		const { id } = await refused({ baseUrl: 'https://llm.example.com/v1' });
		await caller.update({ id, name: 'renamed', baseUrl: 'https://llm.example.com/v2', config: { project: 'p1' } });
		expect(await standing(id)).toEqual(REFUSED);
	});

	it('stays refused where its provider’s own address is written out, which seals it anew', async () => {
		const { id } = await refused();
		const before = await storedRow(id);
		await caller.update({ id, baseUrl: 'https://api.openai.com/v1' });
		expect((await storedRow(id)).sealedApiKey).not.toBe(before.sealedApiKey);
		expect(await standing(id)).toEqual(REFUSED);
	});

	it('may be refused while its row is being changed: the change takes nothing of that back', async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		const { prepare } = bench.change;
		bench.change.prepare = async (organizationId) => {
			await refuse(id);
			await prepare(organizationId);
		};
		await caller.update({ id, name: 'renamed' });
		expect(await standing(id)).toEqual(REFUSED);
	});

	it('troubles nobody once its row is out of use, and is refused still when it comes back', async () => {
		const { id } = await refused();
		await caller.update({ id, isActive: false });
		expect(await standing(id)).toEqual({ ...REFUSED, alert: 'resolved' });
		await caller.update({ id, isActive: true });
		expect(await caller.get({ id })).toMatchObject({ refusedAt: NOW - 1_000 });
	});

	it('is no other row’s concern, nor another organization’s', async () => {
		const { id } = await refused();
		const other = await refused({ name: 'other' });
		await db.insert(alerts).values(alert(id, 'o2'));
		await caller.rotate({ id, apiKey: OTHER_KEY });
		expect(await standing(other.id)).toEqual(REFUSED);
		const [theirs] = await db.select().from(alerts).where(eq(alerts.organizationId, 'o2'));
		expect(theirs?.resolvedAt).toBeNull();
	});
});

describe('providers.test', () => {
	it('forgets the refusal of a key that answers, without moving the configuration', async () => {
		const { id } = await refused();
		const version = await configVersion('o1');
		await caller.test({ id });
		expect(await standing(id)).toEqual(CLEARED);
		expect(await configVersion('o1')).toBe(version);
	});

	it('has the key used again at once', async () => {
		const { id } = await refused({ baseUrl: 'https://llm.example.com/v1' });
		await caller.test({ id });
		await benchOf(operator('o1')).caller.test({ id: 'groq' });
		const own = 'openai@llm.example.com#o1';
		expect(answered).toEqual([
			[{ endpoint: own, provider: 'openai', organizationId: 'o1', rowId: id }, 'o1', keyMark(id, KEY)],
			[
				{ endpoint: 'groq@api.groq.com', provider: 'groq', organizationId: null, rowId: null },
				'o1',
				keyMark(null, OPERATOR_KEY),
			],
		]);
	});

	it('has the environment’s key used again for the operator alone', async () => {
		expect(await caller.test({ id: 'groq' })).toMatchObject({ ok: true });
		expect(answered).toEqual([]);
	});

	it('leaves the refusal of a key that fails', async () => {
		const { id } = await refused();
		bench.probe = {
			ok: false,
			latencyMs: 1,
			model: null,
			error: new GatewayError('upstream_rejected', 'Refused.'),
		};
		await caller.test({ id });
		expect(await standing(id)).toEqual(REFUSED);
		expect(answered).toEqual([]);
	});

	it('says nothing of a key that was replaced while the old one was tried', async () => {
		const { id } = await refused();
		const { probe } = bench.services.upstreams;
		const racing = providerBench(principal('o1'), {
			upstreams: {
				...bench.services.upstreams,
				probe: async (...question) => {
					await caller.rotate({ id, apiKey: OTHER_KEY });
					await refuse(id);
					return probe(...question);
				},
			},
		});
		await racing.caller.test({ id });
		expect(await storedRow(id)).toMatchObject({ refusedAt: NOW - 1_000, refusedStatus: 401 });
	});
});

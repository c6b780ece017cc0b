import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asDescribed } from '../support/described';
import { eventually } from '../support/node/worker';
import { MINI } from './changes';
import { openPlatform, type Platform, refusalOf, type Tenant, type Told } from './tenant';

const AT_ONCE = 200;

let platform: Platform;

beforeAll(async () => {
	platform = await openPlatform();
});

afterAll(() => platform?.close());

type KeyPolicy = Omit<Parameters<Tenant['admin']['gatewayKeys']['create']['mutate']>[0], 'name'>;

interface Key {
	readonly id: string;
	readonly key: string;
}

const newKey = ({ admin }: Tenant, policy: KeyPolicy = {}): Promise<Key> =>
	admin.gatewayKeys.create.mutate({ name: 'Limited', ...policy });

interface Account {
	readonly limits: Readonly<Record<string, { readonly used: number; readonly remaining: number } | null>>;
	readonly budget: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
	readonly usage: Readonly<Record<string, string | number>>;
	readonly expiresAt: string | null;
	readonly lastUsedAt: string | null;
}

/** `GET /v1/key` */
async function account(key: string): Promise<Account> {
	const response = await fetch(`${platform.worker.origin}/v1/key`, { headers: { authorization: `Bearer ${key}` } });
	expect(response.status).toBe(200);
	return (await asDescribed(response, 'GET', '/v1/key')) as unknown as Account;
}

const BODY = { body: { max_tokens: 100 } };

const count = (answers: readonly Told[]): Readonly<Record<string, number>> => {
	const counts: Record<string, number> = {};
	for (const { status, code } of answers) {
		const name = code === null ? String(status) : `${status} ${code}`;
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
};

/** All of them at once; those that are let through wait until all others have been refused. */
async function stampede({ ask }: Tenant, keys: readonly string[]): Promise<readonly Told[]> {
	const { upstream } = platform;
	const answers: Told[] = [];
	upstream.hold();
	const asking = Promise.all(keys.map(async (key) => answers.push(await ask(MINI, { key, ...BODY }))));
	const decided = eventually('a decision on every request', async () =>
		answers.length + upstream.waiting === keys.length ? true : null,
	);
	try {
		await Promise.race([decided, asking]);
	} finally {
		upstream.release();
	}
	await asking;
	return answers;
}

const many = (key: string, requests = AT_ONCE): readonly string[] => Array.from({ length: requests }, () => key);

/** What one request of `stampede` holds, in nano-dollars, and what it costs in the end. */
async function priced(tenant: Tenant): Promise<{ readonly held: bigint; readonly cost: bigint }> {
	const { upstream } = platform;
	const { key } = await newKey(tenant);
	upstream.hold();
	const asking = tenant.ask(MINI, { key, ...BODY });
	await eventually('the request at the upstream', async () => (upstream.waiting === 1 ? true : null));
	const held = nano(String((await account(key)).usage.heldUsd));
	upstream.release();
	const { cost } = await asking;
	expect(held).toBeGreaterThan(0n);
	return { held, cost: nano(cost ?? '0') };
}

const DIGITS = 9;

function nano(usd: string): bigint {
	const [whole = '0', fraction = ''] = usd.split('.');
	return BigInt(whole + fraction.padEnd(DIGITS, '0'));
}

function usd(amount: bigint): string {
	const text = amount.toString().padStart(DIGITS + 1, '0');
	return `${text.slice(0, -DIGITS)}.${text.slice(-DIGITS)}`;
}

describe(`of ${AT_ONCE} requests at once`, () => {
	it.each([
		['requestsPerMinute', 25],
		['requestsPerDay', 40],
	] as const)("a key's %s lets through exactly %i", async (limit, most) => {
		const tenant = await platform.tenant();
		const { key } = await newKey(tenant, { [limit]: most });
		const before = platform.upstream.calls.length;
		const answers = await stampede(tenant, many(key));
		expect(count(answers)).toEqual({ 200: most, '429 rate_limited': AT_ONCE - most });
		expect(platform.upstream.calls.length - before).toBe(most);
		expect((await account(key)).limits[limit]).toMatchObject({ limit: most, used: most, remaining: 0 });
		for (const { status, headers } of answers) if (status === 429) expect(headers.get('retry-after')).not.toBeNull();
		expect((await tenant.ask(MINI)).status).toBe(200);
	});

	it.each([
		['budgetDayUsd', 'day'],
		['budgetMonthUsd', 'month'],
		['budgetTotalUsd', 'total'],
	] as const)("a key's %s lets through exactly what it can pay for", async (field, period) => {
		const tenant = await platform.tenant();
		const { held, cost } = await priced(tenant);
		const most = 10;
		const { key } = await newKey(tenant, { [field]: usd(held * BigInt(most) + held / 2n) });
		const answers = await stampede(tenant, many(key));
		expect(count(answers)).toEqual({ 200: most, '402 budget_exceeded': AT_ONCE - most });
		const spent = cost * BigInt(most);
		const { budget } = await eventually('the settlement of all of them', async () => {
			const now = await account(key);
			return nano(String(now.budget[period]?.heldUsd)) === 0n ? now : null;
		});
		expect(nano(budget[period]?.spentUsd ?? '')).toBe(spent);
		expect(nano(budget[period]?.leftUsd ?? '')).toBe(held * BigInt(most) + held / 2n - spent);
		expect((await tenant.ask(MINI, BODY)).status).toBe(200);
	});

	it("an organization's limit counts those of all its keys, and each key's own besides", async () => {
		const tenant = await platform.tenant();
		await tenant.admin.organizations.update.mutate({ slug: tenant.slug, requestsPerMinute: 30 });
		const keys = [await newKey(tenant, { requestsPerMinute: 10 }), await newKey(tenant)];
		const asking = keys.flatMap(({ key }) =>
			Array.from({ length: AT_ONCE / 2 }, async () => [key, await tenant.ask(MINI, { key })] as const),
		);
		const answers = await Promise.all(asking);
		const through = keys.map(({ key }) => answers.filter(([by, { status }]) => by === key && status === 200).length);
		expect(through[0]).toBeLessThanOrEqual(10);
		expect((through[0] ?? 0) + (through[1] ?? 0)).toBe(30);
	});
});

describe('a token for a page', () => {
	it('spends no more than its budget, whatever its siblings have left', async () => {
		const tenant = await platform.tenant();
		const { held } = await priced(tenant);
		const issuer = await newKey(tenant, { scopes: ['inference', 'manage'] });
		const most = 4;
		const asked = { ttlSeconds: 60, budgetUsd: usd(held * BigInt(most)) };
		const { issueToken } = tenant.as(issuer.key).gatewayKeys;
		const [one, two] = [await issueToken.mutate(asked), await issueToken.mutate(asked)];
		expect(count(await stampede(tenant, many(one.token, 40)))).toEqual({ 200: most, '402 budget_exceeded': 36 });
		expect(await account(one.token)).toMatchObject({
			kind: 'token',
			id: one.id,
			scopes: ['inference'],
			expiresAt: new Date(one.expiresAt).toISOString(),
			budget: { total: { limitUsd: usd(held * BigInt(most)).replace(/0+$/, ''), resetsAt: null } },
		});
		for (const key of [two.token, issuer.key]) expect((await tenant.ask(MINI, { key, ...BODY })).status).toBe(200);
	});

	it('counts for the key that issued it, many at once too', async () => {
		const tenant = await platform.tenant();
		const { held } = await priced(tenant);
		const [most, each] = [6, 20];
		const budgetTotalUsd = usd(held * BigInt(most));
		const { key } = await newKey(tenant, { scopes: ['inference', 'manage'], budgetTotalUsd });
		const { issueToken } = tenant.as(key).gatewayKeys;
		const tokens = [await issueToken.mutate({}), await issueToken.mutate({})].map(({ token }) => token);
		const answers = await stampede(
			tenant,
			[key, ...tokens].flatMap((one) => many(one, each)),
		);
		expect(count(answers)).toEqual({ 200: most, '402 budget_exceeded': 3 * each - most });
	});

	it('is never wider than what issued it, and can issue none itself', async () => {
		const tenant = await platform.tenant();
		const issuer = await newKey(tenant, {
			scopes: ['inference', 'manage'],
			budgetTotalUsd: '1',
			allowedModels: [MINI],
		});
		const { issueToken } = tenant.as(issuer.key).gatewayKeys;
		expect(await refusalOf(issueToken.mutate({ budgetUsd: '2' }))).toBe('forbidden');
		expect(await refusalOf(issueToken.mutate({ models: ['openai/*'] }))).toBe('forbidden');
		const { token } = await issueToken.mutate({});
		expect((await tenant.ask('mistral/mistral-small-latest', { key: token })).code).toBe('forbidden');
		expect(await refusalOf(tenant.as(token).gatewayKeys.issueToken.mutate({}))).toBe('forbidden');
	});
});

describe('what a key is told', () => {
	it('is in the headers of every answer: the limit with the fewest requests left', async () => {
		const tenant = await platform.tenant();
		const { key } = await newKey(tenant, { requestsPerMinute: 3, requestsPerDay: 5 });
		const seen = [];
		for (let turn = 0; turn < 4; turn += 1) {
			const { status, headers } = await tenant.ask(MINI, { key });
			const [limit, remaining] = ['limit', 'remaining'].map((what) => headers.get(`x-ratelimit-${what}-requests`));
			expect(Number(headers.get('x-ratelimit-reset-requests'))).toBeLessThanOrEqual(60);
			seen.push([status, limit, remaining]);
		}
		expect(seen).toEqual([
			[200, '3', '2'],
			[200, '3', '1'],
			[200, '3', '0'],
			[429, '3', '0'],
		]);
	});

	it('is nothing of limits where there are none', async () => {
		const tenant = await platform.tenant();
		const { headers } = await tenant.ask(MINI);
		expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit-'))).toEqual([]);
		expect((await account(tenant.key)).limits).toEqual({ requestsPerMinute: null, requestsPerDay: null });
	});

	it('is what each request did to it, before and after', async () => {
		const tenant = await platform.tenant();
		const { key } = await newKey(tenant, { requestsPerDay: 10, budgetDayUsd: '1' });
		const before = await account(key);
		expect(before).toMatchObject({
			lastUsedAt: null,
			limits: { requestsPerDay: { used: 0, remaining: 10 } },
			budget: { day: { spentUsd: '0', leftUsd: '1' }, month: null, total: null },
		});
		const { cost } = await tenant.ask(MINI, { key });
		const after = await eventually('the settlement', async () => {
			const now = await account(key);
			return now.budget.day?.heldUsd === '0' ? now : null;
		});
		expect(after).toMatchObject({
			limits: { requestsPerDay: { used: 1, remaining: 9 } },
			budget: { day: { spentUsd: cost, leftUsd: usd(nano('1') - nano(cost ?? '')).replace(/0+$/, '') } },
			usage: { requestsLastMinute: 1, requestsToday: 1, todayUsd: cost, monthUsd: cost, totalUsd: cost },
		});
	});

	it('is when it was last used, a moment after its use', async () => {
		const tenant = await platform.tenant();
		const { id, key } = await newKey(tenant);
		const earliest = Date.now();
		await tenant.ask(MINI, { key });
		const latest = Date.now();
		const { lastUsedAt } = await eventually('last_used_at', async () => {
			const row = await tenant.admin.gatewayKeys.get.query({ id });
			return row.lastUsedAt === null ? null : row;
		});
		expect(lastUsedAt).toBeGreaterThanOrEqual(earliest);
		expect(lastUsedAt).toBeLessThanOrEqual(latest);
		expect((await account(key)).lastUsedAt).toBe(new Date(lastUsedAt ?? 0).toISOString());
	});
});

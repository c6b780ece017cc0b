/** Routing that makes no sense is refused where it is written, with the field at fault, and nothing of it is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fresh, openPlatform, type Platform, type Tenant } from './tenant';

let platform: Platform;
let tenant: Tenant;

beforeAll(async () => {
	platform = await openPlatform();
	tenant = await platform.tenant();
});

afterAll(() => platform?.close());

const MODEL = 'openai/gpt-4o-mini';
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `openai/gpt-4.1-${at}`);

interface Refused {
	readonly status: number;
	readonly code: string | undefined;
	readonly param: string | null | undefined;
	readonly message: string | undefined;
}

/** A mutation as any client may send it, typed or not. */
async function mutate(procedure: string, input: unknown): Promise<Refused> {
	const response = await fetch(`${platform.worker.origin}/trpc/${procedure}`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${platform.worker.adminKey}`,
			'content-type': 'application/json',
			'x-switchyard-organization': tenant.slug,
		},
		body: JSON.stringify(input),
	});
	const { error } = (await response.json()) as {
		readonly error?: { readonly data: { readonly gateway: Omit<Refused, 'status'> } };
	};
	const { code, param, message } = error?.data.gateway ?? {};
	return { status: response.status, code, param, message };
}

interface Bad {
	/** What is wrong. */
	readonly what: string;
	/** In an agent's `routing`. */
	readonly routing: Readonly<Record<string, unknown>>;
	/** Below `routing`; a prefix of the field that is named. */
	readonly at: string;
	/** Of agents and profiles alone. */
	readonly own?: true;
}

const TIMES = ['firstEventTimeoutMs', 'idleTimeoutMs', 'totalTimeoutMs', 'commitTimeoutMs'] as const;
const NO_TIMES: readonly (readonly [string, unknown])[] = [
	['zero', 0],
	['negative', -1],
	['enormous', 1e12],
	['half a millisecond', 0.5],
	['text', '5000'],
	['null', null],
];

const bad: readonly Bad[] = [
	...TIMES.flatMap((field) =>
		NO_TIMES.map(([what, value]) => ({ what: `${field}: ${what}`, routing: { [field]: value }, at: field })),
	),
	...[0, -1, 1_000, 1.5, '3'].map((value) => ({
		what: `maxAttempts: ${JSON.stringify(value)}`,
		routing: { maxAttempts: value },
		at: 'maxAttempts',
	})),
	...[0, -1, 1e9, '1', null].map(
		(value): Bad => ({
			what: `weight: ${JSON.stringify(value)}`,
			routing: { weight: value },
			at: 'weight',
			own: true,
		}),
	),
	...[0, -1, 1e9, '1'].map(
		(value): Bad => ({
			what: `weight of a candidate: ${JSON.stringify(value)}`,
			routing: { candidates: [{ model: 'openai/gpt-4.1', weight: value }] },
			at: 'candidates[0].weight',
			own: true,
		}),
	),
	{ what: 'an unknown strategy', routing: { strategy: 'best' }, at: 'strategy' },
	{ what: 'a strategy that is a number', routing: { strategy: 1 }, at: 'strategy' },
	{ what: 'stickiness that is text', routing: { sticky: 'yes' }, at: 'sticky' },
	{ what: 'a field that does not exist', routing: { stratgey: 'weighted' }, at: '' },
	{ what: 'candidates: none', routing: { candidates: [] }, at: 'candidates', own: true },
	{
		what: 'candidates: 50',
		routing: { candidates: names(50).map((model) => ({ model })) },
		at: 'candidates',
		own: true,
	},
	{
		what: 'candidates: an unknown name',
		routing: { candidates: [{ model: 'no-such-model' }] },
		at: 'candidates[0].model',
		own: true,
	},
	{
		what: 'candidates: an unknown provider',
		routing: { candidates: [{ model: 'openai/gpt-4.1' }, { model: 'nowhere/gpt' }] },
		at: 'candidates[1].model',
		own: true,
	},
	{
		what: 'candidates: the model itself',
		routing: { candidates: [{ model: MODEL }] },
		at: 'candidates[0].model',
		own: true,
	},
	{
		what: 'candidates: one twice',
		routing: { candidates: [{ model: 'openai/gpt-4.1' }, { model: 'openai/gpt-4.1' }] },
		at: 'candidates[1].model',
		own: true,
	},
	...(['contextFallbacks', 'contentFilterFallbacks'] as const).flatMap((field): Bad[] => [
		{ what: `${field}: 50 names`, routing: { [field]: names(50) }, at: field },
		{ what: `${field}: text`, routing: { [field]: MODEL }, at: field },
		{ what: `${field}: an unknown name`, routing: { [field]: ['no-such-model'] }, at: `${field}[0]` },
		{ what: `${field}: the model itself`, routing: { [field]: [MODEL] }, at: `${field}[0]`, own: true },
	]),
	{
		what: 'contextFallbacks: a smaller window',
		routing: { contextFallbacks: ['openai/gpt-4'] },
		at: 'contextFallbacks[0]',
		own: true,
	},
	{ what: 'residency: none', routing: { residency: [] }, at: 'residency' },
	{ what: 'residency: text', routing: { residency: 'eu' }, at: 'residency' },
	{ what: 'residency: no tag', routing: { residency: ['European Union'] }, at: 'residency[0]' },
	{
		what: 'residency: 50 tags',
		routing: { residency: Array.from({ length: 50 }, (_, at) => `r${at}`) },
		at: 'residency',
	},
	{
		what: 'a part that is longer than the whole',
		routing: { totalTimeoutMs: 1_000, commitTimeoutMs: 2_000 },
		at: 'commitTimeoutMs',
	},
	{ what: 'no object', routing: [] as unknown as Record<string, unknown>, at: '' },
];

function expectRefused(refused: Refused, param: string): void {
	expect(refused).toMatchObject({ status: 400, code: 'invalid_request' });
	expect(refused.param).toMatch(new RegExp(`^${param.replace(/[.[\]]/g, '\\$&')}`));
	expect(refused.message?.length).toBeGreaterThan(10);
}

const paramOf = (field: string, at: string): string => (at === '' ? field : `${field}.${at}`);

const CHAINS: readonly (readonly [string, unknown, string])[] = [
	['an unknown name', ['no-such-model'], 'fallbacks[0]'],
	['an unknown provider', ['openai/gpt-4.1', 'nowhere/gpt'], 'fallbacks[1]'],
	['an unknown profile', ['profile:nobody'], 'fallbacks[0]'],
	['the model itself', [MODEL], 'fallbacks[0]'],
	['one name twice', ['openai/gpt-4.1', 'openai/gpt-4.1'], 'fallbacks[1]'],
	['50 names', names(50), 'fallbacks'],
	['text', MODEL, 'fallbacks'],
	['numbers', [1, 2], 'fallbacks[0]'],
	['an empty name', [''], 'fallbacks[0]'],
];

describe("an agent's routing", () => {
	it.each(bad)('is not made with $what', async ({ routing, at }) => {
		const slug = fresh('refused');
		expectRefused(await mutate('agents.create', { slug, name: slug, model: MODEL, routing }), paramOf('routing', at));
		const agents = await tenant.admin.agents.list.query();
		expect(JSON.stringify(agents)).not.toContain(slug);
	});

	it.each(bad)('stays as it is where an update has $what', async ({ routing, at }) => {
		const slug = fresh('agent');
		const kept = { strategy: 'weighted' as const, maxAttempts: 2, residency: ['eu'] };
		await tenant.admin.agents.create.mutate({ slug, name: slug, model: MODEL, routing: kept });
		const before = await tenant.admin.agents.get.query({ slug });
		expectRefused(await mutate('agents.update', { slug, routing, name: 'Changed' }), paramOf('routing', at));
		expect(await tenant.admin.agents.get.query({ slug })).toEqual(before);
		expect(before.routing).toEqual(kept);
	});
});

describe("an agent's chain", () => {
	it.each(CHAINS)('is not made of %s', async (_, fallbacks, param) => {
		const slug = fresh('agent');
		expectRefused(await mutate('agents.create', { slug, name: slug, model: MODEL, fallbacks }), param);
		await tenant.admin.agents.create.mutate({ slug, name: slug, model: MODEL, fallbacks: ['openai/gpt-4.1-mini'] });
		const before = await tenant.admin.agents.get.query({ slug });
		expectRefused(await mutate('agents.update', { slug, fallbacks }), param);
		expect(await tenant.admin.agents.get.query({ slug })).toEqual(before);
	});

	it('may be empty', async () => {
		const slug = fresh('agent');
		await tenant.admin.agents.create.mutate({ slug, name: slug, model: MODEL, fallbacks: [] });
		expect((await tenant.admin.agents.get.query({ slug })).fallbacks).toEqual([]);
	});
});

describe("an organization's and a profile's routing", () => {
	it.each(bad)('is refused with $what', async ({ routing, at, own }) => {
		const before = await tenant.admin.organizations.get.query({ id: tenant.id });
		const profile = { name: 'quick', provider: 'openai', model: 'gpt-4o-mini' };
		expectRefused(await mutate('profiles.set', { ...profile, routing }), paramOf('routing', at));
		if (!own) expectRefused(await mutate('organizations.setRouting', { routing }), paramOf('routing', at));
		expect(await tenant.admin.organizations.get.query({ id: tenant.id })).toEqual(before);
	});

	it('holds neither candidates nor a weight of a model that it has not', async () => {
		for (const routing of [{ weight: 2 }, { candidates: [{ model: MODEL }] }])
			expectRefused(await mutate('organizations.setRouting', { routing }), 'routing');
	});
});

describe("a key's place in its pool", () => {
	const CONFIGS: readonly (readonly [string, unknown])[] = [
		['weight', 0],
		['weight', -1],
		['weight', 1e9],
		['weight', '2'],
		['residency', ''],
		['residency', 'European Union'],
		['residency', ['eu']],
		['requestsPerMinute', 0],
		['requestsPerMinute', -5],
		['requestsPerMinute', 1.5],
		['requestsPerMinute', 1e12],
		['requestsPerMinute', '60'],
		['tokensPerMinute', 0],
		['tokensPerMinute', '1000'],
		['tokensPerMinute', null],
	];

	/** The REST interface as it answers, whatever that is. */
	async function rest(method: string, path: string, body?: unknown) {
		const response = await fetch(`${platform.worker.origin}/api/v1/llm-providers${path}`, {
			method,
			headers: {
				authorization: `Bearer ${platform.worker.adminKey}`,
				'content-type': 'application/json',
				'x-switchyard-organization': tenant.slug,
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
	}

	it.each(CONFIGS)('is refused over REST and tRPC with %s %j, and nothing is stored', async (field, value) => {
		const row = { provider: 'openai', name: fresh('key'), apiKey: 'sk-pool', config: { [field]: value } };
		const made = await rest('POST', '', row);
		expect([made.status, made.body.param]).toEqual([400, `config.${field}`]);
		expectRefused(await mutate('providers.add', row), `config.${field}`);
		const listed = await rest('GET', '');
		expect(JSON.stringify(listed.body)).not.toContain(row.name);
		const { body: kept } = await rest('POST', '', { ...row, config: { weight: 2, residency: 'eu' } });
		const changed = await rest('PUT', `/${kept.id}`, row);
		expect([changed.status, changed.body.param]).toEqual([400, `config.${field}`]);
		const { body: after } = await rest('GET', `/${kept.id}`);
		expect(after).toEqual(kept);
	});
});

/** What goes wrong for one organization (its key, its limits, its impatience, its requests) changes nothing for another. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawCall, type RawUpstream, startRawUpstream } from '../support/node/raw-upstream';
import { fresh, openPlatform, type Platform, type Tenant } from './tenant';

const MODEL = 'openai/gpt-4o-mini';
const POISON = 'poison';
const COMPLETION = {
	id: 'chatcmpl-1',
	object: 'chat.completion',
	created: 1,
	model: 'gpt-4o-mini',
	choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
	usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};

function respond(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const refusal = (message: string): object => ({ error: { message, type: 'scripted', code: null } });

/** Refuses dead keys, limits some, breaks on poisoned requests, and takes 30 ms for all others. */
async function answer({ method, headers, body }: RawCall, response: ServerResponse): Promise<void> {
	const key = headers.authorization ?? '';
	if (method !== 'POST') return respond(response, 404, refusal('no lists here'));
	if (key.includes('dead')) return respond(response, 401, refusal('wrong key'));
	if (key.includes('limited')) return respond(response, 429, refusal('slow down'), { 'retry-after': '30' });
	if (body.includes(POISON)) return respond(response, 500, refusal('boom'));
	await sleep(30);
	respond(response, 200, COMPLETION);
}

let upstream: RawUpstream;
let platform: Platform;
let neighbour: Tenant;

beforeAll(async () => {
	upstream = await startRawUpstream(answer);
	platform = await openPlatform({
		OPENAI_BASE_URL: `${upstream.origin}/v1`,
		LLM_BREAKER_FAILURES: '3',
		LLM_BREAKER_COOLDOWN_MS: '60000',
	});
	neighbour = await platform.tenant();
	// A hop would show: without trouble nobody needs it.
	await neighbour.admin.organizations.update.mutate({
		id: neighbour.id,
		llmConfiguration: { fallbackChain: ['mistral/mistral-small-latest'] },
	});
});

afterAll(async () => {
	await platform?.close();
	await upstream?.close();
});

/** Answered by whom it asked for, at the first try. */
async function expectUntroubled(): Promise<void> {
	const told = await neighbour.ask(MODEL);
	expect(told).toMatchObject({ status: 200, by: MODEL });
	expect(told.headers.get('x-switchyard-attempts')).toBe('1');
}

/** Twenty failures of one organization, its neighbour's requests among them and after them. */
async function trouble(ask: () => Promise<{ readonly status: number }>, status: number): Promise<void> {
	await expectUntroubled();
	for (let round = 0; round < 5; round += 1) {
		const [failed] = await Promise.all([Promise.all(Array.from({ length: 4 }, ask)), expectUntroubled()]);
		expect(failed.map((told) => told.status)).toEqual([status, status, status, status]);
		await expectUntroubled();
	}
	await expectUnmarked();
}

async function expectUnmarked(): Promise<void> {
	const told = await neighbour.admin.providers.status.query({ provider: 'openai' });
	expect(told.map(({ state }) => state)).toEqual(['closed']);
	expect(told.flatMap(({ keys }) => keys.map(({ standing }) => standing))).toEqual(['good']);
}

async function withOwnKey(apiKey: string): Promise<Tenant> {
	const tenant = await platform.tenant();
	await tenant.rest('POST', '', { provider: 'openai', apiKey, baseUrl: `${upstream.origin}/v1` });
	return tenant;
}

describe("one organization's trouble", () => {
	it('stays its own where its key is dead', async () => {
		const troubled = await withOwnKey('sk-dead');
		await trouble(() => troubled.ask(MODEL), 502);
	});

	it('stays its own where its key is limited', async () => {
		const troubled = await withOwnKey('sk-limited');
		await trouble(() => troubled.ask(MODEL), 429);
	});

	it('stays its own where it waits for one millisecond', async () => {
		const troubled = await platform.tenant();
		const slug = fresh('impatient');
		await troubled.admin.agents.create.mutate({ slug, name: slug, model: MODEL, settings: { timeoutMs: 1 } });
		await trouble(() => troubled.ask(`agent:${slug}`), 504);
	});

	it('stays its own where its requests make the provider fail', async () => {
		const troubled = await platform.tenant();
		await trouble(() => troubled.ask(MODEL, { system: POISON }), 503);
	});

	it('stays its own where it alone was there, and nobody remembers anybody else', async () => {
		const troubled = await platform.tenant();
		await platform.worker.killObjects();
		for (let call = 0; call < 20; call += 1)
			expect(await troubled.ask(MODEL, { system: POISON })).toMatchObject({ status: 503 });
		await expectUntroubled();
		await expectUnmarked();
	});

	it('stays its own where it is over its own limit', async () => {
		const troubled = await platform.tenant();
		await troubled.admin.organizations.update.mutate({ slug: troubled.slug, requestsPerMinute: 1 });
		expect((await troubled.ask(MODEL)).status).toBe(200);
		await trouble(() => troubled.ask(MODEL), 429);
	});

	it('stays its own where what it routes by leaves nobody', async () => {
		const troubled = await platform.tenant();
		await troubled.admin.organizations.setRouting.mutate({ routing: { residency: ['nowhere'] } });
		await trouble(() => troubled.ask(MODEL), 403);
	});

	it('stays its own where its address answers nobody', async () => {
		const troubled = await platform.tenant();
		const nobody = await startRawUpstream(() => undefined);
		await nobody.close();
		await troubled.rest('POST', '', { provider: 'openai', apiKey: 'sk-own', baseUrl: `${nobody.origin}/v1` });
		await trouble(() => troubled.ask(MODEL), 503);
	});
});

import { describe, expect, it } from 'vitest';
import type { PassthroughCall } from '../../src/gateway/call';
import { failure, openSse, sse, type World, type WorldOptions, world } from '../support/scripted-gateway';
import { callerOf, routingOf, rowOf } from './snapshots';

const own = (change: object = {}) => ({
	credentials: {
		openai: [
			{
				rowId: 'row1',
				name: 'openai',
				source: 'organization' as const,
				apiKey: 'tenant-key',
				baseUrl: 'https://openai.test/v1',
				trust: 'operator' as const,
				config: {},
			},
		],
	},
	...change,
});

const callOf = (change: Partial<PassthroughCall> = {}): PassthroughCall => ({
	requestId: 'r1',
	clientRequestId: null,
	receivedAt: 1_000_000,
	signal: null,
	provider: 'openai',
	method: 'POST',
	path: '/images/generations',
	search: '',
	headers: { 'content-type': 'application/json' },
	body: new TextEncoder().encode('{"model":"gpt-image-1"}').buffer as ArrayBuffer,
	model: 'gpt-image-1',
	runId: 'run-7',
	...change,
});

async function read(body: AsyncGenerator<Uint8Array>): Promise<string> {
	let text = '';
	for await (const chunk of body) text += new TextDecoder().decode(chunk);
	return text;
}

const IMAGE = '{"data":[{"b64_json":"AAAA"}],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}';

describe('a request passed on to a provider', () => {
	it('goes out as it came, with the key of the organization', async () => {
		const w = world({ upstream: [() => Response.json(JSON.parse(IMAGE))], snapshot: own() });
		const passed = await w.gateway.passthrough(callOf({ search: '?size=1' }));
		expect(await read(passed.body)).toBe(IMAGE);
		const [sent] = w.sent;
		expect(sent).toMatchObject({ url: 'https://openai.test/v1/images/generations?size=1', method: 'POST' });
		expect(sent?.headers.authorization).toBe('Bearer tenant-key');
		expect(new TextDecoder().decode(sent?.body as ArrayBuffer)).toBe('{"model":"gpt-image-1"}');
	});

	it('ends in one entry with the tokens the answer states, priced', async () => {
		const w = world({ upstream: [() => Response.json(JSON.parse(IMAGE))], snapshot: own() });
		await read((await w.gateway.passthrough(callOf())).body);
		expect(w.entries()).toEqual([
			expect.objectContaining({
				operation: 'passthrough',
				state: 'settled',
				model: 'gpt-image-1',
				runId: 'run-7',
				usage: expect.objectContaining({ input: 10, output: 5 }),
				usageSource: 'reported',
				costNanoUsd: 20_000n,
				providerRowId: 'row1',
			}),
		]);
		expect(w.closes).toEqual([expect.objectContaining({ final: true })]);
	});

	it('has an unknown cost, not none, where the answer states no tokens', async () => {
		const audio = () => new Response('binary', { headers: { 'content-type': 'audio/mpeg' } });
		const w = world({ upstream: [audio], snapshot: own() });
		expect(await read((await w.gateway.passthrough(callOf({ path: '/audio/speech' }))).body)).toBe('binary');
		expect(w.entries()).toEqual([
			expect.objectContaining({ state: 'settled', usage: null, usageSource: 'none', costNanoUsd: null }),
		]);
	});

	it('reads the last usage of a streamed answer', async () => {
		const events = () => sse('data: {"usage":null}\n\n', 'data: {"usage":{"input_tokens":3,"output_tokens":4}}\n\n');
		const w = world({ upstream: [events], snapshot: own() });
		await read((await w.gateway.passthrough(callOf())).body);
		expect(w.entries()[0]?.usage).toMatchObject({ input: 3, output: 4 });
	});

	it('goes by the path in reports, without a price, where no model is named', async () => {
		const w = world({ upstream: [() => Response.json(JSON.parse(IMAGE))], snapshot: own() });
		await read((await w.gateway.passthrough(callOf({ model: null, path: '/files', method: 'GET', body: null }))).body);
		expect(w.entries()[0]).toMatchObject({ model: 'files', costNanoUsd: null });
		expect(w.sent[0]).toMatchObject({ method: 'GET' });
		expect(w.sent[0]?.body).toBeUndefined();
	});

	it('is unknown in the ledger and ends upstream where the client leaves half-way', async () => {
		const upstream = openSse();
		const w = world({ upstream: [upstream.script], snapshot: own() });
		const passed = await w.gateway.passthrough(callOf());
		upstream.push('data: {}\n\n');
		await passed.body.next();
		await passed.body.return();
		expect(upstream.cancelled()).toBe(true);
		expect(w.entries()).toEqual([expect.objectContaining({ state: 'unknown', errorCode: 'aborted' })]);
	});

	it('breaks off where the upstream does, and is no free call in the ledger', async () => {
		const upstream = openSse();
		const w = world({ upstream: [upstream.script], snapshot: own() });
		const passed = await w.gateway.passthrough(callOf());
		upstream.break();
		await expect(passed.body.next()).rejects.toMatchObject({ code: 'upstream_unavailable' });
		expect(w.entries()).toEqual([
			expect.objectContaining({ state: 'unknown', errorCode: 'upstream_unavailable', costNanoUsd: null }),
		]);
	});

	it('tells a refusal of the upstream in our own words, once, and releases it', async () => {
		const w = world({ upstream: [() => failure(401), () => failure(500)], snapshot: own() });
		await expect(w.gateway.passthrough(callOf())).rejects.toMatchObject({ code: 'upstream_rejected' });
		expect(w.sent).toHaveLength(1);
		expect(w.entries()).toEqual([expect.objectContaining({ state: 'released', costNanoUsd: 0n })]);
	});

	it.each([
		'/../admin',
		'/images/../../admin',
		'/images/../files/f1',
		'/images/./generations',
		'/images/%2e%2e/%2e%2e/admin',
		'//evil.example/x',
		'/images\\..\\..',
		'/images%2f..%2f..%2fadmin',
	])('never leaves the root of the provider: %s', async (path) => {
		const w = world({ upstream: [() => Response.json({})], snapshot: own() });
		await expect(w.gateway.passthrough(callOf({ path }))).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'path',
		});
		expect(w.sent).toHaveLength(0);
	});

	it("may not touch what the operator's account keeps with the operator's key", async () => {
		const w = world({ upstream: [() => Response.json({})] });
		const files = callOf({ path: '/files', method: 'GET', model: null, body: null });
		await expect(w.gateway.passthrough(files)).rejects.toMatchObject({ code: 'forbidden', param: 'path' });
		expect(w.sent).toHaveLength(0);
	});

	it("may not touch what the operator's own server keeps, where the organization gave it no address", async () => {
		const server = {
			rowId: 'row1',
			name: 'ollama',
			source: 'organization' as const,
			apiKey: 'any',
			baseUrl: 'http://localhost:11434',
			trust: 'operator' as const,
			config: {},
		};
		const remove = callOf({ provider: 'ollama', path: '/api/delete', method: 'DELETE' });
		const w = world({ upstream: [() => Response.json({})], snapshot: { credentials: { ollama: [server] } } });
		await expect(w.gateway.passthrough(remove)).rejects.toMatchObject({ code: 'forbidden', param: 'path' });
		expect(w.sent).toHaveLength(0);
		const theirs = { ...server, baseUrl: 'https://llm.example.org', trust: 'tenant' as const };
		const own = world({ upstream: [() => Response.json({})], snapshot: { credentials: { ollama: [theirs] } } });
		await (await own.gateway.passthrough(remove)).body.return();
		expect(own.sent).toHaveLength(1);
	});

	it("sends no idempotency key into the operator's account, where it could be another tenant's", async () => {
		const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-1' };
		const caller = callerOf({ kind: 'operator', keyId: null });
		const shared = world({ upstream: [() => Response.json({})], snapshot: { caller } });
		await (await shared.gateway.passthrough(callOf({ headers }))).body.return();
		expect(shared.sent[0]?.headers).not.toHaveProperty('idempotency-key');
		const theirs = world({ upstream: [() => Response.json({})], snapshot: own() });
		await (await theirs.gateway.passthrough(callOf({ headers }))).body.return();
		expect(theirs.sent[0]?.headers).toMatchObject({ 'idempotency-key': 'order-1' });
	});

	it('is open to the operator on every path', async () => {
		const caller = callerOf({ kind: 'operator', keyId: null });
		const w = world({ upstream: [() => Response.json({})], snapshot: { caller } });
		const passed = await w.gateway.passthrough(callOf({ path: '/files', method: 'GET', model: null, body: null }));
		expect(passed.status).toBe(200);
		await passed.body.return();
	});

	it('holds a key to the models it is limited to', async () => {
		const caller = callerOf({ allowedModels: ['openai/gpt-image-*'] });
		const w = world({ upstream: [() => Response.json({})], snapshot: own({ caller }) });
		await (await w.gateway.passthrough(callOf())).body.return();
		for (const model of ['dall-e-3', null])
			await expect(w.gateway.passthrough(callOf({ model }))).rejects.toMatchObject({
				code: 'forbidden',
				param: 'model',
			});
	});

	it('is closed to a key that is limited to agents, and to other providers of one that is limited to some', async () => {
		const refused = async (change: Parameters<typeof callerOf>[0]) => {
			const w = world({ upstream: [() => Response.json({})], snapshot: own({ caller: callerOf(change) }) });
			await expect(w.gateway.passthrough(callOf())).rejects.toMatchObject({ code: 'forbidden' });
			expect(w.sent).toEqual([]);
		};
		await refused({ allowedAgents: ['support'] });
		await refused({ allowedAgents: ['support'], mayOverrideModel: true, allowedModels: ['*'] });
		await refused({ allowedProviders: ['groq'] });
		const w = world({
			upstream: [() => Response.json({})],
			snapshot: own({ caller: callerOf({ allowedProviders: ['openai'] }) }),
		});
		await (await w.gateway.passthrough(callOf())).body.return();
		expect(w.sent).toHaveLength(1);
	});

	it('is refused for a provider without a key, an unknown one, and mock', async () => {
		const w = world({ upstream: [() => Response.json({})], snapshot: own() });
		for (const provider of ['groq', 'nobody'])
			await expect(w.gateway.passthrough(callOf({ provider }))).rejects.toMatchObject({ code: 'model_not_found' });
	});

	it('is not tried while the circuit breaker is open', async () => {
		const w = world({ upstream: [() => Response.json({})], snapshot: own(), open: new Set(['openai']) });
		await expect(w.gateway.passthrough(callOf())).rejects.toMatchObject({ code: 'upstream_unavailable' });
		expect(w.closes).toEqual([expect.objectContaining({ entry: null, final: true })]);
	});
});

describe('a request passed on by a pool of keys', () => {
	const rows = (change: Record<string, object> = {}) => ({
		credentials: {
			openai: ['one', 'two'].map((id) => rowOf(id, { baseUrl: 'https://openai.test/v1', mark: id, ...change[id] })),
		},
	});
	const keyOf = async (options: Partial<WorldOptions>, upstream = () => Response.json({})) => {
		const w = world({ upstream: [upstream], snapshot: rows(), ...options });
		const passed = await w.gateway.passthrough(callOf()).catch(() => null);
		if (passed) await read(passed.body);
		return { key: w.sent[0]?.headers.authorization, w, routing: passed?.meta().routing };
	};

	it('goes out with the first whose standing is fine, and with the first of all where none is', async () => {
		const bad = { refusedUntil: 2_000_000 };
		expect((await keyOf({})).key).toBe('Bearer key of one');
		expect((await keyOf({ standings: { one: bad } })).key).toBe('Bearer key of two');
		expect((await keyOf({ standings: { one: bad, two: bad } })).key).toBe('Bearer key of one');
	});

	const apart = {
		credentials: { openai: ['west', 'east'].map((id) => rowOf(id, { mark: id })) },
	};
	const probed = (w: World) => w.outcomes.map(({ endpoint, outcome }) => [endpoint, outcome.probe, outcome.result]);

	it('goes to the address whose breaker is closed, and gives the probe of another back', async () => {
		const open = await keyOf({ snapshot: apart, open: new Set(['openai@west.test']) });
		expect(open.key).toBe('Bearer key of east');
		const half = await keyOf({ snapshot: apart, probes: new Set(['openai@west.test']) });
		expect([half.key, probed(half.w)]).toEqual([
			'Bearer key of east',
			[
				['openai@west.test', true, 'neutral'],
				['openai@east.test', false, 'success'],
			],
		]);
	});

	it('is the probe where no breaker is closed, and goes by a key with a bad name sooner than nowhere', async () => {
		const half = await keyOf({
			snapshot: apart,
			open: new Set(['openai@west.test']),
			probes: new Set(['openai@east.test']),
		});
		expect([half.key, probed(half.w)[0]]).toEqual(['Bearer key of east', ['openai@east.test', true, 'success']]);
		const bad = await keyOf({
			snapshot: apart,
			open: new Set(['openai@west.test']),
			standings: { east: { limitedUntil: 2_000_000 } },
		});
		expect(bad.key).toBe('Bearer key of east');
	});

	it('without a model goes to the first key whose turn it ever is: what it is about lies there', async () => {
		const routing = routingOf({ strategy: 'round-robin' });
		const w = world({ upstream: [() => Response.json({})], snapshot: { ...rows(), routing } });
		for (const model of [null, null, 'gpt-image-1', 'gpt-image-1'])
			await (await w.gateway.passthrough(callOf({ model }))).body.return();
		expect(w.sent.map(({ headers }) => headers.authorization?.slice('Bearer key of '.length))).toEqual([
			'one',
			'one',
			'one',
			'two',
		]);
	});

	it('goes by none of the keys that it may not use', async () => {
		const openai = [rowOf('shared', { source: 'environment' }), rowOf('two')];
		const w = world({ upstream: [() => Response.json({})], snapshot: { credentials: { openai } } });
		await (
			await w.gateway.passthrough(callOf({ path: '/files', method: 'GET', model: null, body: null }))
		).body.return();
		expect(w.sent[0]?.headers.authorization).toBe('Bearer key of two');
	});

	it('goes only where its data may stay', async () => {
		const routing = routingOf({ residency: ['eu'] });
		const european = { ...rows({ two: { config: { residency: 'eu' } } }), routing };
		expect((await keyOf({ snapshot: european })).key).toBe('Bearer key of two');
		const { w } = await keyOf({ snapshot: { ...rows(), routing } });
		expect(w.sent).toEqual([]);
	});

	it('is never retried, and its refusal says nothing of the key', async () => {
		const { w } = await keyOf({}, () => failure(403));
		expect(w.sent).toHaveLength(1);
		expect(w.outcomes).toMatchObject([{ outcome: { result: 'neutral', key: { word: 'silent' } } }]);
	});

	it('ends a probe with its first byte', async () => {
		const { w } = await keyOf({ probes: new Set(['openai']) });
		expect(w.outcomes.map(({ outcome }) => [outcome.probe, outcome.result])).toEqual([
			[true, 'success'],
			[false, 'success'],
		]);
	});

	it('names the key in its decision', async () => {
		expect((await keyOf({})).routing).toMatchObject({ steps: [{ key: 'one', outcome: 'answered', attempts: 1 }] });
	});
});

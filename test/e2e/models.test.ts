import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuiltWorker, freePort, startBuilt } from '../support/node/worker';

/** Answers of an Ollama and of OpenRouter's public list, by method and path. */
const ANSWERS: Readonly<Record<string, unknown>> = {
	'GET /api/tags': { models: [{ name: 'house-llama:latest', digest: 'd1' }] },
	'POST /api/show': { capabilities: ['completion', 'tools'], model_info: { 'llama.context_length': 131_072 } },
	'GET /api/v1/models': {
		data: [
			{
				id: 'vendor/brand-new',
				context_length: 500_000,
				architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
				pricing: { prompt: '0.0000025', completion: '0.00001', input_cache_read: '0.00000025' },
				top_provider: { max_completion_tokens: 64_000 },
				supported_parameters: ['tools', 'temperature'],
			},
		],
	},
};

const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
let upstream: Server;
let worker: BuiltWorker;

beforeAll(async () => {
	upstream = createServer((request, response) => {
		const path = `${request.method} ${request.url}`;
		asked.push({ path, authorization: request.headers.authorization });
		const answer = ANSWERS[path];
		response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
		response.end(JSON.stringify(answer ?? {}));
	});
	await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening));
	const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
	const nobody = `http://127.0.0.1:${await freePort()}/v1`;
	worker = await startBuilt({
		OLLAMA_BASE_URL: origin,
		OPENROUTER_BASE_URL: `${origin}/api/v1`,
		OPENROUTER_API_KEY: 'sk-or-secret',
		OPENAI_API_KEY: 'sk-openai',
		LMSTUDIO_BASE_URL: nobody,
		LOCALAI_BASE_URL: nobody,
		TRANSFORMERS_BASE_URL: nobody,
	});
});

afterAll(async () => {
	await worker.stop();
	await new Promise((closed) => upstream.close(closed));
});

const get = async (path: string): Promise<Response> =>
	fetch(`${worker.origin}/v1/models${path}`, { headers: { authorization: `Bearer ${worker.key}` } });

interface Listed {
	readonly id: string;
	readonly source: string;
}

it('lists what servers and aggregators have now, beside what is baked in', async () => {
	const { data } = (await (await get('')).json()) as { readonly data: readonly Listed[] };
	const ids = data.map(({ id }) => id);
	expect(ids).toEqual(expect.arrayContaining(['mock/echo', 'openai/gpt-4o', 'ollama/house-llama:latest']));
	expect(ids.filter((id) => id.startsWith('openrouter/'))[0]).toBe('openrouter/vendor/brand-new');
	expect(ids).not.toContain('openrouter/openai/gpt-4o');
	expect(ids.filter((id) => /^(lmstudio|localai|transformers|anthropic)\//.test(id))).toEqual([]);
	expect(data.find(({ id }) => id === 'openai/gpt-4o')).toMatchObject({ source: 'catalog', context_length: 128_000 });
});

it('tells the facts that the lists told', async () => {
	expect(await (await get('/openrouter/vendor/brand-new')).json()).toMatchObject({
		known: true,
		source: 'live',
		context_length: 500_000,
		max_output_tokens: 64_000,
		capabilities: { tools: true, structured_output: false, vision: true },
		pricing: { input: 2.5, output: 10, cache_read: 0.25, version: expect.stringMatching(/^live-\d{4}-\d\d-\d\d$/) },
	});
	expect(await (await get('/ollama/house-llama:latest')).json()).toMatchObject({
		known: true,
		source: 'live',
		context_length: 131_072,
		pricing: { input: 0, output: 0, version: 'local' },
	});
});

it('reads a list once, and a public one without a key', () => {
	expect(asked).toEqual([
		{ path: expect.any(String), authorization: undefined },
		{ path: expect.any(String), authorization: undefined },
		{ path: expect.any(String), authorization: undefined },
	]);
	expect(asked.map(({ path }) => path).sort()).toEqual(['GET /api/tags', 'GET /api/v1/models', 'POST /api/show']);
});

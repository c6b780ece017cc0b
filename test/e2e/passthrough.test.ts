/** `/v1/providers/{provider}/{path}`: what no wire makes, through the running Worker and back. */
import { request as httpRequest, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSwitchyard } from '../../src/client';
import { awsEvent, joined } from '../support/aws-event-bytes';
import { type RawAnswer, type RawCall, type RawUpstream, startRawUpstream } from '../support/node/raw-upstream';
import { type BuiltWorker, eventually, startBuilt } from '../support/node/worker';
import { newRequestId, post, usageOf } from './session';

/** Every byte there is, so that nothing passes that was read as text. */
const SOUND = Uint8Array.from({ length: 4_096 }, (_, at) => at % 256);
const EVENTS = joined([awsEvent('chunk', { bytes: 'eyJhIjoxfQ==' }), awsEvent('chunk', { bytes: 'eyJiIjoyfQ==' })]);
const ENCRYPTION_KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const JSON_TYPE = { 'content-type': 'application/json' };
const SECRET = 'Incorrect API key provided: sk-upst****ator. Ask ops@internal.example.';

const json = (response: ServerResponse, value: unknown, status = 200): void => {
	response.writeHead(status, JSON_TYPE).end(JSON.stringify(value));
};

/** Lets the answer under way go on to its end. */
let release: () => void = () => undefined;

const ANSWERS: Readonly<Record<string, RawAnswer>> = {
	'/v1/audio/speech': (_call, response) => {
		response.writeHead(200, { 'content-type': 'audio/mpeg', 'set-cookie': 'session=1', server: 'internal-7' });
		for (let at = 0; at < SOUND.length; at += 1_000) response.write(SOUND.subarray(at, at + 1_000));
		response.end();
	},
	'/v1/audio/transcriptions': (_call, response) =>
		json(response, { text: 'Three switches.', usage: { type: 'tokens', input_tokens: 14, output_tokens: 5 } }),
	'/v1/completions': (_call, response) =>
		json(response, {
			id: 'cmpl-1',
			choices: [{ text: ' yard', index: 0, finish_reason: 'stop' }],
			usage: { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 },
		}),
	'/v1/completions?stream': async (_call, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.write(': hello\r\n\r\ndata: {"choices":[{"text":" yard"}],"usage":null}\n\n');
		await new Promise<void>((resolve) => {
			release = resolve;
		});
		response.write('data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}}\n\n');
		response.end('data: [DONE]\n\n');
	},
	'/v1/completions?endless': (_call, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const ticking = setInterval(() => response.write('data: {"choices":[{"text":" and on"}]}\n\n'), 10);
		response.once('close', () => clearInterval(ticking));
	},
	'/v1/completions?break': (_call, response) => {
		response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
		response.write('{"choices":[');
		setTimeout(() => response.destroy(new Error('scripted reset')), 50);
	},
	'/v1/moderations?401': (_call, response) =>
		json(response, { error: { message: SECRET, type: 'invalid_request_error', code: 'invalid_api_key' } }, 401),
	'/v1/moderations?429': (_call, response) => {
		response.writeHead(429, { ...JSON_TYPE, 'retry-after': '7' }).end('{"error":{"message":"Slow down"}}');
	},
	'/v1/moderations?500': (_call, response) => json(response, { error: { message: 'at /srv/internal.py:7' } }, 500),
	'/v1/moderations?400': (_call, response) =>
		json(response, { error: { message: "Invalid value for 'input'.", type: 'invalid_request_error' } }, 400),
	'/v1/moderations?302': (_call, response) => {
		response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end();
	},
	'/v1/files': (_call, response) => json(response, { object: 'list', data: [] }),
	'/v1/files/f1': (_call, response) => {
		response.writeHead(204).end();
	},
	'/model/anthropic.claude-3-haiku/invoke-with-response-stream': (_call, response) => {
		response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(EVENTS);
	},
	'/accounts/acc/ai/run/@cf/black-forest-labs/flux-1-schnell': (_call, response) => {
		response.writeHead(200, { 'content-type': 'image/png' }).end(SOUND);
	},
	'/v1beta/models/gemini-2.5-flash:countTokens': (_call, response) => json(response, { totalTokens: 7 }),
};

let upstream: RawUpstream;
let worker: BuiltWorker;

beforeAll(async () => {
	upstream = await startRawUpstream(async (call, response) => {
		const answer = ANSWERS[call.path] ?? ANSWERS[call.path.replace(/\?.*$/, '')];
		if (answer) await answer(call, response);
		else json(response, { error: { message: `nothing at ${call.path}` } }, 404);
	});
	const { origin } = upstream;
	worker = await startBuilt({
		OPENAI_API_KEY: 'sk-upstream-operator',
		OPENAI_BASE_URL: `${origin}/v1`,
		GOOGLE_API_KEY: 'key-google',
		GOOGLE_BASE_URL: `${origin}/v1beta`,
		WORKERS_AI_API_KEY: 'key-workers-ai',
		WORKERS_AI_BASE_URL: `${origin}/accounts/acc/ai`,
		BEDROCK_REGION: 'eu-central-1',
		BEDROCK_ACCESS_KEY_ID: 'AKIDPASS',
		BEDROCK_SECRET_ACCESS_KEY: 'passsecret',
		BEDROCK_BASE_URL: origin,
		LLM_ENCRYPTION_KEY: ENCRYPTION_KEY,
		ALLOW_PRIVATE_UPSTREAMS: 'true',
		LLM_USAGE_FLUSH_MS: '300',
		LLM_BREAKER_FAILURES: '1000',
	});
});

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
});

interface Ask {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	/** A form, or bytes, as they are. */
	readonly raw?: NonNullable<RequestInit['body']>;
	readonly key?: string;
	readonly signal?: AbortSignal;
}

/** With the request's id, under which its rows are found. */
async function ask(path: string, options: Ask = {}): Promise<{ requestId: string; response: Response }> {
	const { method = 'POST', headers = {}, body, raw, key = worker.key, signal } = options;
	const requestId = newRequestId();
	const response = await fetch(`${worker.origin}/v1/providers/${path}`, {
		method,
		headers: {
			authorization: `Bearer ${key}`,
			'x-request-id': requestId,
			...(body !== undefined && JSON_TYPE),
			...headers,
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
		...(raw !== undefined && { body: raw }),
		...(signal && { signal }),
	});
	return { requestId, response };
}

const lastCall = (): RawCall => upstream.calls.at(-1) as RawCall;
const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

/** Calls of the upstream that `work` causes. */
async function callsDuring(work: () => Promise<unknown>): Promise<number> {
	const before = upstream.calls.length;
	await work();
	return upstream.calls.length - before;
}

describe('an answer passed on', () => {
	it('is binary to the last byte, its row without a cost nobody stated', async () => {
		const { requestId, response } = await ask('openai/audio/speech', { body: { model: 'tts-1', input: 'Hello' } });
		expect(response.status).toBe(200);
		expect(await bytesOf(response)).toEqual(SOUND);
		expect(response.headers.get('content-type')).toBe('audio/mpeg');
		expect(response.headers.get('x-switchyard-provider')).toBe('openai');
		expect(response.headers.get('x-switchyard-model')).toBe('tts-1');
		for (const name of ['set-cookie', 'server']) expect(response.headers.get(name)).toBeNull();
		expect(lastCall().headers.authorization).toBe('Bearer sk-upstream-operator');
		expect(JSON.stringify(lastCall().headers)).not.toContain('sy_');
		expect(await usageOf(worker, requestId)).toMatchObject([
			{ operation: 'passthrough', state: 'settled', model: 'tts-1', prompt_tokens: null, cost_nano_usd: null },
		]);
	});

	it('is JSON whose usage is priced in D1', async () => {
		const { requestId, response } = await ask('openai/completions', {
			body: { model: 'gpt-4o-mini', prompt: 'Three switches, one' },
			headers: { 'x-switchyard-run': 'run-9' },
		});
		expect(await response.json()).toMatchObject({ choices: [{ text: ' yard' }] });
		expect(await usageOf(worker, requestId)).toMatchObject([
			{
				operation: 'passthrough',
				state: 'settled',
				provider: 'openai',
				model: 'gpt-4o-mini',
				run_id: 'run-9',
				prompt_tokens: 12,
				completion_tokens: 7,
				usage_source: 'reported',
				cost_nano_usd: 12 * 150 + 7 * 600,
				http_status: 200,
			},
		]);
	});

	it('is a stream of events, each of them as soon as it is there', async () => {
		const { requestId, response } = await ask('openai/completions?stream', {
			body: { model: 'gpt-4o-mini', prompt: 'One', stream: true },
		});
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		const decoder = new TextDecoder();
		let text = '';
		while (!text.includes('yard')) text += decoder.decode((await reader.read()).value, { stream: true });
		expect(text).not.toContain('DONE');
		release();
		for (let step = await reader.read(); !step.done; step = await reader.read())
			text += decoder.decode(step.value, { stream: true });
		expect(text).toBe(
			': hello\r\n\r\ndata: {"choices":[{"text":" yard"}],"usage":null}\n\n' +
				'data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}}\n\ndata: [DONE]\n\n',
		);
		expect(await usageOf(worker, requestId)).toMatchObject([{ state: 'settled', cost_nano_usd: 6_000 }]);
	});

	it('is empty where the upstream says that there is nothing', async () => {
		const { requestId, response } = await ask('openai/files/f1', { method: 'DELETE', key: worker.adminKey });
		expect(response.status).toBe(204);
		expect(await response.text()).toBe('');
		expect(lastCall().method).toBe('DELETE');
		expect(await usageOf(worker, requestId)).toMatchObject([{ state: 'settled', http_status: 204 }]);
	});
});

describe('a request passed on', () => {
	it('is a form as it came, files and all, its model in the row', async () => {
		const form = new FormData();
		form.set('model', 'gpt-4o-mini-transcribe');
		form.set('file', new Blob([SOUND], { type: 'audio/wav' }), 'ä sound.wav');
		const sent = new Request('http://client.test', { method: 'POST', body: form });
		const type = sent.headers.get('content-type') ?? '';
		const bytes = await bytesOf(new Response(await sent.arrayBuffer()));
		const { requestId, response } = await ask('openai/audio/transcriptions', {
			raw: bytes,
			headers: { 'content-type': type },
		});
		expect(await response.json()).toMatchObject({ text: 'Three switches.' });
		expect(lastCall().headers['content-type']).toBe(type);
		expect(new Uint8Array(lastCall().body)).toEqual(bytes);
		expect(await usageOf(worker, requestId)).toMatchObject([
			{ model: 'gpt-4o-mini-transcribe', prompt_tokens: 14, completion_tokens: 5 },
		]);
	});

	it('keeps its query, and loses every header that is between the client and us', async () => {
		await ask('openai/files?limit=3&after=a%2Fb', {
			method: 'GET',
			key: worker.adminKey,
			headers: { cookie: 'a=b', 'x-forwarded-for': '10.0.0.1', 'openai-beta': 'x=v2', 'openai-organization': 'org-1' },
		});
		expect(lastCall().path).toBe('/v1/files?limit=3&after=a%2Fb');
		expect(lastCall().headers).toMatchObject({ 'openai-beta': 'x=v2' });
		for (const name of ['cookie', 'x-forwarded-for', 'x-request-id', 'openai-organization'])
			expect(lastCall().headers).not.toHaveProperty(name);
	});

	it('is signed for Bedrock, whose events come back byte by byte', async () => {
		const path = 'bedrock/model/anthropic.claude-3-haiku/invoke-with-response-stream';
		const { requestId, response } = await ask(path, { body: { anthropic_version: 'bedrock-2023-05-31' } });
		expect(await bytesOf(response)).toEqual(new Uint8Array(EVENTS));
		expect(lastCall().headers.authorization).toMatch(
			/^AWS4-HMAC-SHA256 Credential=AKIDPASS\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
		);
		expect(await usageOf(worker, requestId)).toMatchObject([{ provider: 'bedrock', state: 'settled' }]);
	});

	it('reaches models that are named in the path', async () => {
		const image = await ask('workers-ai/run/@cf/black-forest-labs/flux-1-schnell', { body: { prompt: 'A yard' } });
		expect(await bytesOf(image.response)).toEqual(SOUND);
		const count = await ask('google/models/gemini-2.5-flash:countTokens', { body: { contents: [] } });
		expect(await count.response.json()).toEqual({ totalTokens: 7 });
		expect(lastCall().headers['x-goog-api-key']).toBe('key-google');
		expect(await usageOf(worker, image.requestId)).toMatchObject([
			{ provider: 'workers-ai', model: '@cf/black-forest-labs/flux-1-schnell' },
		]);
		expect(await usageOf(worker, count.requestId)).toMatchObject([{ provider: 'google', model: 'gemini-2.5-flash' }]);
	});
});

describe('a client that leaves half-way', () => {
	it('ends the upstream call, and what it cost is unknown', async () => {
		const leaving = new AbortController();
		const { requestId, response } = await ask('openai/completions?endless', {
			body: { model: 'gpt-4o-mini', prompt: 'On', stream: true },
			signal: leaving.signal,
		});
		await response.body?.getReader().read();
		const call = lastCall();
		leaving.abort();
		await eventually('the end of the upstream call', async () => (call.clientLeft ? true : null), 10_000);
		expect(await usageOf(worker, requestId)).toMatchObject([{ state: 'unknown', error_code: 'aborted' }]);
	});
});

describe('a failure of the upstream', () => {
	it.each([
		['401', 502, 'upstream_rejected'],
		['429', 429, 'rate_limited'],
		['500', 503, 'upstream_unavailable'],
		['400', 400, 'invalid_request'],
		['302', 502, 'upstream_malformed'],
	])('%s is answered once, as %d and in our own words', async (kind, status, code) => {
		const before = upstream.calls.length;
		const { requestId, response } = await ask(`openai/moderations?${kind}`, {
			body: { model: 'omni-moderation-latest', input: 'x' },
		});
		expect(upstream.calls.length - before).toBe(1);
		expect(response.status).toBe(status);
		const text = await response.text();
		expect(JSON.parse(text)).toMatchObject({ error: { code } });
		for (const secret of ['sk-upst', 'ops@internal', 'internal.py', 'Slow down', 'elsewhere'])
			expect(text).not.toContain(secret);
		if (kind === '429') expect(response.headers.get('retry-after')).toBe('7');
		expect(await usageOf(worker, requestId)).toMatchObject([{ state: 'released', cost_nano_usd: 0, error_code: code }]);
	});

	it('in the middle of an answer of a stated length cuts it, and never ends it as if it were whole', async () => {
		const requestId = newRequestId();
		const cut = await bare('POST', 'openai/completions?break', {
			body: '{"model":"gpt-4o-mini","prompt":""}',
			headers: { 'x-request-id': requestId },
		});
		expect(cut).toEqual({ status: 200, text: '{"choices":[', whole: false });
		expect(await usageOf(worker, requestId)).toMatchObject([{ state: 'unknown', error_code: 'upstream_unavailable' }]);
	});
});

describe("the operator's account", () => {
	it('is closed to a gateway key where it keeps something, and open to the operator', async () => {
		const calls = await callsDuring(async () => {
			for (const method of ['GET', 'POST', 'DELETE']) {
				const { response } = await ask('openai/files', { method });
				expect(response.status).toBe(403);
				expect(await response.json()).toMatchObject({ error: { code: 'forbidden', param: 'path' } });
			}
		});
		expect(calls).toBe(0);
		const { response } = await ask('openai/files', { method: 'GET', key: worker.adminKey });
		expect(await response.json()).toEqual({ object: 'list', data: [] });
	});

	it.each([
		'openai/audio/../files',
		'openai/audio/speech/../../files',
		'openai/audio/%2e%2e/files',
		'openai/audio%2f..%2ffiles',
		'openai//files',
		'openai/files/',
	])('is not reached around that: %s', async (path) => {
		const calls = await callsDuring(async () => {
			const { status } = await bare('GET', path);
			expect(status).toBeGreaterThanOrEqual(400);
			expect(status).toBeLessThan(500);
		});
		expect(calls).toBe(0);
	});

	it('is not in play where an organization has a key of its own, which may call everything', async () => {
		const { key, rowId } = await organizationWithKey('sk-own');
		const { requestId, response } = await ask('openai/files', { method: 'GET', key });
		expect(response.status).toBe(200);
		expect(lastCall().headers.authorization).toBe('Bearer sk-own');
		expect(await usageOf(worker, requestId)).toMatchObject([{ provider_row_id: rowId, model: 'files' }]);
	});
});

describe('what can not be passed on', () => {
	it.each([
		['nobody/files', 404, 'model_not_found'],
		['groq/audio/speech', 404, 'model_not_found'],
		['mock/files', 400, 'invalid_request'],
	])('%s is refused as %d', async (path, status, code) => {
		const { response } = await ask(path, { body: {} });
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ error: { code } });
	});

	it('is nobody asked without a key', async () => {
		const calls = await callsDuring(async () => {
			const answer = await post(worker, {}, { path: '/v1/providers/openai/audio/speech', key: null });
			expect(answer.status).toBe(401);
		});
		expect(calls).toBe(0);
	});
});

/** A gateway key of an organization that has its own key of OpenAI. */
async function organizationWithKey(apiKey: string): Promise<{ readonly key: string; readonly rowId: string }> {
	const operator = createSwitchyard({ url: worker.origin, key: worker.adminKey });
	await operator.organizations.create.mutate({ slug: 'owner', name: 'Owner' });
	const there = createSwitchyard({ url: worker.origin, key: worker.adminKey, organization: 'owner' });
	const { id: rowId } = await there.providers.add.mutate({
		provider: 'openai',
		apiKey,
		baseUrl: `${upstream.origin}/v1`,
	});
	const { key } = await there.gatewayKeys.create.mutate({ name: 'own' });
	return { key, rowId };
}

/** On a connection of its own, the path as it is (clients resolve dots themselves) and the answer uncompressed. */
function bare(
	method: string,
	path: string,
	{ body = '', headers = {} }: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly status: number; readonly text: string; readonly whole: boolean }> {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(worker.origin);
		const request = httpRequest(
			{
				hostname,
				port,
				path: `/v1/providers/${path}`,
				method,
				agent: false,
				headers: { authorization: `Bearer ${worker.key}`, ...JSON_TYPE, ...headers },
			},
			(response) => {
				let text = '';
				response.on('data', (chunk: Buffer) => {
					text += chunk.toString();
				});
				response.on('error', () => undefined);
				response.once('close', () => resolve({ status: response.statusCode ?? 0, text, whole: response.complete }));
			},
		);
		request.once('error', reject);
		request.end(body);
	});
}

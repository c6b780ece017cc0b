import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import { GatewayError } from '../../src/errors';
import type { Credential, OutboundRequest } from '../../src/gateway/ports';
import { probe } from '../../src/gateway/probe';
import type { CloseRequest } from '../../src/ledger/contract';
import { embedWires, findProvider, type ProviderId, providerIds, providers, wires } from '../../src/providers';
import type { Provider } from '../../src/providers/provider';
import { virtualTime } from '../support/virtual-time';

const KEY = 'zz-very-secret-key-0001';

interface Asked {
	readonly id: ProviderId;
	readonly model?: string;
	readonly credential?: Partial<Credential>;
	readonly signal?: AbortSignal;
	readonly answer?: (request: OutboundRequest) => Response | Promise<Response>;
}

function asking({ id, model, credential = {}, signal, answer = () => Response.json({ data: [] }) }: Asked) {
	const provider: Provider = providers[id];
	const time = virtualTime(1_000_000);
	const sent: OutboundRequest[] = [];
	const closes: CloseRequest[] = [];
	const unused = () => {
		throw new Error('a probe opens nothing');
	};
	const pair: Credential = {
		rowId: 'row-1',
		name: id,
		source: 'organization',
		apiKey: KEY,
		baseUrl: provider.baseUrl ?? 'https://llm.example.org',
		trust: 'tenant',
		config: {},
		...credential,
	};
	const outcome = probe(provider, pair, model ?? null, signal ?? null, {
		time,
		send: async (request) => {
			sent.push(request);
			return answer(request);
		},
		limits: { firstEventMs: 10_000, idleMs: 60_000, totalMs: 600_000, maxAttempts: 3 },
		registry: { provider: findProvider, ids: providerIds, wires, embedWires },
		catalog: catalog(),
		ledger: { open: unused, extend: unused, account: unused, close: (close) => void closes.push(close) },
		newId: () => 'request-1',
		caller: { organizationId: 'o1', keyId: 'k1', version: 7 },
	});
	return { outcome, sent, closes, time };
}

const body = (request: OutboundRequest | undefined): unknown => JSON.parse(String(request?.body));

const completion = {
	id: 'c',
	model: 'gpt-4o-mini',
	choices: [{ index: 0, message: { role: 'assistant', content: 'p' }, finish_reason: 'length' }],
	usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
};

const converse = {
	output: { message: { role: 'assistant', content: [{ text: 'p' }] } },
	stopReason: 'max_tokens',
	usage: { inputTokens: 9, outputTokens: 1, totalTokens: 10 },
};

describe('a probe without a model', () => {
	it.each<[ProviderId, string, Partial<Credential>, string]>([
		['openai', 'https://api.openai.com/v1/models', {}, `Bearer ${KEY}`],
		['groq', 'https://proxy.example/openai/v1/models', { baseUrl: 'https://proxy.example/openai/v1' }, `Bearer ${KEY}`],
		['openrouter', 'https://openrouter.ai/api/v1/key', {}, `Bearer ${KEY}`],
		['custom', 'https://llm.example.org/models', {}, `Bearer ${KEY}`],
		['workers-ai', 'https://llm.example.org/models/search?per_page=1', {}, `Bearer ${KEY}`],
	])('asks %s at %s', async (id, url, credential, authorization) => {
		const { outcome, sent, closes } = asking({ id, credential });
		expect(await outcome).toEqual({ ok: true, latencyMs: 0, model: null, error: null });
		expect(sent).toMatchObject([{ provider: id, method: 'GET', url, headers: { authorization }, trust: 'tenant' }]);
		expect(sent[0]?.body).toBeUndefined();
		expect(closes).toEqual([]);
	});

	it("asks with the provider's own headers", async () => {
		const { outcome, sent } = asking({ id: 'anthropic' });
		expect((await outcome).ok).toBe(true);
		expect(sent[0]?.headers).toMatchObject({ 'x-api-key': KEY, 'anthropic-version': '2023-06-01' });
	});

	it("asks at the path of Azure's dated API where the row names a version", async () => {
		const { outcome, sent } = asking({ id: 'azure-openai', credential: { config: { apiVersion: '2024-10-21' } } });
		expect((await outcome).ok).toBe(true);
		expect(sent[0]?.url).toBe('https://llm.example.org/openai/models?api-version=2024-10-21');
	});

	it('asks a server without a key without one', async () => {
		const { outcome, sent } = asking({ id: 'ollama', credential: { apiKey: null } });
		expect((await outcome).ok).toBe(true);
		expect(sent[0]?.url).toBe('http://localhost:11434/api/tags');
		expect(sent[0]?.headers.authorization).toBeUndefined();
	});

	it('asks the default model for a token where there is no list that proves the key', async () => {
		const { outcome, sent, closes } = asking({
			id: 'bedrock',
			credential: { apiKey: 'bearer-key-of-bedrock' },
			answer: () => Response.json(converse),
		});
		expect(await outcome).toMatchObject({ ok: true, model: providers.bedrock.defaultModel });
		expect(sent[0]?.url).toContain(`/model/${encodeURIComponent(providers.bedrock.defaultModel)}/converse`);
		expect(closes).toHaveLength(1);
	});

	it('takes a web page for what it is', async () => {
		const { outcome } = asking({ id: 'custom', answer: () => new Response('<!doctype html><title>Hi</title>') });
		expect(await outcome).toMatchObject({ ok: false, error: { code: 'upstream_malformed' } });
	});

	it('follows no redirect', async () => {
		const answer = () => new Response(null, { status: 307, headers: { location: 'https://evil.example/' } });
		const { outcome, sent } = asking({ id: 'openai', answer });
		expect(await outcome).toMatchObject({ ok: false, error: { code: 'upstream_malformed' } });
		expect(sent).toHaveLength(1);
	});
});

describe('a probe with a model', () => {
	it('asks for one token and accounts for it as a health check', async () => {
		const { outcome, sent, closes } = asking({
			id: 'openai',
			model: 'gpt-4o-mini',
			answer: () => Response.json(completion),
		});
		expect(await outcome).toEqual({ ok: true, latencyMs: 0, model: 'gpt-4o-mini', error: null });
		expect(sent[0]).toMatchObject({ method: 'POST', url: 'https://api.openai.com/v1/chat/completions' });
		expect(body(sent[0])).toEqual({
			model: 'gpt-4o-mini',
			messages: [{ role: 'user', content: 'ping' }],
			max_completion_tokens: 1,
		});
		expect(closes).toMatchObject([
			{
				final: true,
				entry: {
					attemptId: 'request-1.1',
					organizationId: 'o1',
					keyId: 'k1',
					operation: 'health',
					state: 'settled',
					provider: 'openai',
					providerRowId: 'row-1',
					model: 'gpt-4o-mini',
					usageSource: 'reported',
					configVersion: 7,
				},
			},
		]);
	});

	it.each([
		['openai', 'openai/gpt-4o-mini', 'gpt-4o-mini'],
		['openrouter', 'openrouter/auto', 'openrouter/auto'],
		['openrouter', 'openrouter/openrouter/auto', 'openrouter/auto'],
	] as const)('takes the name with the provider in front: %s %s', async (id, model, named) => {
		const { outcome, sent } = asking({ id, model, answer: () => Response.json(completion) });
		expect((await outcome).model).toBe(named);
		expect(body(sent[0])).toMatchObject({ model: named });
	});

	it('leaves a model that reasons some room', async () => {
		const { outcome, sent } = asking({ id: 'openai', model: 'gpt-5-mini', answer: () => Response.json(completion) });
		expect((await outcome).ok).toBe(true);
		expect(body(sent[0])).toMatchObject({ max_completion_tokens: 64 });
	});

	it('embeds where the model does that', async () => {
		const vectors = {
			data: [{ index: 0, embedding: [0.5] }],
			model: 'm',
			usage: { prompt_tokens: 1, total_tokens: 1 },
		};
		const { outcome, sent, closes } = asking({
			id: 'mistral',
			model: 'mistral-embed',
			answer: () => Response.json(vectors),
		});
		expect(await outcome).toMatchObject({ ok: true, model: 'mistral-embed' });
		expect(sent[0]?.url).toBe('https://api.mistral.ai/v1/embeddings');
		expect(closes).toMatchObject([{ entry: { state: 'settled', operation: 'health' } }]);
	});

	it('is refused where the provider embeds nothing', async () => {
		const { outcome, sent } = asking({ id: 'anthropic', model: 'voyage-embed-1' });
		expect(await outcome).toMatchObject({ ok: false, error: { code: 'model_not_found', param: 'model' } });
		expect(sent).toEqual([]);
	});

	it('gives back what a refused call did not cost', async () => {
		const { outcome, closes } = asking({
			id: 'openai',
			model: 'gpt-4o-mini',
			answer: () => Response.json({ error: { message: 'no', code: 'invalid_api_key' } }, { status: 401 }),
		});
		expect(await outcome).toMatchObject({ ok: false, error: { code: 'upstream_rejected' } });
		expect(closes).toMatchObject([{ entry: { state: 'released', httpStatus: 401, costNanoUsd: 0n } }]);
	});
});

describe('a failed probe', () => {
	it('never shows the key, even where the upstream repeats it', async () => {
		const pair = 'AKIDEXAMPLEXX:wJalrXUtnFEMIsecretpart:session-part-1';
		for (const apiKey of [KEY, pair]) {
			const message = `Rejected ${apiKey} and ${apiKey.split(':').join(' ')}`;
			const { outcome } = asking({
				id: 'openai',
				credential: { apiKey },
				answer: () => Response.json({ error: { message, type: 'invalid_request_error' } }, { status: 400 }),
			});
			const { error } = await outcome;
			expect(error).toBeInstanceOf(GatewayError);
			const said = `${error?.message} ${JSON.stringify(error)} ${String(error?.cause)}`;
			for (const part of [apiKey, ...apiKey.split(':')]) expect(said).not.toContain(part);
		}
	});

	it('says so where the upstream is silent', async () => {
		const answer = ({ signal }: OutboundRequest) =>
			new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
		const { outcome, time } = asking({ id: 'openai', answer });
		await time.advance(10_000);
		expect(await outcome).toMatchObject({ ok: false, latencyMs: 10_000, error: { code: 'upstream_timeout' } });
		expect(time.pending()).toBe(0);
	});

	it('says so where the connection breaks or the address is refused', async () => {
		const thrown = (error: Error) => asking({ id: 'openai', answer: () => Promise.reject(error) }).outcome;
		expect(await thrown(new TypeError('reset'))).toMatchObject({ ok: false, error: { code: 'upstream_unavailable' } });
		const refused = new GatewayError('invalid_request', 'The address is refused.', { param: 'baseUrl' });
		expect(await thrown(refused)).toMatchObject({ ok: false, error: { code: 'invalid_request', param: 'baseUrl' } });
	});

	it('says so where the client has left', async () => {
		const answer = async ({ signal }: OutboundRequest) => {
			signal.throwIfAborted();
			return Response.json({});
		};
		const { outcome } = asking({ id: 'openai', signal: AbortSignal.abort(), answer });
		expect(await outcome).toMatchObject({ ok: false, error: { code: 'aborted' } });
	});
});

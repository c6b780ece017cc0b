import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/gateway/ports';
import type { RoutingPolicy } from '../../src/language/routing';
import {
	answer,
	chatCall,
	failure,
	hang,
	type Script,
	SSE,
	sse,
	type WorldOptions,
	world,
} from '../support/scripted-gateway';
import { choiceOf, routingOf, rowOf } from './snapshots';

const ok: Script = () => answer();

/** What health is told of one call that is tried once. */
async function told(upstream: Script, options: Partial<WorldOptions> = {}, request = {}) {
	const w = world({ upstream: [upstream], limits: { maxAttempts: 1 }, ...options });
	const work = w.gateway.chat(chatCall({ model: 'default', maxTokens: 100, ...request })).catch(() => null);
	await w.time.advance(200_000);
	await work;
	const [reported] = w.outcomes;
	if (!reported) throw new Error('nothing was reported');
	expect(w.outcomes).toHaveLength(1);
	return reported;
}

const by = (credential: Credential) => ({ snapshot: { credentials: { openai: [credential] } } });
const under = (policy: RoutingPolicy, settings = {}) => ({
	snapshot: { defaultChoice: { ...choiceOf('openai/gpt-test', settings), routing: routingOf(policy) } },
});

describe('health is told', () => {
	it('whose endpoint it was: everybody’s by an address of the operator, else the organization’s own', async () => {
		expect((await told(ok)).facts).toEqual({
			endpoint: 'openai@openai.test',
			provider: 'openai',
			organizationId: null,
			rowId: null,
		});
		expect((await told(ok, by(rowOf('own', { trust: 'tenant', baseUrl: 'https://llm.test' })))).facts).toEqual({
			endpoint: 'openai@llm.test#org1',
			provider: 'openai',
			organizationId: 'org1',
			rowId: 'own',
		});
	});

	it('that a key is good, with the tokens it was used for', async () => {
		const { outcome } = await told(ok, by(rowOf('own', { mark: 'own 1' })));
		expect(outcome).toMatchObject({ result: 'success', error: null, modelClass: 'gpt-test' });
		expect(outcome.key).toEqual({
			mark: 'own 1',
			rowId: 'own',
			organizationId: 'org1',
			startedAt: 1_000_000,
			tokens: 15,
			word: 'good',
			until: null,
			status: null,
			rates: null,
		});
	});

	it('which tokens a key was used for where an answer was cut, or can not be read: by estimate', async () => {
		const cut = await told(() => sse(SSE.role, SSE.text('four char words here')), {}, { maxTokens: 5_000 });
		expect(cut.outcome).toMatchObject({ result: 'failure', key: { word: 'good', tokens: expect.any(Number) } });
		expect(cut.outcome.key?.tokens).toBeGreaterThan(5);
		const broken = await told(() => new Response('{', { headers: { 'content-type': 'application/json' } }));
		expect(broken.outcome.key).toMatchObject({ word: 'silent' });
		expect(broken.outcome.key?.tokens).toBeGreaterThan(0);
	});

	it('nothing of a key where none was used', async () => {
		expect((await told(ok, by(rowOf('own', { apiKey: null })))).outcome.key).toBeNull();
	});

	it('until when a limited key is limited, and with which status one was refused', async () => {
		const limited = await told(() => failure(429, { 'retry-after': '900' }));
		expect(limited.outcome.key).toMatchObject({ word: 'limited', until: 1_000_000 + 900_000, status: 429, tokens: 0 });
		expect((await told(() => failure(429))).outcome.key).toMatchObject({ word: 'limited', until: null });
		expect((await told(() => failure(403))).outcome.key).toMatchObject({ word: 'refused', until: null, status: 403 });
	});

	it.each([
		['an answer', (headers: Record<string, string>) => new Response(answer().body, { headers }), 'good'],
		['a refusal', (headers: Record<string, string>) => failure(400, headers), 'silent'],
		['a limit', (headers: Record<string, string>) => failure(429, headers), 'limited'],
	] as const)('what is left of the limits, by the headers of %s', async (_, respond, word) => {
		const headers = {
			'content-type': 'application/json',
			'x-ratelimit-limit-requests': '100',
			'x-ratelimit-remaining-requests': '7',
			'x-ratelimit-reset-requests': '6s',
		};
		const { outcome } = await told(() => respond(headers));
		expect(outcome.key).toMatchObject({
			word,
			rates: { requests: { limit: 100, remaining: 7, resetAt: 1_006_000 }, tokens: null },
		});
	});

	it('which failure it was, whatever it counts for', async () => {
		expect((await told(() => failure(401))).outcome).toMatchObject({
			result: 'neutral',
			error: { failure: 'key-dead', status: 401 },
		});
		expect((await told(hang)).outcome.error).toEqual({ failure: 'timeout', status: null });
	});

	it('nothing of providers that are part of the gateway', async () => {
		const credentials = { mock: [rowOf('mock', { source: 'none', mark: 'none' })] };
		const w = world({ upstream: [ok], limits: { maxAttempts: 1 }, snapshot: { credentials } });
		await w.gateway.chat(chatCall({ model: 'mock/echo' })).catch(() => null);
		expect(w.outcomes).toEqual([]);
		expect(w.asked).toEqual([]);
	});

	it('of a whole answer how fast it came, and of a stream how soon it began', async () => {
		const w = world({ upstream: [() => sse(SSE.role, SSE.text('words'), SSE.stop, SSE.usage, SSE.done)] });
		const stream = await w.gateway.stream(chatCall());
		await w.time.advance(500);
		for await (const _ of stream.events);
		expect(w.outcomes[0]?.outcome).toMatchObject({ firstEventMs: 0, outputTokensPerSecond: 10 });
	});
});

describe('a time limit counts against a provider', () => {
	it('where the request was as patient as the operator, or more', async () => {
		expect((await told(hang)).outcome.result).toBe('failure');
		expect((await told(hang, under({ firstEventTimeoutMs: 20_000 }))).outcome.result).toBe('failure');
	});

	it('nowhere where it was less patient, whoever set the limit', async () => {
		expect((await told(hang, under({ firstEventTimeoutMs: 1 }))).outcome.result).toBe('neutral');
		const timeoutMs = { timeoutMs: { value: 1, origin: 'agent' } };
		expect((await told(hang, under({}, timeoutMs))).outcome.result).toBe('neutral');
		expect((await told(hang, under({ totalTimeoutMs: 5 }))).outcome.result).toBe('neutral');
		expect((await told(hang, under({ commitTimeoutMs: 5 }))).outcome.result).toBe('neutral');
	});

	it('where it was its own', async () => {
		expect((await told(() => failure(504), under({ firstEventTimeoutMs: 1 }))).outcome.result).toBe('failure');
	});

	it('by the silence between events alike', async () => {
		const silent: Script = (request) => {
			const body = new ReadableStream<Uint8Array>({
				start(controller) {
					controller.enqueue(new TextEncoder().encode(SSE.role + SSE.text('words')));
					request.signal.addEventListener('abort', () => controller.error(request.signal.reason));
				},
			});
			return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
		};
		const folded = { maxTokens: 5_000 };
		expect((await told(silent, {}, folded)).outcome).toMatchObject({ result: 'failure', scope: 'model' });
		expect((await told(silent, under({ idleTimeoutMs: 50 }), folded)).outcome.result).toBe('neutral');
	});
});

import { describe, expect, it } from 'vitest';
import type { EmbedCall } from '../../src/gateway/call';
import { chatCall, type Script, SSE, sse, type World, world } from '../support/scripted-gateway';
import { asking } from './asking';

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** A body that sends so much, and then its connection is reset. */
const torn =
	(text: string, headers: Record<string, string>): Script =>
	() => {
		let sent = false;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				if (sent) return controller.error(new TypeError('connection reset'));
				sent = true;
				controller.enqueue(new TextEncoder().encode(text));
			},
		});
		return new Response(body, { headers });
	};

const once = { limits: { maxAttempts: 1 } };
const whole = (upstream: Script) => asking({ upstream: [upstream], ...once });
const folded = (upstream: Script) => asking({ upstream: [upstream], ...once }, { maxTokens: 5_000 });
const booked = (w: World) => w.entries().map(({ state, httpStatus }) => [state, httpStatus]);

describe('an answer that has begun and breaks off before any content', () => {
	it.each([
		['whole', () => whole(torn('{"choices":[{"mess', JSON_TYPE))],
		['whole, of a stated length', () => whole(torn('{"choi', { ...JSON_TYPE, 'content-length': '900' }))],
		['streamed', () => folded(torn(SSE.role, { 'content-type': 'text/event-stream' }))],
		['streamed and ended', () => folded(() => sse(SSE.role))],
	])('may be billed, and counts against its model: %s', async (_, ask) => {
		const { w, error } = await ask();
		expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network', status: 200 } });
		expect(booked(w)).toEqual([['unknown', 200]]);
		const [entry] = w.entries();
		expect(entry).toMatchObject({ usageSource: 'estimated', errorClass: 'network' });
		expect(entry?.costNanoUsd).toBeGreaterThan(0n);
		expect(w.outcomes).toMatchObject([{ outcome: { result: 'failure', scope: 'model', error: { status: 200 } } }]);
	});

	it('is another thing than a connection that never was', async () => {
		const { w } = await whole(() => {
			throw new TypeError('reset');
		});
		expect(booked(w)).toEqual([['released', null]]);
		expect(w.outcomes).toMatchObject([{ outcome: { result: 'failure', scope: 'endpoint', error: { status: null } } }]);
	});
});

describe('an answer that can not be read', () => {
	it.each<readonly [string, () => ReturnType<typeof whole>]>([
		['half of its JSON', () => whole(() => new Response('{"choices":[', { headers: JSON_TYPE }))],
		['nothing', () => whole(() => new Response('', { headers: JSON_TYPE }))],
		['JSON of another kind', () => whole(() => Response.json({ hello: 'world' }))],
		['no body', () => whole(() => new Response(null, { status: 204 }))],
		['a frame of no JSON', () => folded(() => sse('data: OK\n\n'))],
		['JSON where a stream was to come', () => folded(() => Response.json(['no']))],
		['no body where a stream was to come', () => folded(() => new Response(null, { status: 204 }))],
	])('may be billed as it is: %s', async (_, ask) => {
		const { w, error } = await ask();
		expect(error?.code).toBe('upstream_malformed');
		expect(booked(w)).toEqual([['unknown', 200]]);
		expect(w.outcomes).toMatchObject([{ outcome: { result: 'neutral' } }]);
	});

	it.each([100, 5_000])('since a wire stumbles over it may be billed, too (%i tokens at most)', async (maxTokens) => {
		const w = world({ upstream: [() => Response.json({ choices: [] })], ...once });
		const { wires } = w.ports.registry;
		const stumbling = {
			...wires['openai-chat'],
			fromResponse: () => {
				throw new TypeError('undefined is not iterable');
			},
		};
		Object.assign(w.ports.registry, { wires: { ...wires, 'openai-chat': stumbling } });
		await expect(w.gateway.chat(chatCall({ maxTokens }))).rejects.toMatchObject({ code: 'upstream_malformed' });
		expect(booked(w)).toEqual([['unknown', 200]]);
	});

	it.each([
		['with a 200', 200, 'upstream_malformed', 200],
		['in the place of a 401', 401, 'upstream_rejected', 401],
		['in the place of a 404', 404, 'upstream_malformed', 404],
	] as const)('was never made where a web page comes %s', async (_, status, code, httpStatus) => {
		for (const ask of [whole, folded]) {
			const { w, error } = await ask(
				() => new Response('<html><h1>Bad gateway</h1></html>', { status, headers: HTML }),
			);
			expect(error?.code).toBe(code);
			expect(booked(w)).toEqual([['released', httpStatus]]);
			expect(w.entries()[0]?.routing?.steps ?? []).toEqual([expect.objectContaining({ reason: 'web page' })]);
		}
	});
});

describe('an embedding', () => {
	const call: EmbedCall = {
		requestId: 'e1',
		clientRequestId: null,
		agent: null,
		fallback: true,
		receivedAt: 1_000_000,
		signal: null,
		request: { model: 'openai/embed-test', input: ['a', 'b'] },
	};
	const embedded = async (upstream: Script) => {
		const w = world({ upstream: [upstream], ...once });
		await expect(w.gateway.embed(call)).rejects.toMatchObject({ upstream: { status: 200 } });
		return booked(w);
	};

	it('that breaks off, or is no vectors, may be billed; a web page is not', async () => {
		expect(await embedded(torn('{"data":[', JSON_TYPE))).toEqual([['unknown', 200]]);
		expect(await embedded(() => Response.json({ model: 'm', data: [], usage: null }))).toEqual([['unknown', 200]]);
		expect(await embedded(() => new Response('<html>', { headers: HTML }))).toEqual([['released', 200]]);
	});
});

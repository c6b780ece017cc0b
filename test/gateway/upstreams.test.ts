import { describe, expect, it } from 'vitest';
import { ollama } from '../../src/providers/ollama';
import { ollamaChat } from '../../src/providers/wire/ollama-chat';
import { credential, type PullingServer, pullingServer } from '../support/pulling-server';

const REQUEST = { path: '/api/pull', headers: { accept: 'application/x-ndjson' }, body: '{}' };

const asked = (server: PullingServer, signal: AbortSignal | null = null) =>
	server.port.frames({ provider: ollama, credential: credential(), wire: ollamaChat, request: REQUEST, signal });

const data = (step: IteratorResult<readonly { data: string }[], void>) => (step.value ?? []).map((frame) => frame.data);

describe('a provider asked by its administrator', () => {
	it('is asked with its key at its address', async () => {
		const server = pullingServer();
		server.close();
		expect(await asked(server).next()).toMatchObject({ done: true });
		expect(server.sent).toMatchObject([
			{
				provider: 'ollama',
				method: 'POST',
				url: 'https://llm.example.org/api/pull',
				headers: { authorization: 'Bearer key-1', accept: 'application/x-ndjson' },
				body: '{}',
				trust: 'tenant',
			},
		]);
	});

	it('gives its credentials as they are stored now', async () => {
		const server = pullingServer([credential({ name: 'gpu-1' })]);
		expect(await server.port.credentials('ollama')).toMatchObject([{ name: 'gpu-1' }]);
		expect(await server.port.credentials('openai')).toEqual([]);
	});

	it('answers frame by frame, those of a chunk together', async () => {
		const server = pullingServer();
		const frames = asked(server);
		const first = frames.next();
		server.say('{"a":1}\n{"a":2}\n{"a"');
		expect(data(await first)).toEqual(['{"a":1}', '{"a":2}']);
		const second = frames.next();
		server.say(':3}');
		server.close();
		expect(data(await second)).toEqual(['{"a":3}']);
		expect((await frames.next()).done).toBe(true);
		expect(server.time.pending()).toBe(0);
	});

	it('throws what a refusal means', async () => {
		const refused = pullingServer(undefined, () => Response.json({ error: 'unauthorized' }, { status: 401 }));
		await expect(asked(refused).next()).rejects.toMatchObject({ code: 'upstream_rejected' });
		const moved = pullingServer(undefined, () => new Response(null, { status: 302, headers: { location: '/x' } }));
		await expect(asked(moved).next()).rejects.toMatchObject({ code: 'upstream_malformed' });
	});

	it('throws where the connection breaks', async () => {
		const server = pullingServer();
		const frames = asked(server);
		const next = frames.next();
		server.cut();
		await expect(next).rejects.toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } });
	});

	it('may be silent for long, but not for ever', async () => {
		const server = pullingServer();
		const frames = asked(server);
		const first = frames.next();
		await server.time.advance(599_000);
		server.say('{}\n');
		expect(data(await first)).toEqual(['{}']);
		const second = frames.next();
		const failed = expect(second).rejects.toMatchObject({ code: 'upstream_timeout' });
		await server.time.advance(601_000);
		await failed;
		expect(server.left()).toBe(true);
		expect(server.sent[0]?.signal.aborted).toBe(true);
	});

	it('is left where its reader leaves', async () => {
		const server = pullingServer();
		const frames = asked(server);
		const first = frames.next();
		server.say('{}\n');
		await first;
		await frames.return();
		expect(server.left()).toBe(true);
		expect(server.sent[0]?.signal.aborted).toBe(true);
		expect(server.time.pending()).toBe(0);
	});

	it('is left at once where the client has gone, although it is silent', async () => {
		const server = pullingServer();
		const client = new AbortController();
		const frames = asked(server, client.signal);
		const next = frames.next();
		await server.time.advance(0);
		client.abort();
		await expect(next).rejects.toMatchObject({ code: 'aborted' });
		expect(server.left()).toBe(true);
	});

	it('is not asked at all for a client that has gone', async () => {
		const server = pullingServer();
		await expect(asked(server, AbortSignal.abort()).next()).rejects.toMatchObject({ code: 'aborted' });
		expect(server.sent).toEqual([]);
	});
});

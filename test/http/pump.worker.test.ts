import { describe, expect, it } from 'vitest';
import { chatStream, doorApp, finish, sseData, start, text } from '../support/door-app';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }], stream: true };
const never = () => new Promise<never>(() => undefined);

/** The Node project proves the rules; here they hold on the platform's own identity stream. */
describe('a pumped stream in workerd', () => {
	it('arrives whole', async () => {
		const door = doorApp({ stream: () => chatStream([[start, text('Hel')], [text('lo')], [finish]]) });
		const data = await sseData(await door.post('/v1/chat/completions', CHAT));
		expect(data).toHaveLength(5);
		expect(data.at(-1)).toBe('[DONE]');
		await door.settled();
	});

	it.each([
		['/v1/chat/completions', CHAT, {}],
		['/trpc/stream?batch=1', { 0: { messages: CHAT.messages } }, { 'trpc-accept': 'application/jsonl' }],
	])('of %s ends its silent upstream at the keep-alive after the client left', async (path, body, headers) => {
		const stream = chatStream([[start, text('Hel')], never()]);
		const door = doorApp({ stream: () => stream });
		const reader = (await door.post(path, body, headers as Record<string, string>)).body?.getReader();
		let seen = '';
		while (!seen.includes('Hel')) seen += new TextDecoder().decode((await reader?.read())?.value);
		await reader?.cancel();
		await door.time.advance(10_000);
		await door.settled();
		expect(stream.settled()).toBe(true);
		expect(door.gateway.streams[0]?.signal?.aborted).toBe(true);
		expect(door.time.pending()).toBe(0);
	});

	it('gives up on a client that has not read for a minute', async () => {
		const stream = chatStream([[start, text('a')], [text('b')], [text('c')], never()]);
		const door = doorApp({ stream: () => stream });
		const response = await door.post('/v1/chat/completions', CHAT);
		await door.time.advance(65_000);
		await door.settled();
		expect(stream.settled()).toBe(true);
		await response.body?.cancel().catch(() => undefined);
	});
});

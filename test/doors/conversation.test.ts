import { describe, expect, it } from 'vitest';
import { usageOf } from '../../src/language/usage';
import { chatAnswer, chatStream, doorApp, finish, meta, start } from '../support/door-app';

const HEADER = 'x-switchyard-conversation';
const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

const DOORS: readonly (readonly [path: string, body: object])[] = [
	['/v1/chat/completions', CHAT],
	['/v1/responses', { input: 'Hi' }],
	['/v1/messages', { ...CHAT, max_tokens: 9 }],
	['/trpc/chat', CHAT],
];

const open = () =>
	doorApp({
		chat: () => chatAnswer(),
		stream: () => chatStream([[start, finish]]),
		embed: () => ({ response: { model: 'e', embeddings: [[1]], usage: usageOf({ input: 1 }) }, meta: meta() }),
	});

async function named(path: string, body: object, headers: Record<string, string> = {}) {
	const door = open();
	const response = await door.post(path, body, headers);
	await response.text();
	return [...door.gateway.chats, ...door.gateway.streams].map(({ conversation }) => conversation);
}

describe('the name of a conversation', () => {
	it.each(DOORS)('comes to the path by its header: %s', async (path, body) => {
		expect(await named(path, body, { [HEADER]: 'case 42/b' })).toEqual(['case 42/b']);
		expect(await named(path, body)).toEqual([null]);
	});

	it.each(DOORS.slice(0, 3))('comes from the body where no header names one: %s', async (path, body) => {
		const asked = { ...body, switchyard: { conversation: 'c-1' } };
		expect(await named(path, asked)).toEqual(['c-1']);
		expect(await named(path, asked, { [HEADER]: 'c-2' })).toEqual(['c-2']);
		expect(await named(path, { ...asked, stream: true })).toEqual(['c-1']);
	});

	it('is that of the input in the typed API, and no part of the request', async () => {
		const door = open();
		await door.post('/trpc/chat', { ...CHAT, conversation: 'mine' }, { [HEADER]: 'theirs' });
		expect(door.gateway.chats[0]?.conversation).toBe('mine');
		expect(door.gateway.chats[0]?.request).not.toHaveProperty('conversation');
	});

	it('is the same for each of the n choices of one request', async () => {
		expect(await named('/v1/chat/completions', { ...CHAT, n: 3 }, { [HEADER]: 'c' })).toEqual(['c', 'c', 'c']);
	});

	it('may be 1 to 256 visible characters', async () => {
		expect(await named('/v1/chat/completions', CHAT, { [HEADER]: '~'.repeat(256) })).toEqual(['~'.repeat(256)]);
	});

	it.each([
		['nothing', ''],
		['257 characters', 'c'.repeat(257)],
		['a letter that is not ASCII', 'é'],
		['a tab', 'a\tb'],
	])('is refused where it is %s, by every door, naming the header', async (_, value) => {
		for (const [path, body] of [...DOORS, ['/v1/embeddings', { input: 'Hi' }] as const]) {
			const door = open();
			const response = await door.post(path, body, { [HEADER]: value });
			expect(response.status).toBe(400);
			expect(await response.text()).toContain(HEADER);
			expect([...door.gateway.chats, ...door.gateway.embeds]).toEqual([]);
		}
	});

	it.each([
		['/v1/chat/completions', { ...CHAT, switchyard: { conversation: '' } }, 'switchyard.conversation'],
		['/v1/chat/completions', { ...CHAT, switchyard: { conversation: 'c'.repeat(257) } }, 'switchyard.conversation'],
		['/trpc/chat', { ...CHAT, conversation: '' }, 'conversation'],
		['/trpc/chat', { ...CHAT, conversation: 'c'.repeat(257) }, 'conversation'],
		['/trpc/chat', { ...CHAT, conversation: 3 }, 'conversation'],
	])('in the body of %s is refused where it is %j', async (path, body, param) => {
		const response = await open().post(path, body);
		expect(response.status).toBe(400);
		expect(await response.text()).toContain(`"param":"${param}"`);
	});

	it('may be sent by pages of other origins', async () => {
		const response = await doorApp().request('/v1/chat/completions', {
			key: false,
			method: 'OPTIONS',
			headers: { origin: 'https://app.example', 'access-control-request-headers': HEADER },
		});
		expect(response.headers.get('access-control-allow-headers')).toBe(HEADER);
	});
});

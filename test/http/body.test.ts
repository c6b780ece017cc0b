import { afterEach, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/http/body';
import { BUDGET_BYTES, bytesInWork, grow, release, reserve } from '../../src/http/body-budget';
import { chatAnswer, doorApp } from '../support/door-app';

const PATH = '/v1/chat/completions';
const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

/** A body of `bytes` that says nothing of its length. */
function unsized(bytes: number, chunk = 1024 * 1024): ReadableStream<Uint8Array> {
	let left = bytes;
	return new ReadableStream({
		pull(controller) {
			const size = Math.min(left, chunk);
			left -= size;
			if (size > 0) controller.enqueue(new Uint8Array(size).fill(0x20));
			else controller.close();
		},
	});
}

const send = (door: ReturnType<typeof doorApp>, body: ReadableStream<Uint8Array>) =>
	door.fetch(
		new Request(`http://gateway.test${PATH}`, {
			method: 'POST',
			headers: { authorization: 'Bearer sy_key' },
			body,
			duplex: 'half',
		} as RequestInit),
	);

afterEach(() => {
	expect(bytesInWork()).toBe(0);
});

describe('a request body', () => {
	it('above 16 MiB is refused by its declared length, unread', async () => {
		const response = await doorApp().request(PATH, {
			body: 'x',
			headers: { 'content-length': String(MAX_BODY_BYTES + 1) },
		});
		expect(response.status).toBe(413);
		expect(await response.json()).toMatchObject({ error: { code: 'too_large' } });
	});

	it('above 16 MiB is refused while it is read where it declares nothing', async () => {
		const response = await send(doorApp(), unsized(MAX_BODY_BYTES + 1));
		expect(response.status).toBe(413);
	});

	it('that is longer than it declared is counted as it is', async () => {
		const long = JSON.stringify(CHAT) + ' '.repeat(1000);
		const door = doorApp({ chat: () => chatAnswer() });
		const response = await door.request(PATH, { body: long, headers: { 'content-length': '10' } });
		expect(response.status).toBe(200);
		await door.settled();
	});

	it('of exactly 16 MiB is taken', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const json = JSON.stringify(CHAT);
		const response = await door.post(PATH, json + ' '.repeat(MAX_BODY_BYTES - json.length));
		expect(response.status).toBe(200);
		await door.settled();
	});

	it('that breaks off is the client gone, not a fault of ours', async () => {
		const door = doorApp();
		const broken = new ReadableStream<Uint8Array>({
			start(controller) {
				controller.enqueue(new TextEncoder().encode('{"mess'));
				controller.error(new TypeError('reset'));
			},
		});
		const response = await send(door, broken);
		expect(response.status).toBe(499);
		expect(door.logs).toEqual([]);
		await door.settled();
	});

	it('keeps a character whole that is split between two chunks', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const bytes = new TextEncoder().encode(JSON.stringify({ messages: [{ role: 'user', content: '😀' }] }));
		const split = new ReadableStream<Uint8Array>({
			start(controller) {
				for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
				controller.close();
			},
		});
		await send(door, split);
		expect(door.gateway.chats[0]?.request.messages[0]?.content[0]).toEqual({ type: 'text', text: '😀' });
		await door.settled();
	});
});

describe('the bodies an isolate has in work', () => {
	it('turn others away above 32 MiB, before they are parsed, for a second', async () => {
		let answer: () => void = () => undefined;
		const waiting = new Promise<void>((resolve) => {
			answer = resolve;
		});
		const door = doorApp({
			chat: async () => {
				await waiting;
				return chatAnswer();
			},
		});
		const large = JSON.stringify(CHAT) + ' '.repeat(15 * 1024 * 1024);
		const first = [door.post(PATH, large), door.post(PATH, large)];
		await door.time.advance(0);
		const refused = await door.request(PATH, {
			body: `not json${' '.repeat(4 * 1024 * 1024)}`,
		});
		expect(refused.status).toBe(503);
		expect(refused.headers.get('retry-after')).toBe('1');
		expect(await refused.json()).toMatchObject({ error: { code: 'upstream_unavailable' } });
		expect((await door.post(PATH, {})).status).toBe(400);
		answer();
		for (const response of await Promise.all(first)) expect(response.status).toBe(200);
		await door.settled();
		expect(bytesInWork()).toBe(0);
	});

	it('are forgotten when no request of theirs could still be running', () => {
		const lost = reserve(1_000);
		expect(grow(lost, BUDGET_BYTES, 0)).toBe(true);
		const next = reserve(5_000);
		expect(grow(next, 1, 999)).toBe(false);
		expect(grow(next, 1, 1_000)).toBe(true);
		expect(bytesInWork()).toBe(1);
		release(next);
		release(next);
		release(lost);
	});
});

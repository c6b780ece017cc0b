import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/language/event';
import { chatStream, doorApp, finish, start, text } from '../../support/door-app';

const PATH = '/v1/chat/completions';
const ask = () => ({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hi' }], stream: true });

/** A promise that the test settles. */
function later<T>() {
	let resolve: (value: T) => void = () => undefined;
	const promise = new Promise<T>((given) => {
		resolve = given;
	});
	return { promise, resolve };
}

describe('while a stream is silent', () => {
	it('a comment is written after five seconds, and again after five more', async () => {
		const never = later<readonly ChatEvent[]>();
		const door = doorApp({ stream: () => chatStream([[start, text('a')], never.promise]) });
		const reader = (await door.post(PATH, ask())).body?.getReader();
		await reader?.read();
		const beat = reader?.read();
		await door.time.advance(4_999);
		expect(await Promise.race([beat, Promise.resolve('nothing')])).toBe('nothing');
		await door.time.advance(1);
		expect(new TextDecoder().decode((await beat)?.value)).toBe(': keep-alive\n\n');
		const again = reader?.read();
		await door.time.advance(5_000);
		expect(new TextDecoder().decode((await again)?.value)).toBe(': keep-alive\n\n');
		await reader?.cancel();
	});

	it('the silence is counted from the last chunk', async () => {
		const second = later<readonly ChatEvent[]>();
		const never = later<readonly ChatEvent[]>();
		const door = doorApp({ stream: () => chatStream([[start, text('a')], second.promise, never.promise]) });
		const reader = (await door.post(PATH, ask())).body?.getReader();
		await reader?.read();
		await door.time.advance(3_000);
		second.resolve([text('b')]);
		await reader?.read();
		const beat = reader?.read();
		await door.time.advance(4_000);
		expect(await Promise.race([beat, Promise.resolve('nothing')])).toBe('nothing');
		await door.time.advance(1_000);
		expect(new TextDecoder().decode((await beat)?.value)).toBe(': keep-alive\n\n');
		await reader?.cancel();
	});

	it('no timer is left once the stream is over', async () => {
		const door = doorApp({ stream: () => chatStream([[start, text('a'), finish]]) });
		await (await door.post(PATH, ask())).text();
		await door.settled();
		expect(door.time.pending()).toBe(0);
	});
});

describe('when the client leaves a stream', () => {
	it('the upstream is ended although it is silent, and the call is aborted', async () => {
		const never = later<readonly ChatEvent[]>();
		const stream = chatStream([[start, text('a')], never.promise]);
		const door = doorApp({ stream: () => stream });
		const reader = (await door.post(PATH, ask())).body?.getReader();
		await reader?.read();
		await reader?.cancel();
		await door.settled();
		expect(stream.returned()).toBeGreaterThan(0);
		expect(stream.settled()).toBe(true);
		expect(door.gateway.streams[0]?.signal?.aborted).toBe(true);
		expect(door.time.pending()).toBe(0);
	});

	it('a request signal that fires aborts the call', async () => {
		const gone = new AbortController();
		const stream = chatStream([[start, text('a')]]);
		const door = doorApp({ stream: () => stream });
		await door.request(PATH, { body: ask(), signal: gone.signal });
		expect(door.gateway.streams[0]?.signal?.aborted).toBe(false);
		gone.abort();
		expect(door.gateway.streams[0]?.signal?.aborted).toBe(true);
	});

	it('one that stopped reading for a minute is taken for gone', async () => {
		const stream = chatStream([[start, text('a')], [text('b')], [text('c')], [finish]]);
		const door = doorApp({ stream: () => stream });
		await door.post(PATH, ask());
		await door.time.advance(59_000);
		expect(stream.settled()).toBe(false);
		await door.time.advance(2_000);
		await door.settled();
		expect(stream.settled()).toBe(true);
	});
});

import { describe, expect, it } from 'vitest';
import { answered, send, streamed, textOf, user } from '../../fixtures/mock/conversation';
import { virtualTime } from '../../support/virtual-time';

describe('the mock inside workerd', () => {
	it('streams and answers whole', async () => {
		expect((await streamed('echo', { messages: [user('one two')] })).map((event) => event.type)).toEqual([
			'start',
			'usage',
			'text-delta',
			'text-delta',
			'usage',
			'finish',
		]);
		expect(textOf(await answered('echo', { messages: [user('one two')] }))).toBe('one two');
	});

	it('stops its clock when the reader cancels', async () => {
		const time = virtualTime();
		const response = await send('slow', {}, { stream: true, time });
		const reader = response.body?.getReader();
		await reader?.read();
		await reader?.read();
		const waiting = reader?.read();
		await time.advance(100);
		expect(time.pending()).toBe(1);
		await reader?.cancel();
		expect(await waiting).toMatchObject({ done: true });
		expect(time.pending()).toBe(0);
	});

	it('breaks off with the reason when the signal aborts', async () => {
		const time = virtualTime();
		const leave = new AbortController();
		const response = await send('slow', {}, { stream: true, time, signal: leave.signal });
		const body = response.text().catch((thrown: unknown) => thrown);
		await time.advance(520);
		leave.abort(new Error('gone'));
		expect(await body).toMatchObject({ message: 'gone' });
		expect(time.pending()).toBe(0);
	});

	it('breaks where it is told to reset', async () => {
		const response = await send('fail-reset', {}, { stream: true });
		await expect(response.text()).rejects.toThrow('reset');
	});
});

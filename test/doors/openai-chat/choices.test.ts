import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import { chatAnswer, chatStream, doorApp, finish, sseData, start, text, usage } from '../../support/door-app';

const PATH = '/v1/chat/completions';
const ask = (extra: object = {}) => ({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hi' }], ...extra });

describe('n choices of one request', () => {
	it('are n calls with an id each, numbered, their usage, cost and attempts added up', async () => {
		const door = doorApp({
			chat: (_, number) =>
				chatAnswer(
					{ content: [{ type: 'text', text: `answer ${number}` }] },
					{ requestId: `call-${number}`, requests: { limit: 10, remaining: 5 - number, resetMs: 1 } },
				),
		});
		const response = await door.post(PATH, ask({ n: 3 }), { 'x-switchyard-receipt': 'true' });
		expect(door.gateway.chats.map((call) => call.requestId)).toEqual(['id-1', 'id-2', 'id-3']);
		expect(response.headers.get('x-switchyard-attempts')).toBe('3');
		expect(response.headers.get('x-switchyard-cost-usd')).toBe('0.000045');
		expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('3');
		expect(await response.json()).toMatchObject({
			id: 'chatcmpl-id-1',
			choices: [0, 1, 2].map((index) => ({ index, message: { content: `answer ${index}` } })),
			usage: { prompt_tokens: 30, completion_tokens: 15, total_tokens: 45, cost: 0.000045 },
			switchyard: { cost: 0.000045, calls: [0, 1, 2].map((index) => ({ request_id: `call-${index}` })) },
		});
	});

	it('have no known usage or cost where one of them is unknown', async () => {
		const door = doorApp({
			chat: (_, number) => (number === 0 ? chatAnswer() : chatAnswer({ usage: null }, { costNanoUsd: null })),
		});
		const response = await door.post(PATH, ask({ n: 2 }));
		expect(response.headers.has('x-switchyard-cost-usd')).toBe(false);
		expect(await response.json()).toMatchObject({ usage: null });
	});

	it('fail together: the others are aborted', async () => {
		const door = doorApp({
			chat: (_, number) => {
				if (number === 1) throw new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 2_000 });
				return new Promise(() => undefined);
			},
		});
		const response = await door.post(PATH, ask({ n: 2 }));
		expect(response.status).toBe(429);
		expect(response.headers.get('retry-after')).toBe('2');
		expect(door.gateway.chats[0]?.signal?.aborted).toBe(true);
	});

	it.each([0, 9, 1.5])('are between 1 and 8, not %s', async (n) => {
		const response = await doorApp().post(PATH, ask({ n }));
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ error: { param: 'n' } });
	});

	it('stream merged, with a role, content and one finish reason each, and the usage once at the end', async () => {
		const door = doorApp({
			stream: (_, number) =>
				chatStream([[start, text(`a${number}`)], [text(`b${number}`)], [usage, finish]], { costNanoUsd: 5_000n }),
		});
		const data = await sseData(await door.post(PATH, ask({ n: 2, stream: true })));
		expect(data.at(-1)).toBe('[DONE]');
		const chunks = data.slice(0, -1).map((line) => JSON.parse(line));
		for (const index of [0, 1]) {
			const own = chunks.filter((chunk) => chunk.choices[0].index === index);
			expect(own[0].choices[0].delta.role).toBe('assistant');
			expect(own.map((chunk) => chunk.choices[0].delta.content ?? '').join('')).toBe(`a${index}b${index}`);
			expect(own.filter((chunk) => chunk.choices[0].finish_reason === 'stop')).toHaveLength(1);
		}
		expect(chunks.filter((chunk) => 'usage' in chunk)).toHaveLength(1);
		expect(chunks.at(-1)).toMatchObject({ usage: { total_tokens: 30, cost: 0.00001 } });
		expect(new Set(chunks.map((chunk) => chunk.id))).toEqual(new Set(['chatcmpl-id-1']));
	});

	it('stream with include_usage: one last chunk has the sum', async () => {
		const door = doorApp({
			stream: () =>
				chatStream([
					[start, text('a')],
					[usage, finish],
				]),
		});
		const data = await sseData(
			await door.post(PATH, ask({ n: 3, stream: true, stream_options: { include_usage: true } })),
		);
		const chunks = data.slice(0, -1).map((line) => JSON.parse(line));
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 45 } });
		expect(chunks.filter((chunk) => chunk.usage !== null)).toHaveLength(1);
	});

	it('fail together before any byte: the open streams are started and ended, so that they settle', async () => {
		const open = chatStream([[start, text('a')], new Promise(() => undefined)]);
		const door = doorApp({
			stream: (_, number) => {
				if (number === 0) return open;
				throw new GatewayError('budget_exceeded', 'The daily budget is used up.');
			},
		});
		const response = await door.post(PATH, ask({ n: 2, stream: true }));
		expect(response.status).toBe(402);
		expect(await response.json()).toMatchObject({ error: { code: 'budget_exceeded', type: 'insufficient_quota' } });
		await door.settled();
		expect(open.settled()).toBe(true);
	});

	it('end together after content: one error, last, and the other choices are ended', async () => {
		const other = chatStream([[start, text('b')], new Promise(() => undefined)]);
		const error = new GatewayError('upstream_unavailable', 'reset');
		const door = doorApp({
			stream: (_, number) =>
				number === 0
					? other
					: chatStream([
							[start, text('a')],
							[text('!'), { type: 'error', error }, text('?')],
						]),
		});
		const data = await sseData(await door.post(PATH, ask({ n: 2, stream: true })));
		await door.settled();
		expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({ error: { code: 'upstream_unavailable' } });
		expect(data.filter((line) => line.includes('"error"'))).toHaveLength(1);
		expect(data.join()).not.toContain('"content":"?"');
		expect(data).not.toContain('[DONE]');
		expect(other.settled()).toBe(true);
	});
});

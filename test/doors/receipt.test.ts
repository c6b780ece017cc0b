import { describe, expect, it } from 'vitest';
import { receiptBody } from '../../src/doors/receipt';
import type { RoutingStep } from '../../src/language/routing';
import { chatAnswer, chatStream, doorApp, finish, meta, start } from '../support/door-app';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };
const ROUTED = {
	routing: [
		{
			provider: 'openai',
			model: 'gpt',
			key: 'spare',
			outcome: 'skipped',
			reason: 'residency',
			attempts: 0,
			score: null,
		},
		{ provider: 'mock', model: 'echo', key: 'mock', outcome: 'answered', reason: null, attempts: 1, score: 0.25 },
	],
	routing_strategy: 'lowest-cost',
	routing_sticky: true,
};

describe('a receipt', () => {
	it.each<[string, object]>([
		['/v1/chat/completions', CHAT],
		['/v1/chat/completions', { ...CHAT, stream: true }],
		['/v1/responses', { input: 'Hi' }],
		['/v1/responses', { input: 'Hi', stream: true }],
		['/v1/messages', { ...CHAT, max_tokens: 9 }],
		['/v1/messages', { ...CHAT, max_tokens: 9, stream: true }],
		['/v1/embeddings', { input: 'Hi' }],
	])('of %s %j tells how the request was routed: each target with its key, score or reason', async (path, body) => {
		const door = doorApp({
			chat: () => chatAnswer(),
			stream: () => chatStream([[start, finish]]),
			embed: () => ({ response: { model: 'e', embeddings: [[1]], usage: null }, meta: meta() }),
		});
		const told = await (await door.post(path, body, { 'x-switchyard-receipt': 'true' })).text();
		const { routing, ...rest } = ROUTED;
		expect(told).toContain(`"routing":${JSON.stringify(routing)}`);
		expect(told).toContain(JSON.stringify(rest).slice(1, -1));
	});

	it('of several calls tells it of each', () => {
		const other = meta({ routing: { strategy: 'priority', sticky: false, steps: [] } });
		expect(receiptBody([meta(), other], [])).toMatchObject({
			...ROUTED,
			calls: [ROUTED, { routing: [], routing_strategy: 'priority', routing_sticky: false }],
		});
	});

	it('names nothing of a target beside what a step is', () => {
		const step = { ...meta().routing.steps[1], id: 'row-1', secret: 'sk-1' } as unknown as RoutingStep;
		const told = receiptBody([meta({ routing: { strategy: 'priority', sticky: false, steps: [step] } })], []);
		expect(told?.routing[0]).toEqual(ROUTED.routing[1]);
	});
});

describe('the facts of an answer in the typed API', () => {
	it('hold the whole decision', async () => {
		const response = await doorApp({ chat: () => chatAnswer() }).post('/trpc/chat', CHAT);
		expect(await response.json()).toMatchObject({
			result: {
				data: { meta: { routing: { strategy: 'lowest-cost', sticky: true, steps: ROUTED.routing } } },
			},
		});
	});
});

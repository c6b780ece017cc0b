import { describe, expect, it } from 'vitest';
import { chatAnswer, doorApp, meta } from '../../support/door-app';

const ask = (extra: object = {}) => ({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hi' }], ...extra });
const PATH = '/v1/chat/completions';

describe('a whole answer of the OpenAI chat door', () => {
	it('has exactly the fields of a chat.completion', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const response = await door.post(PATH, ask());
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toEqual({
			id: 'chatcmpl-id-1',
			object: 'chat.completion',
			created: Date.UTC(2026, 10, 1) / 1000,
			model: 'echo-2026',
			choices: [
				{
					index: 0,
					message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
					logprobs: null,
					finish_reason: 'stop',
				},
			],
			usage: {
				prompt_tokens: 10,
				completion_tokens: 5,
				total_tokens: 15,
				prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 0, audio_tokens: 0 },
				completion_tokens_details: {
					reasoning_tokens: 1,
					audio_tokens: 0,
				},
				cost: 0.000015,
			},
			system_fingerprint: null,
		});
	});

	it('says in its headers who answered, what it cost and what the planner did', async () => {
		const requests = { limit: 60, remaining: 12, resetMs: 1_500 };
		const door = doorApp({ chat: () => chatAnswer({}, { attempts: 2, requests }) });
		const { headers } = await door.post(PATH, ask());
		expect(Object.fromEntries(headers)).toMatchObject({
			'x-request-id': 'id-1',
			'x-switchyard-provider': 'mock',
			'x-switchyard-model': 'echo',
			'x-switchyard-attempts': '2',
			'x-switchyard-config-version': '7',
			'x-switchyard-context': 'before=12000, after=3900, limit=4096, method=exact, dropped=3, summarized=2',
			'x-switchyard-cost-usd': '0.000015',
			'x-switchyard-overhead-ms': '1.5',
			'x-ratelimit-limit-requests': '60',
			'x-ratelimit-remaining-requests': '12',
			'x-ratelimit-reset-requests': '2',
		});
	});

	it('leaves out cost and limits that are unknown, and says null in the body', async () => {
		const door = doorApp({ chat: () => chatAnswer({}, { costNanoUsd: null, context: null }) });
		const response = await door.post(PATH, ask());
		for (const name of ['x-switchyard-cost-usd', 'x-switchyard-context', 'x-ratelimit-limit-requests'])
			expect(response.headers.has(name)).toBe(false);
		expect(await response.json()).toMatchObject({ usage: { cost: null } });
	});

	it('gives no zeros where the upstream reported no usage', async () => {
		const door = doorApp({ chat: () => chatAnswer({ usage: null }) });
		expect(await (await door.post(PATH, ask())).json()).toMatchObject({ usage: null });
	});

	it('has null content beside tool calls, and their arguments as the model wrote them', async () => {
		const door = doorApp({
			chat: () =>
				chatAnswer({
					content: [
						{ type: 'reasoning', text: 'Let me see.', signature: 'sig' },
						{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
						{ type: 'tool-call', id: 'c2', name: 'time', arguments: '{}' },
					],
					finish: { kind: 'tool-calls' },
				}),
		});
		expect(await (await door.post(PATH, ask())).json()).toMatchObject({
			choices: [
				{
					message: {
						content: null,
						reasoning_content: 'Let me see.',
						reasoning_details: [{ type: 'reasoning.text', text: 'Let me see.', signature: 'sig', index: 0 }],
						tool_calls: [
							{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
							{ id: 'c2', type: 'function', function: { name: 'time', arguments: '{}' } },
						],
					},
					finish_reason: 'tool_calls',
				},
			],
		});
	});

	it('passes on a refusal, citations shifted to the joined text, and log probabilities', async () => {
		const door = doorApp({
			chat: () =>
				chatAnswer({
					content: [
						{ type: 'text', text: 'abc' },
						{
							type: 'text',
							text: 'def',
							annotations: [{ type: 'url-citation', url: 'https://x.example', title: 'X', start: 1, end: 2 }],
						},
						{ type: 'refusal', text: 'No.' },
					],
					logprobs: [{ token: 'a', logprob: -0.5, top: [{ token: 'b', logprob: -1, bytes: [98] }] }],
				}),
		});
		expect(await (await door.post(PATH, ask())).json()).toMatchObject({
			choices: [
				{
					message: {
						content: 'abcdef',
						refusal: 'No.',
						annotations: [
							{
								type: 'url_citation',
								url_citation: { url: 'https://x.example', title: 'X', start_index: 4, end_index: 5 },
							},
						],
					},
					logprobs: {
						content: [
							{
								token: 'a',
								logprob: -0.5,
								bytes: null,
								top_logprobs: [{ token: 'b', logprob: -1, bytes: [98] }],
							},
						],
						refusal: null,
					},
				},
			],
		});
	});

	it.each([
		['stop', 'stop'],
		['length', 'length'],
		['tool-calls', 'tool_calls'],
		['content-filter', 'content_filter'],
		['other', 'stop'],
	] as const)('writes the finish reason %s as %s', async (kind, word) => {
		const door = doorApp({ chat: () => chatAnswer({ finish: { kind, raw: 'x' } }) });
		expect(await (await door.post(PATH, ask())).json()).toMatchObject({ choices: [{ finish_reason: word }] });
	});

	it('adds the receipt where it is asked for, and only there', async () => {
		const warnings = [{ field: 'topK', message: 'not supported' }];
		const door = doorApp({ chat: () => chatAnswer({}, { warnings }) });
		const plain = await door.post(PATH, ask());
		expect(plain.headers.get('x-switchyard-warnings')).toBe('topK');
		expect(await plain.json()).not.toHaveProperty('switchyard');
		for (const asked of [
			door.post(PATH, ask(), { 'x-switchyard-receipt': 'true' }),
			door.post(PATH, ask({ switchyard: { receipt: true } })),
		])
			expect(await (await asked).json()).toMatchObject({
				switchyard: {
					request_id: 'call-1',
					receipt: meta().context,
					routing: meta().routing.steps,
					routing_strategy: 'lowest-cost',
					routing_sticky: true,
					warnings,
					cost: 0.000015,
				},
			});
	});

	it('keeps a model name in another script out of harm in the header', async () => {
		const door = doorApp({ chat: () => chatAnswer({}, { model: '模型\ud800' }) });
		const response = await door.post(PATH, ask());
		expect(response.status).toBe(200);
		expect(response.headers.get('x-switchyard-model')).toBe('%E6%A8%A1%E5%9E%8B%EF%BF%BD');
	});
});

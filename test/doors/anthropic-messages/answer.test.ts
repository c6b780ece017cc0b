import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import type { TokenCount } from '../../../src/gateway/call';
import type { ChatResponse, FinishReason } from '../../../src/language/request';
import { usageOf } from '../../../src/language/usage';
import { chatAnswer, doorApp } from '../../support/door-app';

const ask = { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };

async function answered(response: Partial<ChatResponse>, headers: Record<string, string> = {}, facts = {}) {
	const answer = await doorApp({ chat: () => chatAnswer(response, facts) }).post('/v1/messages', ask, headers);
	expect(answer.status).toBe(200);
	return { headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

describe('a whole answer', () => {
	it('is a message as Anthropic sends it, with its cost', async () => {
		const usage = usageOf({ input: 8, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 4, output: 4, reasoning: 1 });
		const { body, headers } = await answered({ usage });
		expect(body).toEqual({
			id: 'msg_id-1',
			type: 'message',
			role: 'assistant',
			model: 'echo-2026',
			container: null,
			diagnostics: null,
			content: [{ type: 'text', text: 'Hello' }],
			stop_reason: 'end_turn',
			stop_sequence: null,
			stop_details: null,
			usage: {
				input_tokens: 8,
				cache_creation_input_tokens: 7,
				cache_read_input_tokens: 2,
				cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
				output_tokens: 5,
				output_tokens_details: { thinking_tokens: 1 },
				server_tool_use: null,
				service_tier: null,
				inference_geo: null,
				speed: null,
				cost: 0.000015,
			},
		});
		expect(headers.get('content-type')).toBe('application/json');
		expect(headers.get('request-id')).toBe('id-1');
		expect(headers.get('x-request-id')).toBe('id-1');
		expect(headers.get('x-switchyard-cost-usd')).toBe('0.000015');
		expect(headers.get('x-switchyard-config-version')).toBe('7');
	});

	it('has the numbers that readers need where an upstream did not count, and null for the rest', async () => {
		const { body } = await answered({ usage: null }, {}, { costNanoUsd: null });
		expect(body.usage).toMatchObject({
			input_tokens: 0,
			output_tokens: 0,
			cache_read_input_tokens: null,
			cache_creation: null,
			cost: null,
		});
	});

	it('has a block for each part', async () => {
		const location = { type: 'char_location', cited_text: 'x', document_index: 0 };
		const { body } = await answered({
			content: [
				{ type: 'reasoning', text: 'a', signature: 'openai:rs_1' },
				{ type: 'reasoning', text: 'b' },
				{ type: 'reasoning', text: '', signature: 'opaque', redacted: true },
				{
					type: 'text',
					text: 'So.',
					annotations: [
						{ type: 'file-citation', raw: location },
						{ type: 'url-citation', url: 'https://x.test', title: 'X', start: 0, end: 2 },
						{ type: 'file-citation', raw: { type: 'file_citation', file_id: 'f' } },
					],
				},
				{ type: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
				{ type: 'tool-call', id: 'c2', name: 'f', arguments: '{"a":' },
			],
			finish: { kind: 'tool-calls' },
		});
		const caller = { type: 'direct' };
		const found = { type: 'web_search_result_location', url: 'https://x.test', title: 'X' };
		expect(body.content).toEqual([
			{ type: 'thinking', thinking: 'a', signature: 'openai:rs_1' },
			{ type: 'thinking', thinking: 'b', signature: '' },
			{ type: 'redacted_thinking', data: 'opaque' },
			{ type: 'text', text: 'So.', citations: [location, { ...found, cited_text: '', encrypted_index: '' }] },
			{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 }, caller },
			{ type: 'tool_use', id: 'c2', name: 'f', input: { raw_arguments: '{"a":' }, caller },
		]);
		expect(body.stop_reason).toBe('tool_use');
	});

	it.each<[FinishReason, string, string | null]>([
		[{ kind: 'stop', raw: 'stop' }, 'end_turn', null],
		[{ kind: 'stop', raw: 'stop_sequence', sequence: 'END' }, 'stop_sequence', 'END'],
		[{ kind: 'stop', raw: 'stop_sequence' }, 'stop_sequence', null],
		[{ kind: 'stop', raw: 'pause_turn' }, 'pause_turn', null],
		[{ kind: 'length', raw: 'length' }, 'max_tokens', null],
		[{ kind: 'length', raw: 'model_context_window_exceeded' }, 'model_context_window_exceeded', null],
		[{ kind: 'tool-calls', raw: 'tool_calls' }, 'tool_use', null],
		[{ kind: 'content-filter', raw: 'content_filter' }, 'refusal', null],
		[{ kind: 'other', raw: 'odd' }, 'end_turn', null],
	])('that ends by %j says %s', async (finish, reason, sequence) => {
		const { body } = await answered({ finish });
		expect(body).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
		expect(body.stop_details === null).toBe(reason !== 'refusal');
	});

	it('shows a refusal that the model wrote as its text, and one beside the answer as details', async () => {
		const content = [{ type: 'refusal', text: 'I can not.' }] as const;
		const own = await answered({ content });
		expect(own.body).toMatchObject({ content: [{ type: 'text', text: 'I can not.' }], stop_reason: 'refusal' });
		const filtered = await answered({ content, finish: { kind: 'content-filter', raw: 'refusal' } });
		expect(filtered.body).toMatchObject({
			content: [],
			stop_reason: 'refusal',
			stop_details: { type: 'refusal', category: null, explanation: 'I can not.' },
		});
	});

	it('holds a receipt where one is asked for, by header or field', async () => {
		const { body } = await answered({}, { 'x-switchyard-receipt': 'true' });
		expect(body.switchyard).toMatchObject({ provider: 'mock', attempts: 1, cost: 0.000015 });
		const door = doorApp({ chat: () => chatAnswer() });
		const asked = await door.post('/v1/messages', { ...ask, switchyard: { receipt: true }, speed: 'fast' });
		expect(((await asked.json()) as { switchyard: object }).switchyard).toMatchObject({
			warnings: [{ field: 'speed' }],
		});
	});

	it("echoes the caller's request id", async () => {
		const { headers } = await answered({}, { 'x-request-id': 'mine' });
		expect([headers.get('request-id'), headers.get('x-request-id')]).toEqual(['mine', 'mine']);
	});
});

describe('the door', () => {
	it('takes the key in x-api-key, and asks for one in its own words', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const body = JSON.stringify(ask);
		const keyed = { key: false, body, headers: { 'x-api-key': 'sy_key' } } as const;
		expect((await door.request('/v1/messages', keyed)).status).toBe(200);
		const refused = await door.request('/v1/messages', { key: false, body: '{}' });
		expect(refused.status).toBe(401);
		expect(await refused.json()).toEqual({
			type: 'error',
			error: { type: 'authentication_error', message: 'Unknown key.' },
			request_id: 'id-2',
		});
		expect(refused.headers.get('request-id')).toBe('id-2');
	});

	it.each(['2023-06-01', '2026-10-21'])('takes version %s', async (version) => {
		const door = doorApp({ chat: () => chatAnswer() });
		expect((await door.post('/v1/messages', ask, { 'anthropic-version': version })).status).toBe(200);
	});

	it.each(['/v1/messages', '/v1/messages/batches', '/v1/messages/count_tokens'])('has no GET %s', async (path) => {
		const response = await doorApp().request(path);
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
	});

	it('hands agent, fallback and run to the path, by header or field', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		await door.post(
			'/v1/messages',
			{ ...ask, switchyard: { agent: 'field', fallback: false, run: 'r1' } },
			{ 'x-switchyard-agent': 'header' },
		);
		expect(door.gateway.chats[0]).toMatchObject({ agent: 'header', fallback: false, request: { runId: 'r1' } });
	});

	it('says 529 where the upstream did, and 503 where it is merely down', async () => {
		const failing = (status: number) =>
			doorApp({
				chat: () => {
					const upstream = { failure: 'overloaded', status, scope: 'provider' } as const;
					throw new GatewayError('upstream_unavailable', 'Down.', { upstream, retryAfterMs: 2_000 });
				},
			}).post('/v1/messages', ask);
		const overloaded = await failing(529);
		expect([overloaded.status, overloaded.headers.get('retry-after')]).toEqual([529, '2']);
		expect(await overloaded.json()).toMatchObject({ error: { type: 'overloaded_error' } });
		const down = await failing(503);
		expect(down.status).toBe(503);
		expect(await down.json()).toMatchObject({ error: { type: 'api_error' } });
	});

	it.each([
		['messages[0]', 'system'],
		['messages[0].content[1]', 'system[2]'],
		['messages[1].content[1].source', 'messages[0].content[0].source'],
		['messages[2]', 'messages[1]'],
		['messages[3]', 'messages[2].content[1]'],
		['messages[3].content[0]', 'messages[2].content[1].content[0]'],
		['messages[4].content[0]', 'messages[2].content[0]'],
		['messages[9]', 'messages[9]'],
		['tools[0]', 'tools[0]'],
	])('names %s, as the path calls it, by its place in the body: %s', async (param, place) => {
		const door = doorApp({
			chat: () => {
				throw new GatewayError('invalid_request', `${param}: it is odd.`, { param });
			},
		});
		const text = { type: 'text', text: 'Hi' };
		const source = { type: 'url', url: 'https://x.test/a.pdf' };
		const response = await door.post('/v1/messages', {
			max_tokens: 9,
			system: [text, { type: 'text', text: '' }, text],
			messages: [
				{ role: 'user', content: [{ type: 'document', source, context: 'Of 1999.' }] },
				{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
				{ role: 'user', content: [text, { type: 'tool_result', tool_use_id: 'a', content: 'ok' }] },
			],
		});
		expect(await response.json()).toMatchObject({ error: { message: `${place}: it is odd.` } });
	});

	it('leaves the words of an upstream as they are', async () => {
		const door = doorApp({
			chat: () => {
				const upstream = { failure: 'bad-request', status: 400, scope: 'request' } as const;
				throw new GatewayError('invalid_request', 'messages[0]: odd', { param: 'messages[0]', upstream });
			},
		});
		const response = await door.post('/v1/messages', { ...ask, system: 'Be brief.' });
		expect(await response.json()).toMatchObject({ error: { message: 'messages[0]: odd' } });
	});

	it('refuses a thread in the words that make a client go on without one', async () => {
		const response = await doorApp().post('/v1/messages', { ...ask, thread: { type: 'create' } });
		expect(await response.json()).toMatchObject({ error: { details: { error_code: 'thread_unsupported_request' } } });
	});
});

describe('counting', () => {
	const count = (method: TokenCount['method'], warnings: { field: string; message: string }[] = []) =>
		doorApp({
			countTokens: async ({ request }) => ({
				inputTokens: request.messages.length,
				method,
				provider: 'mock',
				model: 'écho',
				configVersion: 7,
				warnings,
			}),
		});

	it('answers with the number and says whose it is', async () => {
		const { max_tokens: _, ...body } = ask;
		const response = await count('calibrated').post('/v1/messages/count_tokens', { ...body, system: 'Be brief.' });
		expect(await response.json()).toEqual({ input_tokens: 2, method: 'calibrated' });
		expect(response.headers.get('x-switchyard-count')).toBe('calibrated');
		expect(response.headers.get('x-switchyard-provider')).toBe('mock');
		expect(response.headers.get('x-switchyard-model')).toBe('%C3%A9cho');
		expect(response.headers.has('x-switchyard-warnings')).toBe(false);
		expect(response.headers.get('request-id')).toBe('id-1');
	});

	it('names what went wrong with it', async () => {
		const door = count('exact', [{ field: 'count', message: 'No.' }]);
		const response = await door.post('/v1/messages/count_tokens', { ...ask, speed: 'fast' });
		expect(response.headers.get('x-switchyard-warnings')).toBe('count, speed');
	});

	it('refuses what a message would be refused for', async () => {
		const response = await count('bound').post('/v1/messages/count_tokens', { messages: [] });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
	});
});

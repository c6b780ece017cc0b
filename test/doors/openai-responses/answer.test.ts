import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import type { ChatResponse } from '../../../src/language/request';
import { chatAnswer, doorApp } from '../../support/door-app';

const PATH = '/v1/responses';
const NOW = Date.UTC(2026, 10, 1) / 1000;

async function answered(response: Partial<ChatResponse> = {}, body: object = {}, headers: Record<string, string> = {}) {
	const door = doorApp({ chat: () => chatAnswer(response) });
	const answer = await door.post(PATH, { model: 'mock/echo', input: 'Hi', ...body }, headers);
	return { answer, door, json: JSON.parse(await answer.text()) };
}

describe('a whole answer of the Responses door', () => {
	it('is a response as OpenAI writes it, with the cost beside its usage', async () => {
		const { answer, json } = await answered();
		expect(answer.status).toBe(200);
		expect(answer.headers.get('content-type')).toBe('application/json');
		expect(json).toEqual({
			id: 'resp_id-1',
			object: 'response',
			created_at: NOW,
			completed_at: NOW,
			model: 'echo-2026',
			status: 'completed',
			error: null,
			incomplete_details: null,
			output: [
				{
					id: 'msg_id-1_0',
					type: 'message',
					status: 'completed',
					role: 'assistant',
					content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
				},
			],
			usage: {
				input_tokens: 10,
				input_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
				output_tokens: 5,
				output_tokens_details: { reasoning_tokens: 1 },
				total_tokens: 15,
				cost: 0.000015,
			},
			background: false,
			instructions: null,
			max_output_tokens: null,
			max_tool_calls: null,
			metadata: {},
			parallel_tool_calls: true,
			previous_response_id: null,
			prompt_cache_key: null,
			reasoning: { effort: null, summary: null },
			safety_identifier: null,
			service_tier: null,
			store: false,
			temperature: null,
			text: { format: { type: 'text' } },
			tool_choice: 'auto',
			tools: [],
			top_logprobs: 0,
			top_p: null,
			truncation: 'disabled',
			user: null,
		});
	});

	it('repeats what was asked', async () => {
		const format = { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true };
		const tool = { type: 'function', name: 'weather', description: null, parameters: { type: 'object' }, strict: true };
		const { json } = await answered(
			{},
			{
				instructions: 'Be brief.',
				max_output_tokens: 100,
				metadata: { a: 'b' },
				parallel_tool_calls: false,
				prompt_cache_key: 'k',
				reasoning: { effort: 'low', summary: 'auto' },
				temperature: 0.5,
				text: { format, verbosity: 'low' },
				tool_choice: 'required',
				tools: [tool],
				user: 'u1',
			},
		);
		expect(json).toMatchObject({
			instructions: 'Be brief.',
			max_output_tokens: 100,
			metadata: { a: 'b' },
			parallel_tool_calls: false,
			prompt_cache_key: 'k',
			reasoning: { effort: 'low', summary: 'auto' },
			temperature: 0.5,
			text: { format, verbosity: 'low' },
			tool_choice: 'required',
			tools: [tool],
			user: 'u1',
			store: false,
		});
	});

	it('has reasoning, calls and texts as items in their order, texts in a row as one message', async () => {
		const { json } = await answered({
			content: [
				{ type: 'reasoning', text: 'Why.' },
				{ type: 'text', text: 'One', phase: 'commentary' },
				{ type: 'text', text: 'Two', phase: 'commentary' },
				{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
				{ type: 'text', text: 'Three', phase: 'final_answer' },
				{ type: 'refusal', text: 'No.' },
			],
			finish: { kind: 'tool-calls' },
		});
		const text = (value: string) => ({ type: 'output_text', text: value, annotations: [], logprobs: [] });
		const message = { type: 'message', status: 'completed', role: 'assistant' };
		expect(json.output).toEqual([
			{ id: 'rs_id-1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Why.' }] },
			{ ...message, id: 'msg_id-1_1', phase: 'commentary', content: [text('One'), text('Two')] },
			{
				id: 'fc_id-1_2',
				type: 'function_call',
				status: 'completed',
				call_id: 'c1',
				name: 'weather',
				arguments: '{"city":"Oslo"}',
			},
			{
				...message,
				id: 'msg_id-1_3',
				phase: 'final_answer',
				content: [text('Three'), { type: 'refusal', refusal: 'No.' }],
			},
		]);
		expect(json.status).toBe('completed');
	});

	it('has citations flat and log probabilities with their alternatives', async () => {
		const raw = { type: 'file_citation', file_id: 'f1', filename: 'a.pdf', index: 3 };
		const { json } = await answered({
			content: [
				{
					type: 'text',
					text: 'Cited',
					annotations: [
						{ type: 'url-citation', url: 'https://a.example', title: 'A', start: 0, end: 5 },
						{ type: 'file-citation', raw },
					],
				},
			],
			logprobs: [{ token: 'Cited', logprob: -0.1, top: [{ token: 'Said', logprob: -2, bytes: [83] }] }],
		});
		expect(json.output[0].content[0]).toEqual({
			type: 'output_text',
			text: 'Cited',
			annotations: [{ type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 5 }, raw],
			logprobs: [
				{ token: 'Cited', logprob: -0.1, bytes: [], top_logprobs: [{ token: 'Said', logprob: -2, bytes: [83] }] },
			],
		});
	});

	it.each([
		['length', 'max_output_tokens'],
		['content-filter', 'content_filter'],
	] as const)('that ended by %s is incomplete', async (kind, reason) => {
		const { json } = await answered({ finish: { kind } });
		expect(json).toMatchObject({
			status: 'incomplete',
			incomplete_details: { reason },
			completed_at: null,
			output: [{ status: 'incomplete' }],
		});
	});

	it('says null where the upstream counted nothing, or the price is unknown', async () => {
		const door = doorApp({
			chat: (_, number) => (number === 0 ? chatAnswer({ usage: null }) : chatAnswer({}, { costNanoUsd: null })),
		});
		const ask = async () => JSON.parse(await (await door.post(PATH, { input: 'Hi' })).text());
		expect((await ask()).usage).toBeNull();
		expect((await ask()).usage).toMatchObject({ total_tokens: 15, cost: null });
	});

	it('has the headers of every answer, with its warnings', async () => {
		const { answer } = await answered({}, { store: true, service_tier: 'flex' });
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			'x-switchyard-provider': 'mock',
			'x-switchyard-model': 'echo',
			'x-switchyard-attempts': '1',
			'x-switchyard-cost-usd': '0.000015',
			'x-switchyard-warnings': 'store',
			'x-request-id': 'id-1',
		});
	});

	it('has a receipt where one was asked for, by header or in the body', async () => {
		for (const asked of [
			await answered({}, { store: true }, { 'x-switchyard-receipt': 'true' }),
			await answered({}, { store: true, switchyard: { receipt: true } }),
		]) {
			expect(asked.json.switchyard).toMatchObject({
				provider: 'mock',
				model: 'echo',
				cost: 0.000015,
				receipt: { before: 12_000, after: 3_900 },
				warnings: [{ field: 'store', message: 'Responses are not stored.' }],
			});
		}
		expect((await answered()).json).not.toHaveProperty('switchyard');
	});

	it('is an error as OpenAI writes it where the call fails', async () => {
		const door = doorApp({
			chat: () => {
				throw new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 2500 });
			},
		});
		const answer = await door.post(PATH, { input: 'Hi' });
		expect(answer.status).toBe(429);
		expect(answer.headers.get('retry-after')).toBe('3');
		expect(await answer.json()).toEqual({
			error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limited', param: null },
		});
	});

	it('takes agent, run and fallback from headers, and from the body where no header says it', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const body = { input: 'Hi', switchyard: { agent: 'body', run: 'r1', fallback: false, tags: ['t'], strict: true } };
		await door.post(PATH, body, { 'x-switchyard-agent': 'header', 'x-switchyard-run': 'r2' });
		await door.post(PATH, body);
		expect(door.gateway.chats).toMatchObject([
			{ agent: 'header', fallback: false, request: { runId: 'r2', tags: ['t'], strict: true } },
			{ agent: 'body', fallback: false, request: { runId: 'r1' } },
		]);
	});

	it('needs a key before anything else', async () => {
		const door = doorApp();
		expect((await door.request(PATH, { key: false, body: 'no json' })).status).toBe(401);
	});
});

describe('sealed reasoning of the Responses door', () => {
	const parts = [
		{ type: 'reasoning', text: 'Why.', signature: 'EqQBCkYIARgC' },
		{ type: 'reasoning', text: '', signature: 'EmwKAhgBEgy', redacted: true },
		{ type: 'reasoning', text: 'So.', signature: 'openai:{"id":"rs_1","encrypted_content":"gAAAA"}' },
		{ type: 'reasoning', text: '', signature: 'openai:{"id":"rs_2","encrypted_content":"gAAAB"}', redacted: true },
		{ type: 'text', text: 'Hello' },
	] as const;

	it('comes where it is included, and not otherwise', async () => {
		const include = ['reasoning.encrypted_content'];
		const { json, door } = await answered({ content: parts }, { include });
		expect(json.output[0].encrypted_content).toBe('EqQBCkYIARgC');
		expect(door.gateway.chats[0]?.request.reasoning).toEqual({ sealed: true });
		const plain = await answered({ content: parts });
		expect(plain.json.output[0]).not.toHaveProperty('encrypted_content');
		expect(plain.door.gateway.chats[0]?.request.reasoning).toBeUndefined();
	});

	it('comes back as the parts it was, whoever sealed them', async () => {
		const { json } = await answered({ content: parts }, { include: ['reasoning.encrypted_content'] });
		const { door } = await answered({}, { input: [{ role: 'user', content: 'Hi' }, ...json.output] });
		expect(door.gateway.chats[0]?.request.messages[1]).toEqual({ role: 'assistant', content: parts });
	});

	it('may be a token that OpenAI itself gave the client', async () => {
		const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAABpPDIUph8c' };
		const { door } = await answered({}, { input: [item, { role: 'assistant', content: 'So.' }] });
		expect(door.gateway.chats[0]?.request.messages[0]?.content[0]).toEqual({
			type: 'reasoning',
			text: '',
			signature: 'openai:gAAAAABpPDIUph8c',
		});
	});

	it('is named where an item holds nothing of it', async () => {
		const item = { type: 'reasoning', id: 'rs_1', summary: [] };
		const { answer, door } = await answered({}, { input: [item, { role: 'user', content: 'Hi' }] });
		expect(answer.headers.get('x-switchyard-warnings')).toBe('input');
		expect(door.gateway.chats[0]?.request.messages).toHaveLength(1);
	});
});

import { describe, expect, it } from 'vitest';
import { chatAnswer, doorApp } from '../../support/door-app';

const PATH = '/v1/responses';

async function posted(body: object) {
	const door = doorApp({ chat: () => chatAnswer() });
	const answer = await door.post(PATH, { input: 'Hi', ...body });
	return { answer, request: door.gateway.chats[0]?.request, json: JSON.parse(await answer.text()) };
}
const requestOf = async (body: object) => (await posted(body)).request;
const errorOf = async (body: object) => {
	const { answer, json } = await posted(body);
	expect(answer.status).toBe(400);
	return json.error;
};
const messagesOf = async (input: unknown, more: object = {}) => (await requestOf({ input, ...more }))?.messages;

describe('input of the Responses door', () => {
	it('may be a text, with instructions ahead of it', async () => {
		expect(await messagesOf('Hi', { instructions: 'Be brief.' })).toEqual([
			{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
			{ role: 'user', content: [{ type: 'text', text: 'Hi' }] },
		]);
	});

	it('may be messages in their easy and in their full form', async () => {
		expect(
			await messagesOf([
				{ role: 'developer', content: 'D' },
				{ role: 'system', content: [{ type: 'input_text', text: 'S' }] },
				{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'U', prompt_cache_breakpoint: {} }] },
				{ role: 'assistant', content: 'A' },
				{
					type: 'message',
					id: 'msg_1',
					status: 'completed',
					role: 'assistant',
					phase: 'final_answer',
					content: [
						{ type: 'output_text', text: 'B', annotations: [], logprobs: [] },
						{ type: 'refusal', refusal: 'R' },
					],
				},
			]),
		).toEqual([
			{ role: 'system', content: [{ type: 'text', text: 'D' }] },
			{ role: 'system', content: [{ type: 'text', text: 'S' }] },
			{ role: 'user', content: [{ type: 'text', text: 'U', cache: true }] },
			{
				role: 'assistant',
				content: [
					{ type: 'text', text: 'A' },
					{ type: 'text', text: 'B', phase: 'final_answer' },
					{ type: 'refusal', text: 'R' },
				],
			},
		]);
	});

	it('may hold images, files and audio in every form', async () => {
		const [message] =
			(await messagesOf([
				{
					role: 'user',
					content: [
						{ type: 'input_image', image_url: 'https://a.example/a.png', detail: 'low' },
						{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
						{ type: 'input_image', file_id: 'file-1' },
						{ type: 'input_file', file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' },
						{ type: 'input_file', file_data: 'eyJ9', filename: 'a.json' },
						{ type: 'input_file', file_url: 'https://a.example/a.pdf' },
						{ type: 'input_file', file_id: 'file-2' },
						{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
					],
				},
			])) ?? [];
		expect(message?.content).toEqual([
			{ type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' }, detail: 'low' },
			{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } },
			{ type: 'image', source: { kind: 'file-id', id: 'file-1' } },
			{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' }, filename: 'a.pdf' },
			{ type: 'file', source: { kind: 'data', mediaType: 'application/json', data: 'eyJ9' }, filename: 'a.json' },
			{ type: 'file', source: { kind: 'url', url: 'https://a.example/a.pdf' } },
			{ type: 'file', source: { kind: 'file-id', id: 'file-2' } },
			{ type: 'audio', data: 'UklG', format: 'wav' },
		]);
	});

	it('has what the model said in a row as one message, and each result as its own', async () => {
		expect(
			await messagesOf([
				{ role: 'user', content: 'Weather?' },
				{
					type: 'reasoning',
					id: 'rs_1',
					summary: [
						{ type: 'summary_text', text: 'One' },
						{ type: 'summary_text', text: 'Two' },
					],
				},
				{ type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
				{ type: 'function_call', call_id: 'c2', name: 'noop', arguments: '' },
				{ type: 'function_call_output', call_id: 'c1', output: 'sunny' },
				{
					type: 'function_call_output',
					call_id: 'c2',
					output: [
						{ type: 'input_text', text: 'seen' },
						{ type: 'input_image', image_url: 'https://a.example/a.png' },
					],
				},
				{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Own words' }] },
				{ role: 'assistant', content: 'Sunny.' },
			]),
		).toEqual([
			{ role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'One\n\nTwo' },
					{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
					{ type: 'tool-call', id: 'c2', name: 'noop', arguments: '{}' },
				],
			},
			{ role: 'tool', callId: 'c1', content: [{ type: 'text', text: 'sunny' }] },
			{
				role: 'tool',
				callId: 'c2',
				content: [
					{ type: 'text', text: 'seen' },
					{ type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } },
				],
			},
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'Own words' },
					{ type: 'text', text: 'Sunny.' },
				],
			},
		]);
	});

	it.each([
		['nothing', undefined, 'input', /string or an array/],
		['an empty list', [], 'input', /at least one/],
		['a reference', [{ type: 'item_reference', id: 'msg_1' }], 'input[0].type', /not stored here: send the item/],
		['a search', [{ type: 'web_search_call', id: 'ws_1' }], 'input[0].type', /'web_search_call' belongs to/],
		['a custom call', [{ type: 'custom_tool_call', call_id: 'c' }], 'input[0].type', /'custom_tool_call'/],
		['a compaction', [{ type: 'compaction', encrypted_content: 'x' }], 'input[0].type', /'compaction'/],
		['another role', [{ role: 'tool', content: 'x' }], 'input[0].role', /user, assistant, system or developer/],
		[
			'an unknown part',
			[{ role: 'user', content: [{ type: 'text', text: 'x' }] }],
			'input[0].content[0].type',
			/input_text/,
		],
		[
			'an address that is none',
			[{ role: 'user', content: [{ type: 'input_image', image_url: 'ftp://x' }] }],
			'input[0].content[0].image_url',
			/http/,
		],
		['an image of nowhere', [{ role: 'user', content: [{ type: 'input_image' }] }], 'input[0].content[0]', /file_id/],
		['a file of nowhere', [{ role: 'user', content: [{ type: 'input_file' }] }], 'input[0].content[0]', /file_data/],
		[
			'a file in a result',
			[{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_file', file_id: 'f' }] }],
			'input[0].output[0].type',
			/files in results/,
		],
	])('can not be %s', async (_name, input, param, message) => {
		const error = await errorOf({ input });
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(error.message).toMatch(message);
	});
});

describe('settings of the Responses door', () => {
	it('have their names in the language', async () => {
		const request = await requestOf({
			model: 'openai/gpt-5',
			models: ['a/b', 'c/d'],
			max_output_tokens: 50,
			temperature: 0.5,
			top_p: 0.9,
			include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
			top_logprobs: 3,
			reasoning: { effort: 'low', summary: 'concise' },
			text: { format: { type: 'json_schema', name: 'c', schema: { type: 'object' }, description: 'd', strict: true } },
			metadata: { run_id: 'r1' },
			user: 'u1',
		});
		expect(request).toEqual({
			messages: expect.any(Array),
			model: 'openai/gpt-5',
			models: ['a/b', 'c/d'],
			maxTokens: 50,
			temperature: 0.5,
			topP: 0.9,
			logprobs: { top: 3 },
			reasoning: { effort: 'low', summary: 'concise', sealed: true },
			responseFormat: { type: 'json-schema', name: 'c', schema: { type: 'object' }, description: 'd', strict: true },
			metadata: { run_id: 'r1' },
			runId: 'r1',
			user: 'u1',
		});
	});

	it('may be null, which says nothing', async () => {
		const nothing = Object.fromEntries(
			['model', 'tools', 'tool_choice', 'text', 'reasoning', 'include', 'temperature', 'store', 'user', 'background']
				.concat('previous_response_id', 'conversation', 'prompt', 'truncation', 'stream', 'switchyard')
				.map((field) => [field, null]),
		);
		const { request, answer } = await posted(nothing);
		expect(Object.keys(request ?? {})).toEqual(['messages']);
		expect(answer.headers.get('x-switchyard-warnings')).toBeNull();
	});

	const a = { type: 'function', name: 'a', description: 'A', parameters: { type: 'object' }, strict: true };
	const b = {
		type: 'function',
		name: 'b',
		parameters: null,
		strict: null,
		allowed_callers: ['direct'],
		defer_loading: false,
	};

	it('have tools flat', async () => {
		expect(await requestOf({ tools: [a, b], tool_choice: 'required', parallel_tool_calls: false })).toMatchObject({
			tools: [{ name: 'a', description: 'A', parameters: { type: 'object' }, strict: true }, { name: 'b' }],
			toolChoice: 'required',
			parallelToolCalls: false,
		});
		expect(await requestOf({ tools: [a], tool_choice: { type: 'function', name: 'a' } })).toMatchObject({
			toolChoice: { name: 'a' },
		});
		expect(await requestOf({ tool_choice: 'auto', parallel_tool_calls: true })).toEqual({
			messages: expect.any(Array),
		});
	});

	it('leave out tools that a choice does not allow', async () => {
		const tool_choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] };
		expect(await requestOf({ tools: [a, b], tool_choice })).toMatchObject({
			tools: [{ name: 'b' }],
			toolChoice: 'required',
		});
	});

	it.each([
		['tools of OpenAI', { tools: [a, { type: 'web_search' }] }, 'tools[1].type', /'function'/],
		['custom tools', { tools: [{ type: 'custom', name: 'x' }] }, 'tools[0].type', /custom tools/],
		['deferred tools', { tools: [{ ...a, defer_loading: true }] }, 'tools[0].defer_loading', /tool search/],
		[
			'a choice of a tool of OpenAI',
			{ tools: [a], tool_choice: { type: 'web_search' } },
			'tool_choice',
			/allowed_tools/,
		],
		['a choice that is no tool', { tools: [a], tool_choice: { type: 'function', name: 'z' } }, 'tool_choice', /'z'/],
		['a choice without tools', { tool_choice: 'required' }, 'tool_choice', /no tools/],
		['a stored answer to go on from', { previous_response_id: 'resp_1' }, 'previous_response_id', /whole conversation/],
		['a stored conversation', { conversation: { id: 'conv_1' } }, 'conversation', /whole conversation/],
		['a stored prompt', { prompt: { id: 'pmpt_1' } }, 'prompt.id', /instructions and input/],
		['the background', { background: true }, 'background', /stream/],
		['stream options without a stream', { stream_options: {} }, 'stream_options', /stream: true/],
		['an effort that is none', { reasoning: { effort: 'huge' } }, 'reasoning.effort', /expected/i],
		['a grammar', { text: { format: { type: 'grammar' } } }, 'text.format.type', /json_schema/],
		['a bound of nothing', { max_output_tokens: 0 }, 'max_output_tokens', /1/],
	])('can not be %s', async (_name, body, param, message) => {
		const error = await errorOf(body);
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(error.message).toMatch(message);
	});

	it('that only OpenAI knows go on under its own names, whoever takes them', async () => {
		const body = {
			text: { verbosity: 'low' },
			prompt_cache_key: 'k',
			user: 'u1',
			safety_identifier: 's1',
			switchyard: { provider_options: { openai: { prompt_cache_key: 'mine' }, groq: { x: 1 } } },
		};
		const { request } = await posted(body);
		expect(request).toMatchObject({
			dialect: { verbosity: 'low', prompt_cache_key: 'k', safety_identifier: 's1' },
			providerOptions: { openai: { prompt_cache_key: 'mine' }, groq: { x: 1 } },
		});
		expect(await requestOf({ safety_identifier: 's1' })).toMatchObject({ user: 's1' });
	});

	it('that do not exist are named, within bounds', async () => {
		const { answer } = await posted({ stop: ['x'], ['é'.repeat(100)]: 1 });
		const named = answer.headers.get('x-switchyard-warnings') ?? '';
		expect(named).toMatch(/^stop, (%C3%A9){64}$/);
		const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`field${at}`, at]));
		expect((await posted(many)).answer.headers.get('x-switchyard-warnings')?.split(', ')).toHaveLength(16);
	});

	it.each([
		['store', { store: true }],
		['truncation', { truncation: 'auto' }],
		['moderation', { moderation: { model: 'omni' } }],
		['stop', { stop: ['x'] }],
	])('that are lost are refused of a strict request: %s', async (param, body) => {
		expect(await errorOf({ ...body, switchyard: { strict: true } })).toMatchObject({ param });
	});
});

import { describe, expect, it } from 'vitest';
import type { ChatCall } from '../../../src/gateway/call';
import { chatAnswer, doorApp } from '../../support/door-app';

const PATH = '/v1/chat/completions';
const user = { role: 'user', content: 'Hi' };

/** What the path was asked for. */
async function call(body: object, headers: Record<string, string> = {}): Promise<ChatCall> {
	const door = doorApp({ chat: () => chatAnswer() });
	const response = await door.post(PATH, body, headers);
	const [made] = door.gateway.chats;
	if (!made) throw new Error(await response.text());
	return made;
}

const request = async (body: object) => (await call({ messages: [user], ...body })).request;
const messages = async (...list: object[]) => (await call({ messages: list })).request.messages;

describe('a request of the OpenAI chat door', () => {
	it('says nothing that the caller did not say', async () => {
		expect(await request({})).toEqual({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] });
	});

	it('takes null for absent in every optional field', async () => {
		const nulls = Object.fromEntries(
			[
				'model,models,stream,stream_options,n,max_tokens,max_completion_tokens,temperature,top_p,top_k,stop,seed',
				'presence_penalty,frequency_penalty,logprobs,top_logprobs,tools,tool_choice,parallel_tool_calls,user',
				'response_format,reasoning_effort,reasoning,metadata,logit_bias,verbosity,service_tier,prediction',
				'functions,function_call,modalities,audio,store,switchyard,safety_identifier,web_search_options',
			]
				.join()
				.split(',')
				.map((name) => [name, null]),
		);
		expect(await request(nulls)).toEqual(await request({}));
	});

	it('carries every setting', async () => {
		expect(
			await request({
				model: 'groq/llama',
				models: ['a/b', 'c/d'],
				max_tokens: 20,
				max_completion_tokens: 20,
				temperature: 0,
				top_p: 0.5,
				top_k: 40,
				stop: 'END',
				seed: 7,
				presence_penalty: -1,
				frequency_penalty: 1,
				logprobs: true,
				top_logprobs: 3,
				reasoning_effort: 'high',
				user: 'u1',
				metadata: { run_id: 'run-1', team: 'x' },
			}),
		).toMatchObject({
			model: 'groq/llama',
			models: ['a/b', 'c/d'],
			maxTokens: 20,
			temperature: 0,
			topP: 0.5,
			topK: 40,
			stop: ['END'],
			seed: 7,
			presencePenalty: -1,
			frequencyPenalty: 1,
			logprobs: { top: 3 },
			reasoning: { effort: 'high' },
			user: 'u1',
			runId: 'run-1',
			metadata: { run_id: 'run-1', team: 'x' },
		});
	});

	it('reads the routing headers, and Switchyard fields of the body where there is no header', async () => {
		const made = await call(
			{ messages: [user], metadata: { run_id: 'from-metadata' } },
			{
				'x-switchyard-agent': 'support',
				'x-switchyard-run': 'r1',
				'x-switchyard-fallback': 'none',
				'x-request-id': 'mine',
			},
		);
		expect(made).toMatchObject({ agent: 'support', fallback: false, clientRequestId: 'mine', requestId: 'id-1' });
		expect(made.request.runId).toBe('r1');
		const fields = { agent: 'a', run: 'r2', fallback: false, tags: ['t'], strict: true };
		const fromBody = await call({ messages: [user], switchyard: fields });
		expect(fromBody).toMatchObject({ agent: 'a', fallback: false });
		expect(fromBody.request).toMatchObject({ runId: 'r2', tags: ['t'], strict: true });
	});

	it('reads every role and part', async () => {
		expect(
			await messages(
				{ role: 'system', content: 'Be brief.' },
				{ role: 'developer', content: [{ type: 'text', text: 'Really.', cache_control: { type: 'ephemeral' } }] },
				{
					role: 'user',
					name: 'ann',
					content: [
						{ type: 'text', text: 'Look:' },
						{ type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } },
						{ type: 'image_url', image_url: { url: 'data:image/PNG;charset=x;base64,AAAA' } },
						{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
						{ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } },
						{ type: 'file', file: { file_data: 'bm90ZXM=', filename: 'notes.TXT' } },
						{ type: 'file', file: { file_id: 'file-1' } },
					],
				},
				{
					role: 'assistant',
					content: '',
					reasoning_content: 'Hm.',
					tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }],
				},
				{ role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: '42' }] },
				{ role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
				{ role: 'assistant', content: null, refusal: 'Never.' },
			),
		).toEqual([
			{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
			{ role: 'system', content: [{ type: 'text', text: 'Really.', cache: true }] },
			{
				role: 'user',
				name: 'ann',
				content: [
					{ type: 'text', text: 'Look:' },
					{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' }, detail: 'low' },
					{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } },
					{ type: 'audio', data: 'UklG', format: 'wav' },
					{
						type: 'file',
						source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' },
						filename: 'a.pdf',
					},
					{ type: 'file', source: { kind: 'data', mediaType: 'text/plain', data: 'bm90ZXM=' }, filename: 'notes.TXT' },
					{ type: 'file', source: { kind: 'file-id', id: 'file-1' } },
				],
			},
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'Hm.' },
					{ type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' },
				],
			},
			{ role: 'tool', callId: 'c1', content: [{ type: 'text', text: '42' }] },
			{ role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] },
			{ role: 'assistant', content: [{ type: 'refusal', text: 'Never.' }] },
		]);
	});

	it('reads breakpoints on parts and on whole messages, with their lifetime', async () => {
		const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
		const short = { cache_control: { type: 'ephemeral', ttl: '5m' } };
		expect(
			await messages(
				{ role: 'system', content: 'a', ...hour },
				{
					role: 'user',
					content: [
						{ type: 'text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit' } },
						{ type: 'image_url', image_url: { url: 'https://x.example/a.png' }, ...hour },
						{ type: 'text', text: 'c' },
					],
					...short,
				},
				{
					role: 'assistant',
					content: 'd',
					tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
				},
				{
					role: 'tool',
					tool_call_id: 'c1',
					content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' }, ...short }],
				},
			),
		).toMatchObject([
			{ content: [{ text: 'a', cache: '1h' }] },
			{
				content: [
					{ text: 'b', cache: true },
					{ type: 'image', cache: '1h' },
					{ text: 'c', cache: true },
				],
			},
			{ content: [{ type: 'text', text: 'd' }, { type: 'tool-call' }] },
			{ content: [{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' }, cache: true }] },
		]);
	});

	it('takes back a message of an answer with whatever stood in it', async () => {
		const message = {
			role: 'assistant',
			content: 'Yes',
			refusal: null,
			annotations: [],
			parsed: { a: 1 },
			audio: null,
			function_call: null,
			tool_calls: [
				{
					index: 0,
					id: 'c1',
					type: 'function',
					function: { name: 'f', arguments: '{"a":1}', parsed_arguments: { a: 1 } },
				},
			],
		};
		const body = { messages: [user, message, { role: 'tool', tool_call_id: 'c1', name: 'f', content: 'x' }] };
		const response = await doorApp({ chat: () => chatAnswer() }).post(PATH, body);
		expect(response.headers.has('x-switchyard-warnings')).toBe(false);
		expect((await messages(message))[0]?.content).toEqual([
			{ type: 'text', text: 'Yes' },
			{ type: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
		]);
	});

	it('reads tools, the choice among them, and the format of the answer', async () => {
		const tools = [
			{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
			{ type: 'function', function: { name: 'g', parameters: null } },
		];
		const named = { type: 'function', function: { name: 'g' } };
		const schema = { name: 's', schema: { type: 'object' }, strict: true };
		expect(
			await request({
				tools,
				tool_choice: named,
				parallel_tool_calls: false,
				response_format: { type: 'json_schema', json_schema: schema },
			}),
		).toMatchObject({
			tools: [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }, { name: 'g' }],
			toolChoice: { name: 'g' },
			parallelToolCalls: false,
			responseFormat: { type: 'json-schema', ...schema },
		});
		expect(await request({ tools, tool_choice: 'required' })).toMatchObject({ toolChoice: 'required' });
		expect(await request({ response_format: { type: 'json_object' } })).toMatchObject({
			responseFormat: { type: 'json' },
		});
		expect(await request({ tools: [], tool_choice: 'auto', parallel_tool_calls: true })).toEqual(await request({}));
	});

	it('sends only the tools that are allowed, and asks for one of them where it must', async () => {
		const tool = (name: string) => ({ type: 'function', function: { name } });
		const choice = (mode: string) => ({
			tools: ['f', 'g', 'h'].map(tool),
			tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools: [tool('h'), tool('f')] } },
		});
		expect(await request(choice('auto'))).toMatchObject({ tools: [{ name: 'f' }, { name: 'h' }], toolChoice: 'auto' });
		expect(await request(choice('required'))).toMatchObject({ toolChoice: 'required' });
	});

	it.each([
		[{ effort: 'low' }, { effort: 'low' }],
		[{ max_tokens: 500 }, { budgetTokens: 500 }],
		[{ enabled: true }, { effort: 'medium' }],
		[{ enabled: true, max_tokens: 500 }, { budgetTokens: 500 }],
		[{ enabled: false }, { effort: 'none' }],
		[
			{ effort: 'high', exclude: true },
			{ effort: 'high', summary: 'none' },
		],
		[{ summary: 'concise' }, { summary: 'concise' }],
	])("reads OpenRouter's reasoning %j", async (reasoning, expected) => {
		expect((await request({ reasoning })).reasoning).toEqual(expected);
	});

	it('takes a breakpoint on a tool, wherever it is written', async () => {
		const cache_control = { type: 'ephemeral', ttl: '1h' };
		const tools = [
			{ type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } },
			{ type: 'function', function: { name: 'g', cache_control } },
		];
		expect((await request({ tools })).tools).toEqual([
			{ name: 'f', cache: true },
			{ name: 'g', cache: '1h' },
		]);
	});

	it('names fields it does not know, at any depth, and refuses them where strict', async () => {
		const body = {
			messages: [
				{ ...user, weight: 1 },
				{ role: 'system', name: 'boss', content: 'x' },
			],
			top_a: 1,
			tools: [{ type: 'function', function: { name: 'f', parameters: { any: 1 }, timeout: 3 } }],
			response_format: { type: 'json_schema', json_schema: { name: 's', schema: { deep: 1 }, lax: true } },
			absent: null,
		};
		const response = await doorApp({ chat: () => chatAnswer() }).post(PATH, body, { 'x-switchyard-receipt': 'true' });
		const fields = [
			'messages[1].name',
			'messages[0].weight',
			'top_a',
			'tools[0].function.timeout',
			'response_format.json_schema.lax',
		];
		expect(response.headers.get('x-switchyard-warnings')).toBe(fields.join(', '));
		expect(await response.json()).toMatchObject({ switchyard: { warnings: fields.map((field) => ({ field })) } });
		const strict = await doorApp().post(PATH, { messages: [user], top_a: 1, switchyard: { strict: true } });
		expect(await strict.json()).toMatchObject({ error: { param: 'top_a' } });
	});

	it("hands OpenAI's own fields on in its spelling, beside the caller's options for a provider", async () => {
		const made = await request({
			verbosity: 'low',
			logit_bias: { '50256': -100 },
			prompt_cache_key: 'k',
			switchyard: { provider_options: { openai: { verbosity: 'high' } } },
		});
		expect(made).toMatchObject({
			dialect: { verbosity: 'low', logit_bias: { '50256': -100 }, prompt_cache_key: 'k' },
			providerOptions: { openai: { verbosity: 'high' } },
		});
	});

	it('warns that it answers in text and stores nothing, or refuses where strict', async () => {
		const body = { messages: [user], modalities: ['text', 'audio'], audio: { voice: 'alloy' }, store: true };
		const response = await doorApp({ chat: () => chatAnswer() }).post(PATH, body);
		expect(response.headers.get('x-switchyard-warnings')).toBe('modalities, store');
		const strict = await doorApp().post(PATH, { ...body, switchyard: { strict: true } });
		expect(strict.status).toBe(400);
		expect(await strict.json()).toMatchObject({ error: { param: 'modalities' } });
	});
});

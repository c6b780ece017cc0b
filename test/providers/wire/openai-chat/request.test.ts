import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message, UserPart } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { custom } from '../../../../src/providers/custom';
import { deepseek } from '../../../../src/providers/deepseek';
import { groq } from '../../../../src/providers/groq';
import { openai } from '../../../../src/providers/openai';
import { openrouter } from '../../../../src/providers/openrouter';
import type { Provider, WireTarget } from '../../../../src/providers/provider';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { fittedRequest } from '../../../support/fitted-request';
import { reasoner, wireTarget } from '../../../support/wire-target';

const text = (value: string, more: object = {}) => ({ type: 'text' as const, text: value, ...more });
const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const HELLO: Message = user(text('Hello'));

const gpt4o = wireTarget(openai, 'gpt-4o', { maxOutput: 16_384 });
const gpt5 = wireTarget(openai, 'gpt-5-mini', reasoner('minimal', 'low', 'medium', 'high'));

function build(request: Partial<ChatRequest>, target: WireTarget = gpt4o) {
	const wire = openaiChat.toRequest({ messages: [HELLO], ...request }, target);
	return { ...wire, body: JSON.parse(wire.body) as Record<string, unknown> };
}

const body = (request: Partial<ChatRequest>, target?: WireTarget) => build(request, target).body;
const messages = (list: readonly Message[], target?: WireTarget) => body({ messages: list }, target).messages;
const fields = (request: Partial<ChatRequest>, target?: WireTarget) =>
	build(request, target).warnings.map((warning) => warning.field);
const fitted = (provider: Provider, target: WireTarget, request: Partial<ChatRequest>) =>
	fittedRequest(provider, target, { messages: [HELLO], ...request });

describe('a request', () => {
	it('sends the model and the messages and nothing that was not said', () => {
		const wire = build({});
		expect(wire.path).toBe('/chat/completions');
		expect(wire.body).toEqual({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
		expect(wire.warnings).toEqual([]);
		expect(wire.plan).toEqual({});
	});

	it('asks a stream for its usage, without padding where that can be said', () => {
		expect(body({}, { ...gpt4o, stream: true })).toMatchObject({
			stream: true,
			stream_options: { include_usage: true, include_obfuscation: false },
		});
		expect(body({}, wireTarget(groq, 'llama', {}, true)).stream_options).toEqual({ include_usage: true });
		const mute = { ...wireTarget(custom, 'm', {}, true), quirks: { streamUsage: false } };
		expect(body({}, mute)).not.toHaveProperty('stream_options');
	});

	it('carries every setting that the target takes', () => {
		const request: Partial<ChatRequest> = {
			maxTokens: 50,
			temperature: 0,
			topP: 0.9,
			stop: ['END'],
			seed: 7,
			presencePenalty: 0.5,
			frequencyPenalty: -0.5,
			logprobs: { top: 3 },
			user: 'u1',
		};
		expect(body(request)).toMatchObject({
			max_completion_tokens: 50,
			temperature: 0,
			top_p: 0.9,
			stop: ['END'],
			seed: 7,
			presence_penalty: 0.5,
			frequency_penalty: -0.5,
			logprobs: true,
			top_logprobs: 3,
			user: 'u1',
		});
		expect(fields(request)).toEqual([]);
		expect(body({ logprobs: { top: 0 } })).not.toHaveProperty('top_logprobs');
	});

	it('names the field of maxTokens as the provider does', () => {
		expect(body({ maxTokens: 5 }, wireTarget(deepseek, 'deepseek-chat'))).toMatchObject({ max_tokens: 5 });
		expect(body({ maxTokens: 5 }, wireTarget(custom, 'm'))).toMatchObject({ max_tokens: 5 });
		expect(body({ maxTokens: 5 }, wireTarget(groq, 'm'))).toMatchObject({ max_completion_tokens: 5 });
	});

	it('lowers maxTokens to what the model can give, and says so', () => {
		expect(body({ maxTokens: 99_999 })).toMatchObject({ max_completion_tokens: 16_384 });
		expect(fields({ maxTokens: 99_999 })).toEqual(['maxTokens']);
		expect(fields({ maxTokens: 16_384 })).toEqual([]);
	});

	it('leaves out what the provider does not take, and names each', () => {
		const request: Partial<ChatRequest> = { topK: 5, seed: 1, user: 'u', metadata: { a: 'b' } };
		const sent = fitted(deepseek, wireTarget(deepseek, 'deepseek-chat'), request);
		expect(sent.fields).toEqual(['topK', 'seed', 'user', 'metadata']);
		expect(Object.keys(sent.body)).toEqual(['model', 'messages']);
	});

	it('leaves out sampling where the model refuses it, unless it asks for what holds anyway', () => {
		const request: Partial<ChatRequest> = {
			temperature: 0.2,
			topP: 0.5,
			stop: ['x'],
			presencePenalty: 1,
			logprobs: { top: 1 },
		};
		const sent = fitted(openai, gpt5, request);
		expect(sent.fields).toEqual(['temperature', 'topP', 'stop', 'presencePenalty', 'logprobs']);
		expect(Object.keys(sent.body)).toEqual(['model', 'messages']);
		const neutral = { temperature: 1, topP: 1, presencePenalty: 0, frequencyPenalty: 0, strict: true };
		expect(fitted(openai, gpt5, neutral)).toEqual({
			body: { model: 'gpt-5-mini', messages: [expect.anything()] },
			fields: [],
		});
	});

	it('samples with a reasoning model that is told not to reason', () => {
		const target = wireTarget(openai, 'gpt-5.1', reasoner('none', 'low'));
		const sent = fitted(openai, target, { temperature: 0.2, reasoning: { effort: 'none' } });
		expect(sent.body).toMatchObject({ temperature: 0.2, reasoning_effort: 'none' });
		expect(sent.fields).toEqual([]);
	});

	it('leaves out what DeepSeek ignores while it thinks, and says so', () => {
		const v4 = wireTarget(deepseek, 'deepseek-v4-flash', { reasoning: true });
		const request: Partial<ChatRequest> = { temperature: 0.2, topP: 0.5, logprobs: { top: 1 }, stop: ['x'] };
		expect(Object.keys(body(request, v4))).toEqual(['model', 'messages', 'stop']);
		expect(fields(request, v4)).toEqual(['temperature', 'topP', 'logprobs']);
		const awake = { ...request, reasoning: { effort: 'none' as const } };
		expect(body(awake, v4)).toMatchObject({ temperature: 0.2, top_p: 0.5, logprobs: true });
		expect(fields(awake, v4)).toEqual([]);
		const neutral = { temperature: 1, topP: 1, presencePenalty: 0, strict: true };
		expect(Object.keys(body(neutral, v4))).toEqual(['model', 'messages']);
	});

	it('refuses, in place of a warning, where the request is strict', () => {
		expect(() => fitted(openai, gpt4o, { topK: 5, strict: true })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'topK' }),
		);
		expect(() => build({ stop: ['a', 'b', 'c', 'd', 'e'], strict: true })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'stop' }),
		);
	});

	it('sends the first stop sequences, as many as the provider takes', () => {
		const stop = ['a', 'b', 'c', 'd', 'e'];
		expect(body({ stop }).stop).toEqual(['a', 'b', 'c', 'd']);
		expect(fields({ stop })).toEqual(['stop']);
		expect(body({ stop: [] })).not.toHaveProperty('stop');
		expect(body({ stop }, wireTarget(custom, 'm')).stop).toEqual(stop);
	});

	it('sends metadata to OpenAI only where the answer is stored', () => {
		expect(fields({ metadata: { a: 'b' } })).toEqual(['metadata']);
		const stored = { metadata: { a: 'b' }, providerOptions: { openai: { store: true } } };
		expect(body(stored)).toMatchObject({ store: true, metadata: { a: 'b' } });
		expect(body({ metadata: { a: 'b' } }, wireTarget(custom, 'm'))).toMatchObject({ metadata: { a: 'b' } });
	});

	it('merges the options of its own provider last, and no other', () => {
		const providerOptions = { openai: { service_tier: 'flex', seed: 9 }, groq: { service_tier: 'auto' } };
		expect(body({ seed: 1, providerOptions })).toMatchObject({ service_tier: 'flex', seed: 9 });
	});

	it('takes the fallback models of a provider that has its own', () => {
		const providerOptions = { openrouter: { models: ['a/b'], provider: { only: ['x'] }, plugins: [{ id: 'web' }] } };
		expect(body({ providerOptions }, wireTarget(openrouter, 'o'))).toMatchObject(providerOptions.openrouter);
	});

	it.each(['model', 'models', 'messages', 'stream', 'stream_options', 'n'])('refuses %s as an option', (field) => {
		expect(() => build({ providerOptions: { openai: { [field]: 'x' } } })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: `providerOptions.openai.${field}` }),
		);
	});
});

describe('messages', () => {
	it('give a reasoning model of OpenAI its developer, every other its system', () => {
		const system: Message = { role: 'system', content: [text('Be brief.')] };
		expect(messages([system], gpt5)).toEqual([{ role: 'developer', content: 'Be brief.' }]);
		expect(messages([system], gpt4o)).toEqual([{ role: 'system', content: 'Be brief.' }]);
		const unlisted = wireTarget(openai, 'ft:gpt-5', { ...reasoner(), known: false });
		expect(messages([system], unlisted)).toMatchObject([{ role: 'system' }]);
		expect(messages([system], wireTarget(openrouter, 'openai/gpt-5-mini', reasoner()))).toMatchObject([
			{ role: 'system' },
		]);
	});

	it('keep several texts apart, or in lines where the provider takes one string', () => {
		const two = user(text('a'), text('b'));
		expect(messages([two])).toEqual([{ role: 'user', content: [text('a'), text('b')] }]);
		expect(messages([two], wireTarget(deepseek, 'd'))).toEqual([{ role: 'user', content: 'a\nb' }]);
		expect(messages([user()])).toEqual([{ role: 'user', content: '' }]);
	});

	it('carry images, audio and files', () => {
		const data = { kind: 'data' as const, mediaType: 'image/png', data: 'AAAA' };
		const sent = messages([
			user(
				text('See'),
				{ type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' }, detail: 'low' },
				{ type: 'image', source: data },
				{ type: 'audio', data: 'BBBB', format: 'wav' },
				{ type: 'file', source: { kind: 'file-id', id: 'file-1' } },
				{ type: 'file', source: { ...data, mediaType: 'application/pdf' } },
				{ type: 'file', source: { ...data, mediaType: 'application/pdf' }, filename: 'b.pdf' },
			),
		]);
		expect(sent).toEqual([
			{
				role: 'user',
				content: [
					{ type: 'text', text: 'See' },
					{ type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'low' } },
					{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
					{ type: 'input_audio', input_audio: { data: 'BBBB', format: 'wav' } },
					{ type: 'file', file: { file_id: 'file-1' } },
					{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'file.pdf' } },
					{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'b.pdf' } },
				],
			},
		]);
	});

	it('are refused where a part can not be given to the provider', () => {
		const url = { kind: 'url' as const, url: 'https://x.test/a' };
		const refused = (provider: Provider, part: UserPart) =>
			expect(() => fitted(provider, wireTarget(provider, 'm'), { messages: [user(part)] })).toThrow(
				expect.objectContaining({ code: 'invalid_request', param: 'messages[0].content[0]' }),
			);
		refused(deepseek, { type: 'image', source: url });
		refused(groq, { type: 'audio', data: 'AAAA', format: 'wav' });
		refused(openai, { type: 'image', source: { kind: 'file-id', id: 'f' } });
		refused(openai, { type: 'file', source: url });
		expect(messages([user({ type: 'file', source: url })], wireTarget(openrouter, 'o'))).toMatchObject([
			{ content: [{ type: 'file', file: { file_data: 'https://x.test/a' } }] },
		]);
	});

	it('mark cache breakpoints only where the provider has them', () => {
		const marked: Message[] = [{ role: 'system', content: [text('Long.', { cache: true })] }];
		expect(messages(marked)).toEqual([{ role: 'system', content: 'Long.' }]);
		expect(messages(marked, wireTarget(openrouter, 'o'))).toEqual([
			{ role: 'system', content: [{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } }] },
		]);
		expect(messages(marked, wireTarget(openai, 'gpt-5.6-terra'))).toEqual([
			{ role: 'system', content: [{ type: 'text', text: 'Long.', prompt_cache_breakpoint: { mode: 'explicit' } }] },
		]);
	});

	it('mark parts of every kind, tools and results among them, for an hour where that is asked', () => {
		const cache = '1h' as const;
		const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
		const image = { type: 'image' as const, source: { kind: 'url' as const, url: 'https://x.test/a.png' }, cache };
		const file = { type: 'file' as const, source: { kind: 'url' as const, url: 'https://x.test/a.pdf' }, cache };
		const request: Partial<ChatRequest> = {
			tools: [{ name: 'f', cache }],
			messages: [
				user(text('a', { cache }), image, file),
				assistant(text('b', { cache })),
				{ role: 'tool', callId: 'c', content: [text('x'), text('y', { cache })] },
			],
		};
		const sent = body(request, wireTarget(openrouter, 'o'));
		expect(sent.tools).toMatchObject([hour]);
		expect(sent.messages).toMatchObject([
			{ content: [hour, hour, hour] },
			{ content: [{ text: 'b', ...hour }] },
			{ content: [{ text: 'x\ny', ...hour }] },
		]);
		expect(fields(request, wireTarget(openrouter, 'o'))).toEqual([]);
		const gpt = wireTarget(openai, 'gpt-5.6-terra');
		expect(fields({ ...request, strict: true }, gpt)).toEqual(['cache', 'cache']);
		expect(fields({ ...request, strict: true })).toEqual(['cache', 'cache']);
		expect(JSON.stringify(body(request))).not.toContain('cache');
	});

	it('keep the name of a user, or say that it was left out', () => {
		const named: Message = { role: 'user', content: [text('Hi')], name: 'Ann' };
		expect(messages([named])).toEqual([{ role: 'user', content: 'Hi', name: 'Ann' }]);
		const sent = fitted(groq, wireTarget(groq, 'g'), { messages: [named] });
		expect(sent).toMatchObject({ fields: ['messages.name'], body: { messages: [{ role: 'user', content: 'Hi' }] } });
	});

	it('carry tool calls and their results, errors among them', () => {
		const call: AssistantPart = { type: 'tool-call', id: 'c1', name: 'f', arguments: '' };
		const list: Message[] = [
			HELLO,
			assistant(call),
			{ role: 'tool', callId: 'c1', content: [text('no'), text('way')], isError: true },
			assistant(text('So'), call, text(' it is.')),
		];
		expect(messages(list)).toEqual([
			{ role: 'user', content: 'Hello' },
			{
				role: 'assistant',
				content: null,
				tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
			},
			{ role: 'tool', tool_call_id: 'c1', content: 'no\nway' },
			{ role: 'assistant', content: 'So it is.', tool_calls: [expect.anything()] },
		]);
	});

	it('send the images of tool results after the run of results', () => {
		const image = { type: 'image' as const, source: { kind: 'url' as const, url: 'https://x.test/a.png' } };
		const list: Message[] = [
			{ role: 'tool', callId: 'c1', content: [text('1'), image] },
			{ role: 'tool', callId: 'c2', content: [text('2')] },
			HELLO,
		];
		expect(messages(list)).toEqual([
			{ role: 'tool', tool_call_id: 'c1', content: '1' },
			{ role: 'tool', tool_call_id: 'c2', content: '2' },
			{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }] },
			{ role: 'user', content: 'Hello' },
		]);
		expect(fields({ messages: list })).toEqual(['tools']);
		expect(messages(list.slice(0, 1))).toHaveLength(2);
	});

	it('replay a refusal in its field at OpenAI and as text elsewhere', () => {
		const refused = assistant({ type: 'refusal', text: 'No.' });
		expect(messages([refused])).toEqual([{ role: 'assistant', content: null, refusal: 'No.' }]);
		expect(messages([refused], wireTarget(groq, 'g'))).toEqual([{ role: 'assistant', content: 'No.' }]);
	});
});

describe('the replay of reasoning', () => {
	const thought: AssistantPart = { type: 'reasoning', text: 'Hm.' };
	const call: AssistantPart = { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' };
	const v4 = wireTarget(deepseek, 'deepseek-v4-flash', { reasoning: true });

	it('is left out where the provider has no field for it', () => {
		expect(messages([assistant(thought, text('4'))])).toEqual([{ role: 'assistant', content: '4' }]);
		expect(fields({ messages: [assistant(thought, text('4'))] })).toEqual([]);
	});

	it('goes into reasoning_content at DeepSeek, empty beside a tool call that has none', () => {
		expect(messages([assistant(thought, call)], v4)).toMatchObject([{ reasoning_content: 'Hm.' }]);
		expect(messages([assistant(call)], v4)).toMatchObject([{ reasoning_content: '' }]);
		expect((messages([assistant(text('4'))], v4) as object[])[0]).not.toHaveProperty('reasoning_content');
		expect((messages([assistant(call)], wireTarget(deepseek, 'deepseek-chat')) as object[])[0]).not.toHaveProperty(
			'reasoning_content',
		);
	});

	it('gives OpenRouter back the details it sent, unchanged', () => {
		const details = [
			{ type: 'reasoning.text', text: 'Hm.', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
			{ type: 'reasoning.summary', summary: 'In short', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
			{ type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_2', format: 'openai-responses-v1', index: 2 },
		];
		const message = { role: 'assistant', content: 'x', reasoning: 'Hm.', reasoning_details: details };
		const answer = openaiChat.fromResponse(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }), {});
		const sent = messages([{ role: 'assistant', content: answer.content }], wireTarget(openrouter, 'o'));
		expect(sent).toEqual([{ role: 'assistant', content: 'x', reasoning_details: details }]);
	});

	it("gives OpenRouter the plain text of another's reasoning, and Claude there what it signed", () => {
		const sealed: AssistantPart = { type: 'reasoning', text: 'A.', signature: 'EvsCC' };
		const redacted: AssistantPart = { type: 'reasoning', text: '', signature: 'EncCC', redacted: true };
		const foreign: AssistantPart = { type: 'reasoning', text: '', signature: 'openai:rs_1' };
		const list = [assistant(thought, sealed, redacted, foreign, text('x'))];
		const gpt = wireTarget(openrouter, 'openai/gpt-5.4');
		const plain = [
			{ type: 'reasoning.text', text: 'Hm.' },
			{ type: 'reasoning.text', text: 'A.' },
		];
		expect(messages(list, gpt)).toEqual([{ role: 'assistant', content: 'x', reasoning_details: plain }]);
		expect(fields({ messages: list, strict: true }, gpt)).toEqual(['reasoning']);
		const format = 'anthropic-claude-v1';
		expect(messages(list, wireTarget(openrouter, 'anthropic/claude-opus-5'))).toEqual([
			{
				role: 'assistant',
				content: 'x',
				reasoning_details: [
					{ type: 'reasoning.text', text: 'A.', signature: 'EvsCC', format },
					{ type: 'reasoning.encrypted', data: 'EncCC', format },
				],
			},
		]);
		expect(messages([assistant(foreign, text('x'))], gpt)).toEqual([{ role: 'assistant', content: 'x' }]);
	});

	it('is plain text at DeepSeek, whose signature it was', () => {
		const sealed: AssistantPart = { type: 'reasoning', text: 'A.', signature: 'EvsCC' };
		const list = [assistant(sealed, call), assistant(sealed, call)];
		expect(messages(list, v4)).toMatchObject([{ reasoning_content: 'A.' }, { reasoning_content: 'A.' }]);
		expect(fields({ messages: list, strict: true }, v4)).toEqual(['reasoning']);
	});
});

describe('tools', () => {
	const tools = [{ name: 'f', description: 'Does f.', parameters: { type: 'object' }, strict: true }, { name: 'g' }];

	it('are sent with their choice and whether they may be called at once', () => {
		expect(body({ tools, toolChoice: { name: 'f' }, parallelToolCalls: false })).toMatchObject({
			tools: [
				{
					type: 'function',
					function: { name: 'f', description: 'Does f.', parameters: { type: 'object' }, strict: true },
				},
				{ type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
			],
			tool_choice: { type: 'function', function: { name: 'f' } },
			parallel_tool_calls: false,
		});
		for (const choice of ['auto', 'none', 'required'] as const) {
			expect(body({ tools, toolChoice: choice }).tool_choice).toBe(choice);
		}
	});

	it('are not spoken of where there are none', () => {
		expect(Object.keys(body({ toolChoice: 'auto', parallelToolCalls: true, tools: [] }))).toEqual([
			'model',
			'messages',
		]);
		expect(fields({ toolChoice: 'none' })).toEqual([]);
		expect(fields({ toolChoice: 'required' })).toEqual(['toolChoice']);
	});

	it('are renamed where OpenAI refuses the name, in the history too, and the plan knows it', () => {
		const name = 'server.tool';
		const wire = build({
			tools: [{ name }],
			toolChoice: { name },
			messages: [HELLO, assistant({ type: 'tool-call', id: 'c', name, arguments: '{}' })],
		});
		expect(JSON.stringify(wire.body)).not.toContain(name);
		expect(JSON.stringify(wire.body).match(/server_tool/g)).toHaveLength(3);
		expect(wire.plan.toolNames).toEqual({ server_tool: name });
	});
});

describe('the response format', () => {
	const schema = { type: 'object', properties: { a: { type: 'number' } } };
	const responseFormat = { type: 'json-schema', name: 'answer', schema, strict: true } as const;

	it('is JSON, a schema, or nothing for text', () => {
		expect(body({ responseFormat: { type: 'json' } }).response_format).toEqual({ type: 'json_object' });
		expect(body({ responseFormat: { type: 'text' } })).not.toHaveProperty('response_format');
		expect(body({ responseFormat }).response_format).toEqual({
			type: 'json_schema',
			json_schema: { name: 'answer', schema, strict: true },
		});
	});

	it('becomes JSON mode and an instruction where there are no native schemas, and says so', () => {
		const target = wireTarget(deepseek, 'd');
		const wire = build({ responseFormat, messages: [{ role: 'system', content: [text('Be brief.')] }, HELLO] }, target);
		expect(wire.body.response_format).toEqual({ type: 'json_object' });
		expect(wire.body.messages).toMatchObject([
			{
				role: 'system',
				content: expect.stringMatching(/^Be brief\.\n.*JSON Schema.*"a":\{"type":"number"\}/s),
			},
			{ role: 'user' },
		]);
		expect(wire.warnings.map((warning) => warning.field)).toEqual(['responseFormat']);
		expect(messages([HELLO], target)).toHaveLength(1);
		expect((body({ responseFormat }, target).messages as object[])[0]).toMatchObject({ role: 'system' });
	});

	it('is passed on to a model the catalog does not know', () => {
		const unknown = wireTarget(custom, 'm', { structuredOutput: false, known: false });
		expect(body({ responseFormat }, unknown).response_format).toMatchObject({ type: 'json_schema' });
	});
});

describe('the request for reasoning', () => {
	const effort = (value: NonNullable<ChatRequest['reasoning']>['effort'], target: WireTarget) =>
		body({ reasoning: value ? { effort: value } : {} }, target).reasoning_effort;

	it('is the effort itself, or the nearest the model has', () => {
		expect(effort('low', gpt5)).toBe('low');
		expect(effort('max', gpt5)).toBe('high');
		expect(effort('none', gpt5)).toBe('minimal');
		expect(fields({ reasoning: { effort: 'max' } }, gpt5)).toEqual(['reasoning']);
		expect(effort('xhigh', wireTarget(openai, 'm', reasoner('low', 'high', 'max')))).toBe('high');
		expect(effort('medium', wireTarget(openai, 'm', reasoner('low', 'high')))).toBe('high');
		expect(effort('low', wireTarget(openai, 'm', reasoner()))).toBe('low');
	});

	it('is on or off for Qwen at Groq', () => {
		const qwen = wireTarget(groq, 'qwen/qwen3-32b', {
			reasoning: true,
			reasoningOptions: [{ type: 'effort', values: ['none', 'default'] }],
		});
		expect(effort('none', qwen)).toBe('none');
		expect(effort('low', qwen)).toBe('default');
	});

	it('turns a budget into an effort, and says so', () => {
		const budget = (tokens: number) => body({ reasoning: { budgetTokens: tokens } }, gpt5).reasoning_effort;
		expect([budget(1024), budget(4096), budget(32_000)]).toEqual(['low', 'medium', 'high']);
		expect(fields({ reasoning: { budgetTokens: 1024 } }, gpt5)).toEqual(['reasoning']);
	});

	it('is left out and named for a model that does not reason, passed on to one nobody knows', () => {
		expect(effort('high', gpt4o)).toBeUndefined();
		expect(fields({ reasoning: { effort: 'high' } })).toEqual(['reasoning']);
		expect(fields({ reasoning: { effort: 'none' } })).toEqual([]);
		expect(effort('high', wireTarget(custom, 'm', { known: false }))).toBe('high');
	});

	it('is an object at OpenRouter', () => {
		const target = wireTarget(openrouter, 'anthropic/claude-haiku-4.5', { reasoning: true });
		const sent = (reasoning: ChatRequest['reasoning']) => body({ ...(reasoning && { reasoning }) }, target).reasoning;
		expect(sent({ effort: 'high' })).toEqual({ effort: 'high' });
		expect(sent({ effort: 'max' })).toEqual({ effort: 'xhigh' });
		expect(sent({ effort: 'none' })).toEqual({ effort: 'none' });
		expect(sent({ budgetTokens: 0 })).toEqual({ effort: 'none' });
		expect(sent({ budgetTokens: 2000 })).toEqual({ max_tokens: 2000 });
		expect(sent({ effort: 'low', budgetTokens: 2000 })).toEqual({ max_tokens: 2000 });
		expect(fields({ reasoning: { effort: 'low', budgetTokens: 2000 } }, target)).toEqual(['reasoning']);
		expect(sent(undefined)).toBeUndefined();
	});

	it('is thinking and an effort at DeepSeek', () => {
		const target = wireTarget(deepseek, 'deepseek-v4-flash', { reasoning: true });
		expect(body({ reasoning: { effort: 'none' } }, target)).toMatchObject({ thinking: { type: 'disabled' } });
		expect(body({ reasoning: { effort: 'medium' } }, target)).toMatchObject({
			thinking: { type: 'enabled' },
			reasoning_effort: 'high',
		});
		expect(body({}, target)).not.toHaveProperty('thinking');
	});
});

describe('the plan', () => {
	it('tells the decoder to read the charge where the provider reports one', () => {
		expect(build({}, wireTarget(openrouter, 'o')).plan).toEqual({ reportsCost: true });
	});
});

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import type { Message } from '../../../src/language/message';
import type { ChatRequest } from '../../../src/language/request';
import type { ModelTraits, Quirks, WireTarget } from '../../../src/providers/provider';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';

const EFFORT = { type: 'effort', values: ['low', 'medium', 'high', 'max'] } as const;
const BUDGET = { type: 'budget', min: 1024, max: null } as const;

const target = (traits: Partial<ModelTraits> = {}, quirks: Quirks = {}): WireTarget => ({
	providerId: 'anthropic',
	model: 'claude-x',
	stream: false,
	quirks,
	traits: {
		maxOutput: 64_000,
		reasoning: true,
		reasoningOptions: [],
		sampling: true,
		structuredOutput: true,
		...traits,
	},
});

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const hello: ChatRequest = { messages: [user('Hello')] };
const weather = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

function sent(request: Partial<ChatRequest>, to: WireTarget = target()) {
	const wired = anthropicMessages.toRequest({ ...hello, ...request }, to);
	return { ...wired, json: JSON.parse(wired.body), warned: wired.warnings.map((warning) => warning.field) };
}

function refusedParam(request: Partial<ChatRequest>, to: WireTarget = target()): string | undefined {
	try {
		sent(request, to);
	} catch (thrown) {
		if (thrown instanceof GatewayError && thrown.code === 'invalid_request') return thrown.param;
		throw thrown;
	}
	throw new Error('was not refused');
}

const call = (id: string, name = 'weather', args = '{"city":"Rome"}') =>
	({ type: 'tool-call', id, name, arguments: args }) as const;
const result = (callId: string, text: string): Message => ({
	role: 'tool',
	callId,
	content: [{ type: 'text', text }],
});

describe('the request line', () => {
	it('is POST /v1/messages with a JSON body and no beta unless one is used', () => {
		const { path, headers, json, plan, warned } = sent({});
		expect(path).toBe('/v1/messages');
		expect(headers).toEqual({ 'content-type': 'application/json' });
		expect(json).toEqual({
			model: 'claude-x',
			messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
			max_tokens: 64_000,
			stream: false,
		});
		expect(plan).toEqual({});
		expect(warned).toEqual([]);
	});

	it('names the betas that the caller or a file by id needs', () => {
		const asked = sent({ providerOptions: { anthropic: { betas: ['context-1m-2025-08-07'] } } });
		expect(asked.headers['anthropic-beta']).toBe('context-1m-2025-08-07');
		expect(asked.json.betas).toBeUndefined();
		const content = [{ type: 'image', source: { kind: 'file-id', id: 'file_1' } }] as const;
		const byId = sent({ messages: [{ role: 'user', content }] });
		expect(byId.headers['anthropic-beta']).toBe('files-api-2025-04-14');
		expect(byId.json.messages[0].content[0].source).toEqual({ type: 'file', file_id: 'file_1' });
	});

	it('merges provider options last, of this provider alone, and never the model or the way it streams', () => {
		const providerOptions = {
			anthropic: { service_tier: 'standard_only', max_tokens: 5, stream: false, model: 'claude-dearer' },
			openai: { store: true },
		};
		const { json } = sent({ maxTokens: 9, providerOptions }, { ...target(), stream: true });
		expect(json).toMatchObject({ service_tier: 'standard_only', max_tokens: 5, stream: true, model: 'claude-x' });
		expect(json.store).toBeUndefined();
	});

	it('sends the user as metadata, unless it is longer than the API takes', () => {
		expect(sent({ user: 'u-1' }).json.metadata).toEqual({ user_id: 'u-1' });
		const long = sent({ user: 'u'.repeat(300) });
		expect(long.json.metadata).toBeUndefined();
		expect(long.warned).toEqual(['user']);
	});
});

describe('the conversation', () => {
	it('hoists system texts, cache marks included, and drops blank ones', () => {
		const { json } = sent({
			messages: [
				{
					role: 'system',
					content: [
						{ type: 'text', text: 'Be brief.', cache: true },
						{ type: 'text', text: ' ' },
					],
				},
				user('a'),
				{ role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
				user('b'),
			],
		});
		expect(json.system).toEqual([
			{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
			{ type: 'text', text: 'Be kind.' },
		]);
		expect(json.messages).toEqual([
			{
				role: 'user',
				content: [
					{ type: 'text', text: 'a' },
					{ type: 'text', text: 'b' },
				],
			},
		]);
	});

	it('puts all results of a turn first in one user message, errors marked', () => {
		const { json } = sent({
			messages: [
				user('Weather?'),
				{ role: 'assistant', content: [{ type: 'text', text: 'Looking.' }, call('a'), call('b', 'weather', '')] },
				result('a', '20 °C'),
				user('Quick, please.'),
				{ ...result('b', 'no such city'), isError: true } as Message,
			],
		});
		expect(json.messages[1].content).toEqual([
			{ type: 'text', text: 'Looking.' },
			{ type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Rome' } },
			{ type: 'tool_use', id: 'b', name: 'weather', input: {} },
		]);
		expect(json.messages[2]).toEqual({
			role: 'user',
			content: [
				{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: '20 °C' }] },
				{ type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'no such city' }], is_error: true },
				{ type: 'text', text: 'Quick, please.' },
			],
		});
	});

	it('replays signed thinking verbatim ahead of the calls, and leaves out what this API did not sign', () => {
		const content = [
			{ type: 'reasoning', text: 'unsigned' },
			{ type: 'text', text: 'Hm.' },
			call('a'),
			{ type: 'reasoning', text: 'signed', signature: 'sig' },
			{ type: 'reasoning', text: '', signature: 'opaque', redacted: true },
		] as const;
		const { json } = sent({ messages: [user('x'), { role: 'assistant', content }, result('a', 'y')] });
		expect(json.messages[1].content).toEqual([
			{ type: 'text', text: 'Hm.' },
			{ type: 'thinking', thinking: 'signed', signature: 'sig' },
			{ type: 'redacted_thinking', data: 'opaque' },
			{ type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Rome' } },
		]);
	});

	it('never sends an empty assistant turn, thinking at its end, or a prefill that ends in white space', () => {
		const { json } = sent({
			messages: [
				user('a'),
				{ role: 'assistant', content: [{ type: 'text', text: '' }] },
				user('b'),
				{ role: 'assistant', content: [{ type: 'reasoning', text: 'cut', signature: 's' }] },
				user('c'),
				{ role: 'assistant', content: [{ type: 'refusal', text: 'I can not. \n' }] },
			],
		});
		expect(json.messages.map((turn: { role: string }) => turn.role)).toEqual(['user', 'assistant']);
		expect(json.messages[0].content).toHaveLength(3);
		expect(json.messages[1].content).toEqual([{ type: 'text', text: 'I can not.' }]);
	});

	it('keeps arguments that are no JSON object where the model can still read them', () => {
		const content = [call('a', 'f', '{"a":'), call('b', 'f', '[1]'), call('c', 'f', 'null')];
		const { json } = sent({ messages: [user('x'), { role: 'assistant', content }] });
		expect(json.messages[1].content.map((block: { input: unknown }) => block.input)).toEqual([
			{ raw_arguments: '{"a":' },
			{ raw_arguments: '[1]' },
			{},
		]);
	});

	it('renames ids and tool names that this API refuses, and plans to undo the names', () => {
		const { json, plan } = sent({
			tools: [{ name: 'files.read' }, { name: 'files_read' }],
			toolChoice: { name: 'files.read' },
			messages: [user('x'), { role: 'assistant', content: [call('fn.0:1', 'files.read')] }, result('fn.0:1', 'y')],
		});
		expect(json.tools.map((tool: { name: string }) => tool.name)).toEqual(['files_read_2', 'files_read']);
		expect(json.tool_choice).toEqual({ type: 'tool', name: 'files_read_2' });
		expect(json.messages[1].content[0]).toMatchObject({ id: 'fn_0_1', name: 'files_read_2' });
		expect(json.messages[2].content[0].tool_use_id).toBe('fn_0_1');
		expect(plan.toolNames).toEqual({ files_read_2: 'files.read' });
	});

	it('says where instructions in the middle of the conversation were moved', () => {
		const late: Message = { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] };
		expect(sent({ messages: [late, user('a')] }).warned).toEqual([]);
		const moved = sent({ messages: [user('a'), late, user('b'), late] });
		expect(moved.warned).toEqual(['messages']);
		expect(moved.json.system).toHaveLength(2);
		expect(refusedParam({ messages: [user('a'), late], strict: true })).toBe('messages');
	});

	it('replays no reasoning that another provider signed', () => {
		const foreign = ['openai:rs_1', 'google:sig', 'bedrock:sig', '{"type":"reasoning.text"}'].map(
			(signature) => ({ type: 'reasoning', text: 'other', signature }) as const,
		);
		const content = [...foreign, { type: 'reasoning', text: 'own', signature: 'EqEE' }, call('a')] as const;
		const { json, warned } = sent({ messages: [user('x'), { role: 'assistant', content }, result('a', 'y')] });
		expect(json.messages[1].content.map((block: { type: string }) => block.type)).toEqual(['thinking', 'tool_use']);
		expect(json.messages[1].content[0].signature).toBe('EqEE');
		expect(warned).toEqual([]);
	});

	it('sends images as results of tools', () => {
		const source = { kind: 'data', mediaType: 'image/png', data: 'AAAA' } as const;
		const shot: Message = {
			role: 'tool',
			callId: 'a',
			content: [
				{ type: 'text', text: 'See:', cache: true },
				{ type: 'image', source },
			],
		};
		const { json } = sent({ messages: [user('x'), { role: 'assistant', content: [call('a')] }, shot] });
		expect(json.messages[2].content[0]).toEqual({
			type: 'tool_result',
			tool_use_id: 'a',
			content: [
				{ type: 'text', text: 'See:' },
				{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
			],
			cache_control: { type: 'ephemeral' },
		});
	});

	it('refuses a conversation with nothing to answer', () => {
		expect(refusedParam({ messages: [] })).toBe('messages');
		expect(refusedParam({ messages: [{ role: 'system', content: [{ type: 'text', text: 'Be.' }] }] })).toBe('messages');
	});
});

describe('cache breakpoints', () => {
	const parts = (...marks: (boolean | '1h')[]): Message => ({
		role: 'user',
		content: marks.map((cache, at) => ({ type: 'text', text: `part ${at}`, cache })),
	});
	const marks = (blocks: { cache_control?: { ttl?: string } }[]) =>
		blocks.map(({ cache_control: mark }) => (mark ? (mark.ttl ?? '5m') : null));
	const marked = { ...weather, cache: true } as const;
	const system: Message = { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: true }] };

	it('stand on tools, instructions and parts, with the life that was asked for', () => {
		const { json, warned } = sent({
			tools: [weather, { ...marked, name: 'now', cache: '1h' }],
			messages: [parts('1h')],
		});
		expect(marks(json.tools)).toEqual([null, '1h']);
		expect(json.messages[0].content[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' });
		expect(sent({ messages: [system, parts(true)] }).json.system[0].cache_control).toEqual({ type: 'ephemeral' });
		expect(warned).toEqual([]);
	});

	it('are four at most: those ahead of the last four are left out, and that is said', () => {
		const { json, warned } = sent({ tools: [marked], messages: [system, parts(true, true, false, true, true)] });
		expect(marks([...json.tools, ...json.system])).toEqual([null, null]);
		expect(marks(json.messages[0].content)).toEqual(['5m', '5m', null, '5m', '5m']);
		expect(warned).toEqual(['cache']);
		expect(sent({ tools: [marked], messages: [system, parts(true, true)] }).warned).toEqual([]);
	});

	it('live no shorter than those after them, which the API would refuse', () => {
		const { json, warned } = sent({ messages: [system, parts('1h', true)] });
		expect(marks(json.system)).toEqual(['1h']);
		expect(marks(json.messages[0].content)).toEqual(['1h', '5m']);
		expect(warned).toEqual(['cache']);
	});
});

describe('media', () => {
	const media = (content: Extract<Message, { role: 'user' }>['content']) =>
		sent({ messages: [{ role: 'user', content }] });

	it('sends images by data and by URL', () => {
		const { json } = media([
			{ type: 'image', source: { kind: 'data', mediaType: 'image/jpg', data: 'AAAA' } },
			{ type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' }, cache: true },
		]);
		expect(json.messages[0].content).toEqual([
			{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } },
			{
				type: 'image',
				source: { type: 'url', url: 'https://x.test/a.png' },
				cache_control: { type: 'ephemeral' },
			},
		]);
	});

	it('sends PDF, text and image files as the blocks they are', () => {
		const { json } = media([
			{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' }, filename: 'a.pdf' },
			{ type: 'file', source: { kind: 'data', mediaType: 'text/markdown; charset=utf-8', data: 'R3LDvMOfZQ==' } },
			{ type: 'file', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } },
			{ type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
		]);
		expect(json.messages[0].content).toEqual([
			{
				type: 'document',
				source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
				title: 'a.pdf',
			},
			{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
			{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
			{ type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
		]);
	});

	it('names the part whose base64 can not be read', () => {
		const content = [{ type: 'file', source: { kind: 'data', mediaType: 'text/plain', data: '%%%' } }] as const;
		expect(refusedParam({ messages: [{ role: 'user', content }] })).toBe('messages[0].content[0]');
	});

	it('refuses audio and files of kinds that can not be read, naming the part', () => {
		const audio = { type: 'audio', data: 'AAAA', format: 'wav' } as const;
		const spoken = [{ type: 'text', text: 'Hear:' }, audio] as const;
		expect(refusedParam({ messages: [{ role: 'user', content: spoken }] })).toBe('messages[0].content[1]');
		const source = { kind: 'data', mediaType: 'application/zip', data: 'AAAA' } as const;
		const zip = [{ type: 'file', source }] as const;
		expect(refusedParam({ messages: [user('a'), { role: 'user', content: zip }] })).toBe('messages[1].content[0]');
	});

	it('asks for citations of a document where the caller does', () => {
		const source = { kind: 'data', mediaType: 'text/plain', data: 'R3LDvMOfZQ==' } as const;
		const { json } = media([{ type: 'file', source, filename: 'Note', citations: true, cache: '1h' }]);
		expect(json.messages[0].content[0]).toEqual({
			type: 'document',
			source: { type: 'text', media_type: 'text/plain', data: 'Grüße' },
			title: 'Note',
			citations: { enabled: true },
			cache_control: { type: 'ephemeral', ttl: '1h' },
		});
	});
});

describe('tools', () => {
	it('describes each by an object schema, whatever was given', () => {
		const union = {
			anyOf: [
				{ type: 'object', properties: { a: { type: 'string' }, k: { const: 1 } }, required: ['a', 'k'] },
				{ type: 'object', properties: { b: { type: 'string' }, k: { const: 2 } }, required: ['b', 'k'] },
			],
		};
		const { json } = sent({
			tools: [
				{ name: 'none', description: '' },
				{ ...weather, description: 'Gives it.' },
				{ name: 'u', parameters: union },
			],
		});
		expect(json.tools[0]).toEqual({ name: 'none', input_schema: { type: 'object', properties: {} } });
		expect(json.tools[1]).toEqual({ name: 'weather', description: 'Gives it.', input_schema: weather.parameters });
		expect(json.tools[2].input_schema).toMatchObject({
			type: 'object',
			properties: { a: { type: 'string' }, b: { type: 'string' }, k: { anyOf: [{ const: 1 }, { const: 2 }] } },
			required: ['k'],
		});
		expect(json.tools[2].input_schema.anyOf).toBeUndefined();
		expect(json.tools[2].input_schema.description).toContain('anyOf');
	});

	it('refuses arguments that are no object, naming the tool', () => {
		expect(refusedParam({ tools: [weather, { name: 'x', parameters: { type: 'string' } }] })).toBe(
			'tools[1].parameters',
		);
	});

	it.each([
		['auto', undefined, { type: 'auto' }],
		['none', false, { type: 'none' }],
		['required', undefined, { type: 'any' }],
		['required', false, { type: 'any', disable_parallel_tool_use: true }],
		[{ name: 'weather' }, undefined, { type: 'tool', name: 'weather' }],
		[undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
		[undefined, true, undefined],
	] as const)('says %j with parallel %j as %j', (toolChoice, parallelToolCalls, expected) => {
		const choice = { ...(toolChoice && { toolChoice }), ...(parallelToolCalls !== undefined && { parallelToolCalls }) };
		expect(sent({ tools: [weather], ...choice }).json.tool_choice).toEqual(expected);
	});

	it('says nothing of a choice where there are no tools', () => {
		expect(sent({ toolChoice: 'required', parallelToolCalls: false }).json.tool_choice).toBeUndefined();
	});

	it('holds a strict tool to the subset that can be compiled, where the model can be held at all', () => {
		const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } };
		const strict = sent({ tools: [{ name: 'f', parameters, strict: true }] });
		expect(strict.json.tools[0]).toEqual({
			name: 'f',
			strict: true,
			input_schema: {
				type: 'object',
				properties: { n: { type: 'integer', description: '(minimum: 1)' } },
				additionalProperties: false,
			},
		});
		expect(strict.warned).toEqual(['tools']);
		const loose = sent({ tools: [{ name: 'f', parameters, strict: true }] }, target({ structuredOutput: false }));
		expect(loose.json.tools[0].strict).toBeUndefined();
		expect(loose.warned).toEqual(['tools']);
	});
});

describe('output formats', () => {
	const schema = {
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		type: 'object',
		properties: {
			name: { type: 'string', minLength: 2, description: 'A name.' },
			at: { type: 'string', format: 'date-time' },
			kind: { oneOf: [{ const: 'a' }, { $ref: '#/$defs/other' }] },
		},
		additionalProperties: true,
		$defs: {
			other: { type: 'object', properties: { tags: { type: 'array', items: { type: 'string', pattern: '^x' } } } },
		},
	};
	const responseFormat = { type: 'json-schema', name: 'city', schema } as const;

	it('sends a schema natively, with what can not be enforced told in words', () => {
		const { json, warned } = sent({ responseFormat });
		expect(json.output_config.format).toEqual({
			type: 'json_schema',
			schema: {
				type: 'object',
				properties: {
					name: { type: 'string', description: 'A name. (minLength: 2)' },
					at: { type: 'string', format: 'date-time' },
					kind: { anyOf: [{ const: 'a' }, { $ref: '#/$defs/other' }] },
				},
				$defs: {
					other: {
						type: 'object',
						properties: { tags: { type: 'array', items: { type: 'string', description: '(pattern: "^x")' } } },
						additionalProperties: false,
					},
				},
				additionalProperties: false,
			},
		});
		expect(warned).toEqual(['responseFormat']);
		expect(refusedParam({ responseFormat, strict: true })).toBe('responseFormat');
	});

	it('says where keys of any name are asked for, which this API never gives', () => {
		const open = (schema: object) =>
			sent({ responseFormat: { type: 'json-schema', name: 'n', schema: { ...schema } } });
		expect(open({ type: 'object' }).warned).toEqual(['responseFormat']);
		expect(open({ type: 'object', additionalProperties: { type: 'number' } }).warned).toEqual(['responseFormat']);
		expect(open({ type: 'object', properties: { a: {} } }).warned).toEqual([]);
	});

	it('keeps properties that are named like keywords', () => {
		const named = { type: 'object', properties: { pattern: { type: 'string' }, format: { type: 'string' } } };
		const { json, warned } = sent({ responseFormat: { type: 'json-schema', name: 'n', schema: named } });
		expect(Object.keys(json.output_config.format.schema.properties)).toEqual(['pattern', 'format']);
		expect(warned).toEqual([]);
	});

	it('forces a tool on models without native schemas, says so, and keeps to it where strict', () => {
		const old = target({ structuredOutput: false });
		const { json, plan, warned } = sent({ responseFormat, strict: true }, old);
		expect(json.tools).toEqual([
			{ name: 'respond_city', description: 'Gives the final answer.', input_schema: schema },
		]);
		expect(json.tool_choice).toEqual({ type: 'tool', name: 'respond_city', disable_parallel_tool_use: true });
		expect(plan.schemaTool).toBe('respond_city');
		expect(warned).toEqual(['responseFormat']);
	});

	it('lets the model choose between the answer and the tools of the caller', () => {
		const old = target({ structuredOutput: false });
		const tools = [weather, { name: 'respond_city' }];
		const { json, plan } = sent({ responseFormat, tools }, old);
		expect(json.tool_choice).toEqual({ type: 'any' });
		expect(plan.schemaTool).toBe('respond_city_2');
		expect(sent({ responseFormat, tools, toolChoice: 'none' }, old).json.tool_choice.name).toBe('respond_city_2');
		expect(sent({ responseFormat, tools, toolChoice: { name: 'weather' } }, old).json.tool_choice.name).toBe('weather');
	});

	it('instructs the model where the schema is no object, and for JSON mode', () => {
		const list = { type: 'json-schema', name: 'l', schema: { type: 'array', items: { type: 'string' } } } as const;
		const old = sent({ responseFormat: list }, target({ structuredOutput: false }));
		expect(old.json.system[0].text).toContain('"type":"array"');
		expect(old.json.tools).toBeUndefined();
		const mode = sent({ responseFormat: { type: 'json' } });
		expect(mode.json.system).toHaveLength(1);
		expect(mode.warned).toEqual(['responseFormat']);
	});
});

describe('reasoning', () => {
	const adaptive = target({ reasoningOptions: [EFFORT] });
	const budget = target({ reasoningOptions: [BUDGET] });

	it('is adaptive with an effort where the model knows efforts', () => {
		const { json, warned } = sent({ reasoning: { effort: 'high' } }, adaptive);
		expect(json.thinking).toEqual({ type: 'adaptive', display: 'summarized' });
		expect(json.output_config).toEqual({ effort: 'high' });
		expect(warned).toEqual([]);
	});

	it.each([
		['minimal', 'low'],
		['xhigh', 'max'],
	] as const)('sends the nearest effort for %s and says so', (effort, sentEffort) => {
		const { json, warned } = sent({ reasoning: { effort } }, adaptive);
		expect(json.output_config.effort).toBe(sentEffort);
		expect(warned).toEqual(['reasoning']);
	});

	it('turns a budget into an effort where only those are known', () => {
		const { json, warned } = sent({ reasoning: { budgetTokens: 9000 } }, adaptive);
		expect(json.output_config.effort).toBe('high');
		expect(warned).toEqual(['reasoning']);
		const both = target({ reasoningOptions: [EFFORT, BUDGET] });
		expect(sent({ reasoning: { budgetTokens: 9000 } }, both).json.thinking).toEqual({
			type: 'enabled',
			budget_tokens: 9000,
		});
	});

	it('is a budget by effort on older models, always below max_tokens', () => {
		expect(sent({ reasoning: { effort: 'medium' } }, budget).json.thinking).toEqual({
			type: 'enabled',
			budget_tokens: 8192,
		});
		const tight = sent({ reasoning: { effort: 'high' }, maxTokens: 4000 }, budget);
		expect(tight.json).toMatchObject({ max_tokens: 4000, thinking: { budget_tokens: 3200 } });
		const least = sent({ reasoning: { effort: 'high' }, maxTokens: 1100 }, budget);
		expect(least.json.thinking.budget_tokens).toBe(1024);
		const unknown = sent({ reasoning: { effort: 'medium' } }, target({ reasoningOptions: [BUDGET], maxOutput: null }));
		expect(unknown.json).toMatchObject({ max_tokens: 8192 + 4096, thinking: { budget_tokens: 8192 } });
	});

	it('is a budget on the model that knows efforts but does not adapt', () => {
		const opus45 = target({ reasoningOptions: [{ type: 'effort', values: ['low', 'medium', 'high'] }, BUDGET] });
		const { json } = sent({ reasoning: { effort: 'medium' } }, opus45);
		expect(json.thinking).toEqual({ type: 'enabled', budget_tokens: 8192 });
		expect(json.output_config).toBeUndefined();
	});

	it('is never a budget where the model only has a switch and efforts', () => {
		const sonnet5 = target({ reasoningOptions: [{ type: 'toggle' }, EFFORT] });
		const { json } = sent({ reasoning: { budgetTokens: 2000 } }, sonnet5);
		expect(json).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } });
		const plain = target({ reasoningOptions: [{ type: 'toggle' }] });
		expect(sent({ reasoning: { effort: 'low' } }, plain).json.thinking).toEqual({
			type: 'enabled',
			budget_tokens: 2048,
		});
	});

	it('takes a model of no catalog for a new one, with room to think and to answer', () => {
		const unlisted = target({ known: false, maxOutput: null, reasoning: false, structuredOutput: false });
		const { json, warned } = sent({ reasoning: { effort: 'high' } }, unlisted);
		expect(json).toMatchObject({ max_tokens: 16_384 + 4096, thinking: { type: 'adaptive' } });
		expect(warned).toEqual([]);
		expect(sent({ reasoning: { effort: 'none' } }, unlisted).json.thinking).toEqual({ type: 'disabled' });
		const responseFormat = { type: 'json-schema', name: 'n', schema: { type: 'object' } } as const;
		expect(sent({ responseFormat }, unlisted).json.output_config.format.type).toBe('json_schema');
	});

	it('is left out with a warning where max_tokens leaves no room, or the model can not be steered', () => {
		const none = sent({ reasoning: { effort: 'low' }, maxTokens: 1024 }, budget);
		expect(none.json.thinking).toBeUndefined();
		expect(none.warned).toEqual(['reasoning']);
		const fixed = sent({ reasoning: { effort: 'low' } });
		expect(fixed.json.thinking).toBeUndefined();
		expect(fixed.warned).toEqual(['reasoning']);
	});

	it('brings an explicit budget into range and says so', () => {
		const small = sent({ reasoning: { budgetTokens: 10 } }, budget);
		expect(small.json.thinking.budget_tokens).toBe(1024);
		expect(small.warned).toEqual(['reasoning']);
		const large = sent({ reasoning: { budgetTokens: 5000 }, maxTokens: 3000 }, budget);
		expect(large.json).toMatchObject({ max_tokens: 3000, thinking: { budget_tokens: 2999 } });
		expect(large.warned).toEqual(['reasoning']);
	});

	it('is disabled in so many words where none is wanted, and nothing is said to models that never reason', () => {
		expect(sent({ reasoning: { effort: 'none' } }, adaptive).json.thinking).toEqual({ type: 'disabled' });
		expect(sent({ reasoning: { budgetTokens: 0 } }, budget).json.thinking).toEqual({ type: 'disabled' });
		expect(sent({ reasoning: { effort: 'none' } }, target({ reasoning: false })).json.thinking).toBeUndefined();
	});

	it('that is on by itself is turned off for a forced tool call', () => {
		const sonnet5 = target({
			reasoning: true,
			sampling: false,
			reasoningOptions: [{ type: 'toggle' }, { type: 'effort', values: ['low', 'medium', 'high', 'xhigh', 'max'] }],
		});
		const forced = { tools: [weather], toolChoice: 'required' } as const;
		const silent = sent({ ...forced, strict: true }, sonnet5);
		expect(silent.json.thinking).toEqual({ type: 'disabled' });
		expect(silent.warned).toEqual(['reasoning']);
		const asked = sent({ ...forced, reasoning: { effort: 'max' } }, sonnet5);
		expect(asked.json.thinking).toEqual({ type: 'disabled' });
		expect(asked.json.output_config).toEqual({ effort: 'high' });
		expect(asked.warned).toEqual(['reasoning']);
		expect(sent({ tools: [weather] }, sonnet5).json.thinking).toBeUndefined();
		expect(sent(forced, adaptive).json.thinking).toBeUndefined();
	});

	it('gives way to a forced tool call', () => {
		const forced = { reasoning: { effort: 'high' }, tools: [weather], toolChoice: 'required' } as const;
		const old = sent(forced, budget);
		expect(old.json.thinking).toBeUndefined();
		expect(old.warned).toEqual(['reasoning']);
		const current = sent(forced, adaptive);
		expect(current.json.thinking).toBeUndefined();
		expect(current.json.output_config).toEqual({ effort: 'high' });
	});

	it('is left out of an open tool loop that has no signed thinking, which older models refuse', () => {
		const loop = (content: Extract<Message, { role: 'assistant' }>['content']): Message[] => [
			user('x'),
			{ role: 'assistant', content },
			result('a', 'y'),
		];
		const reasoning = { effort: 'low' } as const;
		const unsigned = sent({ reasoning, messages: loop([call('a')]) }, budget);
		expect(unsigned.json.thinking).toBeUndefined();
		expect(unsigned.warned).toEqual(['reasoning']);
		const signed = loop([{ type: 'reasoning', text: 't', signature: 's' }, call('a')]);
		expect(sent({ reasoning, messages: signed }, budget).json.thinking.type).toBe('enabled');
		expect(sent({ reasoning, messages: loop([call('a')]) }, adaptive).json.thinking.type).toBe('adaptive');
	});

	it('is not shown where it is not to be', () => {
		const reasoning = { effort: 'low', summary: 'none' } as const;
		expect(sent({ reasoning }, adaptive).json.thinking.display).toBe('omitted');
		expect(sent({ reasoning }, budget).json.thinking.display).toBe('omitted');
	});

	it('is what the options of the provider say, and then an effort is no more than that', () => {
		const own = (thinking: unknown) => ({ providerOptions: { anthropic: { thinking } } });
		const quiet = sent({ reasoning: { effort: 'low' }, temperature: 0.3, ...own(null) }, adaptive);
		expect(quiet.json).toMatchObject({ output_config: { effort: 'low' }, temperature: 0.3 });
		expect(Object.keys(quiet.json)).not.toContain('thinking');
		const between = sent({ temperature: 0.3, ...own({ type: 'between_tools' }) }, adaptive);
		expect(between.json.thinking).toEqual({ type: 'between_tools' });
		expect(between.warned).toEqual(['temperature']);
		const off = sent({ reasoning: { effort: 'none' }, temperature: 0.3, ...own({ type: 'disabled' }) }, adaptive);
		expect(off.json).toMatchObject({ thinking: { type: 'disabled' }, temperature: 0.3 });
		expect(sent({ reasoning: { effort: 'low' }, ...own(null) }, budget).warned).toEqual(['reasoning']);
	});

	it('shares output_config with what the options of the provider say', () => {
		const providerOptions = { anthropic: { output_config: { task_budget: { type: 'tokens', total: 9 } } } };
		const { json } = sent({ reasoning: { effort: 'low' }, providerOptions }, adaptive);
		expect(json.output_config).toEqual({ effort: 'low', task_budget: { type: 'tokens', total: 9 } });
	});

	it('shares output_config with a native schema', () => {
		const responseFormat = {
			type: 'json-schema',
			name: 'n',
			schema: { type: 'object', properties: { a: {} } },
		} as const;
		const { json } = sent({ reasoning: { effort: 'low' }, responseFormat }, adaptive);
		expect(Object.keys(json.output_config)).toEqual(['effort', 'format']);
	});
});

describe('output bound and sampling', () => {
	it('always sends max_tokens: what is asked for, else what the model can, else 4096', () => {
		expect(sent({ maxTokens: 7 }).json.max_tokens).toBe(7);
		expect(sent({ maxTokens: 0 }).json.max_tokens).toBe(0);
		expect(sent({}, target({ maxOutput: null })).json.max_tokens).toBe(4096);
		const above = sent({ maxTokens: 100_000, strict: true });
		expect(above.json.max_tokens).toBe(64_000);
		expect(above.warned).toEqual(['maxTokens']);
	});

	it('passes sampling on and clamps the temperature to 1', () => {
		expect(sent({ temperature: 0.3, topK: 5 }).json).toMatchObject({ temperature: 0.3, top_k: 5 });
		expect(sent({ topP: 0.9 }).json.top_p).toBe(0.9);
		const hot = sent({ temperature: 1.7 });
		expect(hot.json.temperature).toBe(1);
		expect(hot.warned).toEqual(['temperature']);
	});

	it('sends temperature rather than topP where both are set', () => {
		const both = sent({ temperature: 0.5, topP: 0.9 });
		expect(both.json.top_p).toBeUndefined();
		expect(both.warned).toEqual(['topP']);
		expect(sent({ temperature: 0.5, topP: 1 }).warned).toEqual([]);
	});

	it('leaves sampling out where the model refuses it, in silence where it is the default anyway', () => {
		const fixed = target({ sampling: false });
		const { json, warned } = sent({ temperature: 0.2, topP: 0.9, topK: 4 }, fixed);
		expect([json.temperature, json.top_p, json.top_k]).toEqual([undefined, undefined, undefined]);
		expect(warned).toEqual(['temperature', 'topP', 'topK']);
		expect(sent({ temperature: 1, topP: 1 }, fixed).warned).toEqual([]);
		expect(refusedParam({ temperature: 0.2, strict: true }, fixed)).toBe('temperature');
	});

	it('leaves out what thinking rules out', () => {
		const thinking = target({ reasoningOptions: [BUDGET] });
		const { json, warned } = sent({ reasoning: { effort: 'low' }, temperature: 0.2, topP: 0.5, topK: 4 }, thinking);
		expect([json.temperature, json.top_p, json.top_k]).toEqual([undefined, undefined, undefined]);
		expect(warned).toEqual(['temperature', 'topP', 'topK']);
		expect(sent({ reasoning: { effort: 'low' }, topP: 0.97 }, thinking).json.top_p).toBe(0.97);
	});

	it('leaves out stop sequences of nothing but white space', () => {
		const { json, warned } = sent({ stop: ['END', '\n\n'] });
		expect(json.stop_sequences).toEqual(['END']);
		expect(warned).toEqual(['stop']);
		expect(sent({ stop: ['\n'] }).json.stop_sequences).toBeUndefined();
	});
});

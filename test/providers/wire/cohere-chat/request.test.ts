import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { signed } from '../../../../src/language/signature';
import { cohere } from '../../../../src/providers/cohere';
import type { ModelTraits } from '../../../../src/providers/provider';
import { cohereChat } from '../../../../src/providers/wire/cohere-chat';
import { wireTarget } from '../../../support/wire-target';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const HI: ChatRequest = { messages: [user('Hi')] };
const TOOLS = [{ name: 'weather', description: 'Tells it', parameters: { type: 'object' } }, { name: 'time' }];

const wired = (request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}, stream = false) =>
	cohereChat.toRequest({ ...HI, ...request }, wireTarget(cohere, 'command-a-03-2025', traits, stream));
const body = (request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}) =>
	JSON.parse(wired(request, traits).body);
const fields = (request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}) =>
	wired(request, traits).warnings.map((warning) => warning.field);

describe('a request to Cohere', () => {
	it('says only what was said', () => {
		const { path, headers, body: text, warnings, plan } = wired({});
		expect({ path, warnings, plan }).toEqual({ path: '/v2/chat', warnings: [], plan: { model: 'command-a-03-2025' } });
		expect(headers.accept).toBe('application/json');
		expect(JSON.parse(text)).toEqual({
			model: 'command-a-03-2025',
			messages: [{ role: 'user', content: 'Hi' }],
			stream: false,
		});
		expect(wired({}, {}, true)).toMatchObject({ headers: { accept: 'text/event-stream' } });
	});

	it('has the settings under their names there', () => {
		const settings = { maxTokens: 50, temperature: 0.2, topP: 0.9, topK: 20, seed: 7, stop: ['\n'] };
		const asked = { ...settings, presencePenalty: 0.5, frequencyPenalty: 0.25, logprobs: { top: 0 } };
		expect(body(asked)).toMatchObject({
			max_tokens: 50,
			temperature: 0.2,
			p: 0.9,
			k: 20,
			seed: 7,
			stop_sequences: ['\n'],
			presence_penalty: 0.5,
			frequency_penalty: 0.25,
			logprobs: true,
		});
		expect(fields(asked)).toEqual([]);
	});

	it.each<[Partial<ChatRequest>, object, string]>([
		[{ temperature: 1.5 }, { temperature: 1 }, 'temperature'],
		[{ topP: 1 }, { p: 0.99 }, 'topP'],
		[{ topP: 0 }, { p: 0.01 }, 'topP'],
		[{ topK: 900 }, { k: 500 }, 'topK'],
		[{ presencePenalty: -1 }, { presence_penalty: 0 }, 'presencePenalty'],
		[{ frequencyPenalty: 2 }, { frequency_penalty: 1 }, 'frequencyPenalty'],
		[{ stop: ['1', '2', '3', '4', '5', '6'] }, { stop_sequences: ['1', '2', '3', '4', '5'] }, 'stop'],
		[{ logprobs: { top: 2 } }, { logprobs: true }, 'logprobs'],
		[{ maxTokens: 9000 }, { max_tokens: 8000 }, 'maxTokens'],
	])('brings %j within what is taken, and names it', (asked, sent, field) => {
		const traits = { maxOutput: 8000 };
		expect(body(asked, traits)).toMatchObject(sent);
		expect(fields(asked, traits)).toEqual([field]);
		expect(() => wired({ ...asked, strict: true }, traits)).toThrow(expect.objectContaining({ param: field }));
	});

	it("carries the caller's own fields, and refuses those that the gateway decides", () => {
		const own = { safety_mode: 'NONE', documents: ['a'], citation_options: { mode: 'FAST' } };
		expect(body({ providerOptions: { cohere: own, ollama: { think: true } } })).toMatchObject(own);
		expect(body({ providerOptions: { ollama: { think: true } } })).not.toHaveProperty('think');
		expect(() => wired({ providerOptions: { cohere: { stream: true } } })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'providerOptions.cohere.stream' }),
		);
	});
});

describe('messages to Cohere', () => {
	const sent = (messages: Message[], traits: Partial<ModelTraits> = {}) => body({ messages }, traits).messages;

	it('are strings, or blocks where one string does not say it', () => {
		const content = [
			{ type: 'text', text: 'What' },
			{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBO' }, detail: 'original' },
			{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } },
		] as const;
		const system: Message = {
			role: 'system',
			content: [
				{ type: 'text', text: 'Be' },
				{ type: 'text', text: 'brief.' },
			],
		};
		expect(sent([system, { role: 'user', content }])).toEqual([
			{
				role: 'system',
				content: [
					{ type: 'text', text: 'Be' },
					{ type: 'text', text: 'brief.' },
				],
			},
			{
				role: 'user',
				content: [
					{ type: 'text', text: 'What' },
					{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO', detail: 'high' } },
					{ type: 'image_url', image_url: { url: 'https://x.example/a.png' } },
				],
			},
		]);
	});

	it.each([
		[{ type: 'image', source: { kind: 'file-id', id: 'f' } }],
		[{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' } }],
		[{ type: 'audio', data: 'UklG', format: 'wav' }],
	] as const)('refuse %j by its place', (part) => {
		const messages: Message[] = [user('a'), { role: 'user', content: [{ type: 'text', text: 'b' }, part] }];
		expect(() => wired({ messages })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'messages[1].content[1]' }),
		);
	});

	it('replay thoughts ahead of tool calls as their plan, and results after them', () => {
		const messages: Message[] = [
			user('Weather?'),
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'I will ask.' },
					{ type: 'tool-call', id: 'a', name: 'get-weather', arguments: '{"city":"Bern"}' },
					{ type: 'tool-call', id: 'b', name: 'time', arguments: '' },
				],
			},
			{
				role: 'tool',
				callId: 'a',
				content: [
					{ type: 'text', text: '15°' },
					{ type: 'text', text: 'rain' },
				],
			},
			{ role: 'tool', callId: 'b', content: [{ type: 'text', text: '12:00' }] },
		];
		const wire = wired({ messages, tools: [{ name: 'get-weather' }, { name: 'time' }] });
		expect(JSON.parse(wire.body).messages.slice(1)).toEqual([
			{
				role: 'assistant',
				tool_plan: 'I will ask.',
				tool_calls: [
					{ id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } },
					{ id: 'b', type: 'function', function: { name: 'time', arguments: '{}' } },
				],
			},
			{ role: 'tool', tool_call_id: 'a', content: '15°\nrain' },
			{ role: 'tool', tool_call_id: 'b', content: '12:00' },
		]);
		expect(wire.plan.toolNames).toEqual({ get_weather: 'get-weather' });
	});

	it('send images of results after them', () => {
		const picture = { type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } } as const;
		const calls = ['a', 'b'].map((id) => ({ type: 'tool-call', id, name: 'f', arguments: '{}' }) as const);
		const messages: Message[] = [
			user('Show'),
			{ role: 'assistant', content: calls },
			{ role: 'tool', callId: 'a', content: [{ type: 'text', text: 'Here' }, picture] },
			{ role: 'tool', callId: 'b', content: [{ type: 'text', text: 'None' }] },
			user('And?'),
		];
		expect(sent(messages).slice(2)).toEqual([
			{ role: 'tool', tool_call_id: 'a', content: 'Here' },
			{ role: 'tool', tool_call_id: 'b', content: 'None' },
			{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.example/a.png' } }] },
			{ role: 'user', content: 'And?' },
		]);
		expect(fields({ messages })).toEqual(['tools']);
	});

	it('replay thoughts ahead of text to models that think, and to no others', () => {
		const turn: Message = {
			role: 'assistant',
			content: [
				{ type: 'reasoning', text: 'Hm.' },
				{ type: 'text', text: '4' },
			],
		};
		const messages = [user('2+2'), turn, user('Sure?')];
		expect(sent(messages)[1]).toEqual({ role: 'assistant', content: '4' });
		expect(sent(messages, { reasoning: true })[1]).toEqual({
			role: 'assistant',
			content: [
				{ type: 'thinking', thinking: 'Hm.' },
				{ type: 'text', text: '4' },
			],
		});
	});

	it("replay another's thoughts without its signature, named where the turn is still open", () => {
		const thought = { type: 'reasoning', text: 'Hm.', signature: signed('anthropic', 'opaque') } as const;
		const messages: Message[] = [
			user('a'),
			{ role: 'assistant', content: [thought, { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }] },
			{ role: 'tool', callId: 'a', content: [{ type: 'text', text: '1' }] },
		];
		expect(sent(messages)[1].tool_plan).toBe('Hm.');
		expect(wired({ messages }).body).not.toContain('opaque');
		expect(fields({ messages })).toEqual(['reasoning']);
	});
});

describe('tools for Cohere', () => {
	it('are offered in the usual form, a schema always with them', () => {
		const { tools, ...rest } = body({ tools: TOOLS, toolChoice: 'auto' });
		expect(tools).toEqual([
			{ type: 'function', function: { name: 'weather', description: 'Tells it', parameters: { type: 'object' } } },
			{ type: 'function', function: { name: 'time', parameters: { type: 'object', properties: {} } } },
		]);
		expect(rest).toEqual(body({}));
	});

	it('have names of letters, digits and underscores, no digit first', () => {
		const names = ['a-b', 'a_b', '7up', 'x.y'];
		const wire = wired({ tools: names.map((name) => ({ name })) });
		const sent = JSON.parse(wire.body).tools.map((tool: { function: { name: string } }) => tool.function.name);
		expect(sent).toEqual(['a_b', 'a_b_2', '_7up', 'x_y']);
		expect(wire.plan.toolNames).toEqual({ a_b: 'a-b', a_b_2: 'a_b', _7up: '7up', x_y: 'x.y' });
	});

	it('may be ruled out or required; one that is named is offered alone', () => {
		expect(body({ tools: TOOLS, toolChoice: 'none' })).toMatchObject({ tool_choice: 'NONE' });
		expect(body({ tools: TOOLS, toolChoice: 'required' })).toMatchObject({ tool_choice: 'REQUIRED' });
		expect(fields({ tools: TOOLS, toolChoice: 'required' })).toEqual([]);
		const named = body({ tools: TOOLS, toolChoice: { name: 'time' } });
		expect(named.tool_choice).toBe('REQUIRED');
		expect(named.tools).toHaveLength(1);
		expect(fields({ tools: TOOLS, toolChoice: { name: 'time' } })).toEqual(['toolChoice']);
	});

	it('are all strict or none', () => {
		const strict = TOOLS.map((tool) => ({ ...tool, strict: true }));
		expect(body({ tools: strict })).toMatchObject({ strict_tools: true });
		expect(fields({ tools: strict })).toEqual([]);
		expect(fields({ tools: [...strict.slice(1), ...TOOLS.slice(0, 1)] })).toEqual(['tools']);
		expect(body({ tools: TOOLS.map((tool) => ({ ...tool, strict: false })) })).not.toHaveProperty('strict_tools');
	});
});

describe('an output format for Cohere', () => {
	const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
	const asked = { type: 'json-schema', name: 'answer', schema } as const;

	it('is a JSON object, with its schema where there is one', () => {
		expect(body({ responseFormat: { type: 'json' } }).response_format).toEqual({ type: 'json_object' });
		expect(body({ responseFormat: asked }).response_format).toEqual({ type: 'json_object', json_schema: schema });
		expect(body({ responseFormat: { type: 'text' } })).not.toHaveProperty('response_format');
	});

	it('is said in words beside tools, where it would be refused', () => {
		const sent = body({ responseFormat: asked, tools: TOOLS });
		expect(sent).not.toHaveProperty('response_format');
		expect(sent.messages[0].role).toBe('system');
		expect(sent.messages[0].content).toContain(JSON.stringify(schema));
		expect(fields({ responseFormat: asked, tools: TOOLS })).toEqual(['responseFormat']);
	});
});

describe('thinking at Cohere', () => {
	const think = (reasoning: ChatRequest['reasoning'], traits: Partial<ModelTraits>) => {
		const request = { ...(reasoning && { reasoning }) };
		return [body(request, traits).thinking, fields(request, traits)];
	};
	const thinker: Partial<ModelTraits> = {
		reasoning: true,
		reasoningOptions: [{ type: 'toggle' }, { type: 'budget', min: 1, max: 30_000 }],
	};

	it('has a budget, which is taken as it is where it is in range', () => {
		expect(think({ budgetTokens: 500 }, thinker)).toEqual([{ type: 'enabled', token_budget: 500 }, []]);
		expect(think({ budgetTokens: 50_000 }, thinker)).toEqual([
			{ type: 'enabled', token_budget: 30_000 },
			['reasoning'],
		]);
	});

	it('turns efforts into budgets, and says so', () => {
		expect(think({ effort: 'low' }, thinker)).toEqual([{ type: 'enabled', token_budget: 2048 }, ['reasoning']]);
		expect(think({ effort: 'max' }, thinker)).toEqual([{ type: 'enabled' }, ['reasoning']]);
	});

	it('is switched off where none is wanted', () => {
		expect(think({ effort: 'none' }, thinker)).toEqual([{ type: 'disabled' }, []]);
		expect(think({ budgetTokens: 0 }, thinker)).toEqual([{ type: 'disabled' }, []]);
		expect(think({ effort: 'none' }, {})).toEqual([undefined, []]);
	});

	it('is passed on to a model nobody knows, spared one that never thinks, and not mentioned unasked', () => {
		expect(think({ budgetTokens: 9 }, { known: false })).toEqual([{ type: 'enabled', token_budget: 9 }, []]);
		expect(think({ budgetTokens: 9 }, {})).toEqual([undefined, ['reasoning']]);
		expect(think(undefined, thinker)).toEqual([undefined, []]);
	});
});

import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { signed } from '../../../../src/language/signature';
import { ollama } from '../../../../src/providers/ollama';
import type { ModelTraits } from '../../../../src/providers/provider';
import { ollamaChat } from '../../../../src/providers/wire/ollama-chat';
import { wireTarget } from '../../../support/wire-target';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const HI: ChatRequest = { messages: [user('Hi')] };
const TOOLS = [{ name: 'weather', description: 'Tells it', parameters: { type: 'object' } }, { name: 'time' }];

const wired = (request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}, stream = false) =>
	ollamaChat.toRequest({ ...HI, ...request }, wireTarget(ollama, 'qwen3:8b', traits, stream));
const body = (request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}) =>
	JSON.parse(wired(request, traits).body);
const fields = (request: Partial<ChatRequest>, traits: Partial<ModelTraits> = {}) =>
	wired(request, traits).warnings.map((warning) => warning.field);

describe('a request to Ollama', () => {
	it('says only what was said, and that nothing may be cut in silence', () => {
		const { path, headers, body: text, warnings, plan } = wired({});
		expect({ path, warnings, plan }).toEqual({ path: '/api/chat', warnings: [], plan: {} });
		expect(headers.accept).toBe('application/json');
		expect(JSON.parse(text)).toEqual({
			model: 'qwen3:8b',
			messages: [{ role: 'user', content: 'Hi' }],
			truncate: false,
			shift: false,
			stream: false,
		});
	});

	it('asks for a stream where one is wanted', () => {
		const { body: text, headers } = wired({}, {}, true);
		expect(JSON.parse(text).stream).toBe(true);
		expect(headers.accept).toBe('application/x-ndjson');
	});

	it('puts the settings into options, under their names there', () => {
		const settings = { maxTokens: 50, temperature: 0.2, topP: 0.9, topK: 20, seed: 7, stop: ['\n'] };
		const sent = body({ ...settings, presencePenalty: 0.5, frequencyPenalty: -0.5 });
		expect(sent.options).toEqual({
			num_predict: 50,
			temperature: 0.2,
			top_p: 0.9,
			top_k: 20,
			seed: 7,
			stop: ['\n'],
			presence_penalty: 0.5,
			frequency_penalty: -0.5,
		});
	});

	it("merges the caller's own options into those, and its other fields into the body", () => {
		const own = { options: { num_ctx: 32_768, temperature: 1 }, keep_alive: '10m', truncate: true };
		const sent = body({ temperature: 0.2, topK: 4, providerOptions: { ollama: own, cohere: { k: 1 } } });
		expect(sent.options).toEqual({ temperature: 1, top_k: 4, num_ctx: 32_768 });
		expect(sent).toMatchObject({ keep_alive: '10m', truncate: true, shift: false });
		expect(sent).not.toHaveProperty('k');
	});

	it.each(['model', 'messages', 'stream'])('refuses %s as an option', (field) => {
		expect(() => wired({ providerOptions: { ollama: { [field]: 1 } } })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: `providerOptions.ollama.${field}` }),
		);
	});

	it('lowers a bound that the model can not reach, and says so', () => {
		expect(body({ maxTokens: 9000 }, { maxOutput: 4096 }).options).toEqual({ num_predict: 4096 });
		expect(fields({ maxTokens: 9000 }, { maxOutput: 4096 })).toEqual(['maxTokens']);
		expect(fields({ maxTokens: 4096 }, { maxOutput: 4096 })).toEqual([]);
	});

	it('asks for log probabilities', () => {
		expect(body({ logprobs: { top: 0 } })).toMatchObject({ logprobs: true });
		expect(body({ logprobs: { top: 0 } })).not.toHaveProperty('top_logprobs');
		expect(body({ logprobs: { top: 3 } })).toMatchObject({ logprobs: true, top_logprobs: 3 });
	});
});

describe('messages to Ollama', () => {
	const sent = (...messages: Message[]) => body({ messages }).messages;

	it('have one string each, and images beside it as bare base64', () => {
		const content = [
			{ type: 'text', text: 'What' },
			{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBO' } },
			{ type: 'text', text: 'is this?' },
		] as const;
		const system = {
			role: 'system',
			content: [
				{ type: 'text', text: 'Be' },
				{ type: 'text', text: 'brief.' },
			],
		} as const;
		expect(sent(system, { role: 'user', content })).toEqual([
			{ role: 'system', content: 'Be\nbrief.' },
			{ role: 'user', content: 'What\nis this?', images: ['iVBO'] },
		]);
	});

	it.each([
		[{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }],
		[{ type: 'image', source: { kind: 'file-id', id: 'f' } }],
		[{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' } }],
		[{ type: 'audio', data: 'UklG', format: 'wav' }],
	] as const)('refuse %j by its place', (part) => {
		const messages: Message[] = [user('a'), { role: 'user', content: [{ type: 'text', text: 'b' }, part] }];
		expect(() => wired({ messages })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'messages[1].content[1]' }),
		);
	});

	it('replay calls with arguments as objects, and results with the name of their tool', () => {
		const call = (id: string, name: string, args: string) =>
			({ type: 'tool-call', id, name, arguments: args }) as const;
		const messages: Message[] = [
			user('Weather?'),
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'Ask.' },
					{ type: 'text', text: 'Look' },
					call('a', 'weather', '{"city":"Bern"}'),
					{ type: 'text', text: 'ing.' },
					call('b', 'time', ''),
					call('c', 'odd', 'Bern'),
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
			{
				role: 'tool',
				callId: 'b',
				content: [{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBO' } }],
			},
		];
		expect(sent(...messages).slice(1)).toEqual([
			{
				role: 'assistant',
				content: 'Looking.',
				thinking: 'Ask.',
				tool_calls: [
					{ id: 'a', function: { name: 'weather', arguments: { city: 'Bern' } } },
					{ id: 'b', function: { name: 'time', arguments: {} } },
					{ id: 'c', function: { name: 'odd', arguments: { raw_arguments: 'Bern' } } },
				],
			},
			{ role: 'tool', content: '15°\nrain', tool_name: 'weather', tool_call_id: 'a' },
			{ role: 'tool', content: '', images: ['iVBO'], tool_name: 'time', tool_call_id: 'b' },
		]);
	});

	it('replay a refusal as text', () => {
		expect(sent(user('a'), { role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] })[1]).toEqual({
			role: 'assistant',
			content: 'No.',
		});
	});

	it("replay another's thoughts without its signature, named where the turn is still open", () => {
		const thought = { type: 'reasoning', text: 'Hm.', signature: signed('google', 'opaque') } as const;
		const turn: Message = {
			role: 'assistant',
			content: [thought, { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }],
		};
		const result: Message = { role: 'tool', callId: 'a', content: [{ type: 'text', text: '1' }] };
		const open = [user('a'), turn, result];
		expect(body({ messages: open }).messages[1].thinking).toBe('Hm.');
		expect(wired({ messages: open }).body).not.toContain('opaque');
		expect(fields({ messages: open })).toEqual(['reasoning']);
		expect(fields({ messages: [...open, user('b')] })).toEqual([]);
		expect(() => wired({ messages: open, strict: true })).toThrow(expect.objectContaining({ param: 'reasoning' }));
	});
});

describe('tools for Ollama', () => {
	it('are offered in the usual form, a schema always with them', () => {
		expect(body({ tools: TOOLS, toolChoice: 'auto' }).tools).toEqual([
			{ type: 'function', function: { name: 'weather', description: 'Tells it', parameters: { type: 'object' } } },
			{ type: 'function', function: { name: 'time', parameters: { type: 'object', properties: {} } } },
		]);
	});

	it('are left out where none may be called, and so is nothing else', () => {
		expect(body({ tools: TOOLS, toolChoice: 'none' })).toEqual(body({}));
		expect(fields({ tools: TOOLS, toolChoice: 'none' })).toEqual([]);
	});

	it('are demanded in words where a call is required', () => {
		const sent = body({ tools: TOOLS, toolChoice: 'required' });
		expect(sent.tools).toHaveLength(2);
		expect(sent.messages[0]).toEqual({ role: 'system', content: 'Answer by calling a tool.' });
		expect(fields({ tools: TOOLS, toolChoice: 'required' })).toEqual(['toolChoice']);
	});

	it('are offered alone where one is named', () => {
		const system: Message = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] };
		const sent = body({ messages: [system, user('Hi')], tools: TOOLS, toolChoice: { name: 'time' } });
		expect(sent.tools.map((tool: { function: { name: string } }) => tool.function.name)).toEqual(['time']);
		expect(sent.messages[0].content).toBe("Be brief.\nAnswer by calling the tool 'time'.");
		expect(fields({ tools: TOOLS, toolChoice: { name: 'time' } })).toEqual(['toolChoice']);
	});

	it('can not be demanded of it strictly', () => {
		expect(() => wired({ tools: TOOLS, toolChoice: 'required', strict: true })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'toolChoice' }),
		);
	});
});

describe('an output format for Ollama', () => {
	const schema = { type: 'object', properties: { a: { type: 'number' } } };
	const asked = { type: 'json-schema', name: 'answer', schema } as const;

	it('is a word or the schema itself', () => {
		expect(body({ responseFormat: { type: 'json' } }).format).toBe('json');
		expect(body({ responseFormat: asked }, { structuredOutput: false }).format).toEqual(schema);
		expect(body({ responseFormat: { type: 'text' } })).not.toHaveProperty('format');
		expect(fields({ responseFormat: asked })).toEqual([]);
	});

	it('is said in words beside tools, which it would rule out', () => {
		const sent = body({ responseFormat: asked, tools: TOOLS });
		expect(sent).not.toHaveProperty('format');
		expect(sent.messages[0].content).toContain(JSON.stringify(schema));
		expect(fields({ responseFormat: asked, tools: TOOLS })).toEqual(['responseFormat']);
		expect(body({ responseFormat: asked, tools: TOOLS, toolChoice: 'none' }).format).toEqual(schema);
	});
});

describe('thinking at Ollama', () => {
	const think = (reasoning: ChatRequest['reasoning'], traits: Partial<ModelTraits>) => {
		const request = { ...(reasoning && { reasoning }) };
		return [body(request, traits).think, fields(request, traits)];
	};
	const levels: Partial<ModelTraits> = {
		reasoning: true,
		reasoningOptions: [{ type: 'effort', values: ['low', 'medium', 'high'] }],
	};
	const toggle: Partial<ModelTraits> = { reasoning: true, reasoningOptions: [{ type: 'toggle' }] };
	const unknown: Partial<ModelTraits> = { reasoning: false, known: false };

	it('is a level where the model has levels', () => {
		expect(think({ effort: 'medium' }, levels)).toEqual(['medium', []]);
		expect(think({ effort: 'minimal' }, levels)).toEqual(['low', ['reasoning']]);
		expect(think({ effort: 'max' }, levels)).toEqual(['high', ['reasoning']]);
		expect(think({ effort: 'none' }, levels)).toEqual(['low', ['reasoning']]);
		expect(think({ budgetTokens: 1000 }, levels)).toEqual(['low', ['reasoning']]);
		expect(think({ budgetTokens: 50_000 }, levels)).toEqual(['high', ['reasoning']]);
	});

	it('is switched off where a model has a switch beside its levels', () => {
		const both: Partial<ModelTraits> = {
			reasoning: true,
			reasoningOptions: [{ type: 'toggle' }, { type: 'effort', values: ['high', 'max'] }],
		};
		expect(think({ effort: 'none' }, both)).toEqual([false, []]);
		expect(think({ effort: 'low' }, both)).toEqual(['high', ['reasoning']]);
	});

	it('is a switch elsewhere, and says what it can not say', () => {
		expect(think({ effort: 'none' }, toggle)).toEqual([false, []]);
		expect(think({ budgetTokens: 0 }, toggle)).toEqual([false, []]);
		expect(think({ effort: 'high' }, toggle)).toEqual([true, ['reasoning']]);
		expect(think({ budgetTokens: 5000 }, toggle)).toEqual([true, ['reasoning']]);
	});

	it('is passed on to a model nobody knows, and spared one that never thinks', () => {
		expect(think({ effort: 'high' }, unknown)).toEqual([true, ['reasoning']]);
		expect(think({ effort: 'none' }, unknown)).toEqual([false, []]);
		expect(think({ effort: 'high' }, {})).toEqual([undefined, ['reasoning']]);
		expect(think({ effort: 'none' }, {})).toEqual([undefined, []]);
	});

	it('is not mentioned where nothing was asked', () => {
		expect(think(undefined, toggle)).toEqual([undefined, []]);
		expect(think({ summary: 'auto' }, toggle)).toEqual([undefined, []]);
	});
});

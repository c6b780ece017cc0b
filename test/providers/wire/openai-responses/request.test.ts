import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message, UserPart } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { signed } from '../../../../src/language/signature';
import type { ModelTraits, Provider, Quirks } from '../../../../src/providers/provider';
import { openaiResponses } from '../../../../src/providers/wire/openai-responses';
import { reasoner, wireTarget } from '../../../support/wire-target';
import { answerOf, message, reasoning } from './answers';

const provider = (quirks: Quirks = {}): Provider => ({
	id: 'openai',
	label: 'OpenAI',
	baseUrl: null,
	wire: 'openai-responses',
	auth: { kind: 'bearer' },
	quirks,
	defaultModel: 'gpt-5',
});

interface Options {
	readonly traits?: Partial<ModelTraits>;
	readonly quirks?: Quirks;
	readonly stream?: boolean;
}

const hi: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };

function wired(request: Partial<ChatRequest>, { traits = {}, quirks, stream = false }: Options = {}) {
	const target = wireTarget(provider(quirks), 'gpt-x', traits, stream);
	const made = openaiResponses.toRequest({ messages: [hi], ...request }, target);
	return { ...made, body: JSON.parse(made.body) };
}
const inputOf = (messages: readonly Message[]) => wired({ messages }).body.input;
const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const fields = (request: Partial<ChatRequest>, options?: Options) =>
	wired(request, options).warnings.map((warning) => warning.field);

describe('a Responses request', () => {
	it('is stateless and says nothing that was not said', () => {
		const { body, path, headers, warnings } = wired({});
		expect(body).toEqual({ model: 'gpt-x', input: [{ role: 'user', content: 'Hi' }], store: false });
		expect(path).toBe('/responses');
		expect(headers).toEqual({ 'content-type': 'application/json', accept: 'application/json' });
		expect(warnings).toEqual([]);
	});

	it('streams without padding where a provider pads', () => {
		expect(wired({}, { stream: true }).body).toMatchObject({ stream: true });
		expect(wired({}, { stream: true }).headers.accept).toBe('text/event-stream');
		expect(wired({}, { stream: true, quirks: { streamObfuscation: true } }).body.stream_options).toEqual({
			include_obfuscation: false,
		});
	});

	it('asks for sealed reasoning of models that reason, and of unknown ones where the caller does', () => {
		const include = ['reasoning.encrypted_content'];
		expect(wired({}, { traits: reasoner('low') }).body.include).toEqual(include);
		expect(wired({ reasoning: { sealed: true } }, { traits: { known: false } }).body.include).toEqual(include);
		expect(wired({ reasoning: { sealed: true } }).body.include).toBeUndefined();
	});

	it('has every setting under its name there', () => {
		const { body, warnings } = wired({
			maxTokens: 100,
			temperature: 0.5,
			topP: 0.9,
			logprobs: { top: 3 },
			user: 'u1',
			metadata: { a: 'b' },
			parallelToolCalls: false,
			tools: [{ name: 'weather', description: 'w', parameters: { type: 'object' }, strict: true }, { name: 'noop' }],
			toolChoice: { name: 'weather' },
			responseFormat: { type: 'json-schema', name: 'city', schema: { type: 'object' }, description: 'd', strict: true },
		});
		expect(warnings).toEqual([]);
		expect(body).toMatchObject({
			max_output_tokens: 100,
			temperature: 0.5,
			top_p: 0.9,
			top_logprobs: 3,
			include: ['message.output_text.logprobs'],
			user: 'u1',
			metadata: { a: 'b' },
			parallel_tool_calls: false,
			tools: [
				{ type: 'function', name: 'weather', description: 'w', parameters: { type: 'object' }, strict: true },
				{ type: 'function', name: 'noop', parameters: { type: 'object', properties: {} }, strict: false },
			],
			tool_choice: { type: 'function', name: 'weather' },
			text: {
				format: { type: 'json_schema', name: 'city', schema: { type: 'object' }, description: 'd', strict: true },
			},
		});
	});

	it.each(['auto', 'none', 'required'] as const)('passes on the tool choice %s', (toolChoice) => {
		expect(wired({ tools: [{ name: 'a' }], toolChoice }).body.tool_choice).toBe(toolChoice);
	});

	it('names a tool choice without tools only where a call was demanded', () => {
		expect(fields({ toolChoice: 'auto' })).toEqual([]);
		expect(fields({ toolChoice: 'required' })).toEqual(['toolChoice']);
		expect(wired({ toolChoice: 'required', parallelToolCalls: true }).body).not.toHaveProperty('parallel_tool_calls');
	});

	it('asks for JSON and for nothing where plain text is wanted', () => {
		expect(wired({ responseFormat: { type: 'json' } }).body.text).toEqual({ format: { type: 'json_object' } });
		expect(wired({ responseFormat: { type: 'text' } }).body).not.toHaveProperty('text');
	});

	it('keeps the output bound within what API and model take, and says so', () => {
		expect(wired({ maxTokens: 16 }).warnings).toEqual([]);
		expect(wired({ maxTokens: 5 }).body.max_output_tokens).toBe(16);
		expect(fields({ maxTokens: 5 })).toEqual(['maxTokens']);
		expect(wired({ maxTokens: 500 }, { traits: { maxOutput: 200 } }).body.max_output_tokens).toBe(200);
		expect(fields({ maxTokens: 500 }, { traits: { maxOutput: 200 } })).toEqual(['maxTokens']);
		expect(() => wired({ maxTokens: 5, strict: true })).toThrow(/16/);
	});

	it('asks for effort and summary, each as far as it was said', () => {
		const traits = reasoner('low', 'medium', 'high');
		const reasoned = (asked: NonNullable<ChatRequest['reasoning']>) => wired({ reasoning: asked }, { traits }).body;
		expect(reasoned({ effort: 'low', summary: 'auto' }).reasoning).toEqual({ effort: 'low', summary: 'auto' });
		expect(reasoned({ summary: 'detailed' }).reasoning).toEqual({ summary: 'detailed' });
		expect(reasoned({ effort: 'xhigh' }).reasoning).toEqual({ effort: 'high' });
		expect(reasoned({ summary: 'none' })).not.toHaveProperty('reasoning');
		expect(reasoned({ budgetTokens: 1000 }).reasoning).toEqual({ effort: 'low' });
		expect(wired({ reasoning: { summary: 'auto' } }).body).not.toHaveProperty('reasoning');
	});

	it('changes tool names that the API would refuse, and knows the way back', () => {
		const { body, plan } = wired({
			tools: [{ name: 'the weather' }],
			messages: [assistant({ type: 'tool-call', id: 'c1', name: 'the weather', arguments: '' })],
		});
		expect(body.tools[0].name).toBe('the_weather');
		expect(body.input[0]).toEqual({ type: 'function_call', call_id: 'c1', name: 'the_weather', arguments: '{}' });
		expect(plan.toolNames).toEqual({ the_weather: 'the weather' });
	});

	it('takes parallel wrappers apart only where no tool has that name', () => {
		expect(wired({ tools: [{ name: 'a' }] }).plan.parallelWrapper).toBe(true);
		expect(wired({ tools: [{ name: 'parallel' }] }).plan.parallelWrapper).toBeUndefined();
		expect(wired({}).plan.parallelWrapper).toBeUndefined();
	});
});

describe('the input of a Responses request', () => {
	it('has instructions wherever they stand, as a developer where the provider knows that role', () => {
		const messages: Message[] = [{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }, hi];
		expect(inputOf(messages)[0]).toEqual({ role: 'system', content: 'Be brief.' });
		expect(wired({ messages }, { quirks: { developerRole: true } }).body.input[0].role).toBe('developer');
	});

	it('has images and files in every form', () => {
		const input = inputOf([
			user(
				{ type: 'text', text: 'Look' },
				{ type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' }, detail: 'low' },
				{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } },
				{ type: 'image', source: { kind: 'file-id', id: 'file-1' } },
				{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' } },
				{ type: 'file', source: { kind: 'url', url: 'https://a.example/a.pdf' }, filename: 'a.pdf' },
				{ type: 'file', source: { kind: 'file-id', id: 'file-2' } },
			),
		]);
		expect(input[0].content).toEqual([
			{ type: 'input_text', text: 'Look' },
			{ type: 'input_image', image_url: 'https://a.example/a.png', detail: 'low' },
			{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
			{ type: 'input_image', file_id: 'file-1', detail: 'auto' },
			{ type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBE' },
			{ type: 'input_file', file_url: 'https://a.example/a.pdf', filename: 'a.pdf' },
			{ type: 'input_file', file_id: 'file-2' },
		]);
	});

	it('refuses audio', () => {
		expect(() => inputOf([user({ type: 'audio', data: 'AA', format: 'wav' })])).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'messages' }),
		);
	});

	it('has results as text, or as parts where they hold images', () => {
		const result = (...content: Extract<Message, { role: 'tool' }>['content'][number][]): Message => ({
			role: 'tool',
			callId: 'c1',
			content,
		});
		const a = { type: 'text', text: 'a' } as const;
		const image = { type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } } as const;
		expect(inputOf([result(a, { type: 'text', text: 'b' })])[0].output).toBe('a\nb');
		expect(inputOf([result(a, image)])[0]).toEqual({
			type: 'function_call_output',
			call_id: 'c1',
			output: [
				{ type: 'input_text', text: 'a' },
				{ type: 'input_image', image_url: 'https://a.example/a.png', detail: 'auto' },
			],
		});
	});

	it('has the parts of a turn in their order, texts of one phase together', () => {
		const call = { type: 'tool-call', id: 'c1', name: 'a', arguments: '{"x":1}' } as const;
		expect(
			inputOf([
				assistant(
					{ type: 'text', text: 'One', phase: 'commentary' },
					{ type: 'text', text: 'Two', phase: 'commentary' },
					call,
					{ type: 'text', text: 'Three', phase: 'final_answer' },
					{ type: 'refusal', text: 'No.' },
				),
			]),
		).toEqual([
			{
				role: 'assistant',
				phase: 'commentary',
				content: [
					{ type: 'output_text', text: 'One' },
					{ type: 'output_text', text: 'Two' },
				],
			},
			{ type: 'function_call', call_id: 'c1', name: 'a', arguments: '{"x":1}' },
			{
				role: 'assistant',
				phase: 'final_answer',
				content: [
					{ type: 'output_text', text: 'Three' },
					{ type: 'refusal', refusal: 'No.' },
				],
			},
		]);
	});
});

describe('reasoning in the input of a Responses request', () => {
	const call = { type: 'tool-call', id: 'c1', name: 'a', arguments: '{}' } as const;
	const answer = { type: 'text', text: 'So.' } as const;
	const seal = (text: string) => ({ type: 'reasoning', text, signature: signed('openai', 'gAAAA') }) as const;

	it('comes back as the item it was, however its summary was divided', () => {
		const pieces = fc.array(fc.string({ minLength: 1 }), { maxLength: 4 });
		fc.assert(
			fc.property(pieces, (summary) => {
				const item = reasoning('gAAAA', ...summary);
				const said = message([{ type: 'output_text', text: 'So.' }]);
				const { content } = openaiResponses.fromResponse(answerOf([], [item, said]).json, {});
				expect(inputOf([assistant(...content)])[0]).toEqual(item);
			}),
		);
	});

	it('keeps a text that was changed on the way in one piece', () => {
		const { content } = openaiResponses.fromResponse(answerOf([], [reasoning('gAAAA', 'One', 'Two')]).json, {});
		const [part] = content;
		if (part?.type !== 'reasoning') throw new Error('no reasoning');
		expect(inputOf([assistant({ ...part, text: 'Th' }, call)])[0].summary).toEqual([
			{ type: 'summary_text', text: 'Th' },
		]);
	});

	it('may be a bare token, which has no id', () => {
		expect(inputOf([assistant(seal('Why.'), call)])[0]).toEqual({
			type: 'reasoning',
			summary: [{ type: 'summary_text', text: 'Why.' }],
			encrypted_content: 'gAAAA',
		});
	});

	it('is left out where nothing follows it, or where nobody sealed it', () => {
		expect(inputOf([assistant(answer, seal('Why.'))]).map((item: { type?: string }) => item.type)).toEqual([undefined]);
		expect(inputOf([assistant({ type: 'reasoning', text: 'Why.' }, answer)])).toHaveLength(1);
	});

	it("is left out where it is another's, and named while a tool loop is open", () => {
		const foreign = { type: 'reasoning', text: 'Why.', signature: 'EqQBCkYIARgC' } as const;
		const result: Message = { role: 'tool', callId: 'c1', content: [answer] };
		const open = [hi, assistant(foreign, call), result];
		expect(inputOf(open).map((item: { type?: string }) => item.type)).toEqual([
			undefined,
			'function_call',
			'function_call_output',
		]);
		expect(fields({ messages: open })).toEqual(['reasoning']);
		expect(fields({ messages: [...open, assistant(answer), hi] })).toEqual([]);
	});
});

describe('options for a provider of Responses', () => {
	const withOptions = (options: Record<string, unknown>, request: Partial<ChatRequest> = {}, more?: Options) =>
		wired({ ...request, providerOptions: { openai: options, other: { x: 1 } } }, more);

	it('are merged into the body, objects and lists of names added to', () => {
		const traits = reasoner('low');
		const { body } = withOptions(
			{
				service_tier: 'flex',
				include: ['web_search_call.action.sources', 'reasoning.encrypted_content'],
				reasoning: { mode: 'pro' },
				text: { verbosity: 'low' },
				tools: [{ type: 'web_search' }],
			},
			{ reasoning: { effort: 'low' }, responseFormat: { type: 'json' }, tools: [{ name: 'a' }] },
			{ traits },
		);
		expect(body).toMatchObject({
			service_tier: 'flex',
			include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
			reasoning: { effort: 'low', mode: 'pro' },
			text: { format: { type: 'json_object' }, verbosity: 'low' },
			tools: [{ type: 'web_search' }],
		});
		expect(body).not.toHaveProperty('x');
	});

	it("may be written as Chat Completions' own", () => {
		const { body, warnings } = withOptions({ verbosity: 'low', logit_bias: { 1: 2 }, store: true });
		expect(body).toMatchObject({ text: { verbosity: 'low' }, store: false });
		expect(body).not.toHaveProperty('logit_bias');
		expect(warnings.map((warning) => warning.field)).toEqual(['providerOptions', 'providerOptions']);
	});

	it.each(['model', 'input', 'stream', 'previous_response_id', 'background'])('may not be %s', (field) => {
		expect(() => withOptions({ [field]: 'x' })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: `providerOptions.openai.${field}` }),
		);
	});
});

describe('counting', () => {
	const count = openaiResponses.counting;

	it('sends what is counted and nothing else', () => {
		const target = wireTarget(provider({ streamObfuscation: true }), 'gpt-x', reasoner('low'), true);
		const request: ChatRequest = {
			messages: [hi],
			tools: [{ name: 'a' }],
			toolChoice: 'auto',
			maxTokens: 100,
			reasoning: { effort: 'low' },
			responseFormat: { type: 'json' },
			user: 'u1',
		};
		const made = count?.toRequest(request, target);
		expect(made?.path).toBe('/responses/input_tokens');
		expect(Object.keys(JSON.parse(made?.body ?? '')).sort()).toEqual(
			['input', 'model', 'reasoning', 'text', 'tool_choice', 'tools'].sort(),
		);
	});

	it('reads the count, and refuses an answer without one', () => {
		expect(count?.fromResponse('{"object":"response.input_tokens","input_tokens":278}')).toBe(278);
		expect(() => count?.fromResponse('{"input_tokens":"many"}')).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});
});

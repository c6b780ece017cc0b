import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../../src/catalog/facts';
import type { Credential } from '../../../src/gateway/ports';
import { doorApp } from '../../support/door-app';
import { answer, type Script, sentJson, world } from '../../support/scripted-gateway';

const PATH = '/v1/chat/completions';

const credential = (baseUrl: string, apiKey = 'key'): Credential => ({
	rowId: null,
	name: 'row',
	source: 'environment',
	apiKey,
	baseUrl,
	trust: 'operator',
	config: {},
});

const credentials = {
	openai: [credential('https://openai.test/v1')],
	ollama: [credential('http://ollama.test')],
	bedrock: [credential('https://bedrock.test', 'AKIA:secret')],
	mistral: [credential('https://mistral.test/v1')],
};

/** The door on the real path, with an upstream that must not be asked unless it is scripted. */
function opened({ upstream, facts }: { readonly upstream?: Script; readonly facts?: Partial<ModelFacts> } = {}) {
	const asked = world({
		upstream: upstream ? [upstream] : [],
		snapshot: { credentials },
		...(facts && { facts }),
	});
	const { gateway } = asked;
	const door = doorApp({ chat: (call) => gateway.chat(call), stream: (call) => gateway.stream(call) });
	return { door, sent: asked.sent };
}

interface Refused {
	readonly error: {
		readonly code: string;
		readonly param: string | null;
		readonly message: string;
		readonly type: string;
	};
}

async function refused(body: object, facts?: Partial<ModelFacts>) {
	const { door, sent } = opened(facts ? { facts } : {});
	const response = await door.post(PATH, { model: 'openai/gpt-test', ...body });
	const { error } = (await response.json()) as Refused;
	expect(sent).toHaveLength(0);
	return { status: response.status, ...error };
}

async function taken(body: object, facts?: Partial<ModelFacts>) {
	const { door, sent } = opened({ upstream: () => answer(), ...(facts && { facts }) });
	const response = await door.post(PATH, { model: 'openai/gpt-test', ...body });
	return {
		status: response.status,
		warned: response.headers.get('x-switchyard-warnings')?.split(', ') ?? [],
		body: sentJson(sent[0]),
	};
}

const user = { role: 'user', content: 'Hi' };
const call = (id: string, name = 'f') => ({ id, type: 'function', function: { name, arguments: '{}' } });
const calling = (...ids: string[]) => ({ role: 'assistant', content: null, tool_calls: ids.map((id) => call(id)) });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'x' });
const tool = (name: string, parameters?: object) => ({
	type: 'function',
	function: { name, ...(parameters && { parameters }) },
});
const image = (url: string) => ({ type: 'image_url', image_url: { url } });
const said = (...content: object[]) => [{ role: 'user', content: [{ type: 'text', text: 'Look:' }, ...content] }];
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

describe('what nobody could answer is refused before any call, in the words of OpenAI', () => {
	it.each<[string, object, number, string, string]>([
		['a provider without a key', { model: 'google/gemini', messages: [user] }, 404, 'model_not_found', 'model'],
		['a provider that is none', { model: 'acme/large', messages: [user] }, 404, 'model_not_found', 'model'],
		['a bare model nobody has', { model: 'gpt-none', messages: [user] }, 404, 'model_not_found', 'model'],
	])('%s', async (_, body, status, code, param) => {
		expect(await refused(body)).toMatchObject({ status, code, param, type: 'invalid_request_error' });
	});

	it.each<[string, object, string]>([
		[
			'arguments that are no object',
			{ messages: [user], tools: [tool('a'), tool('f', { type: 'string' })] },
			'tools[1].function.parameters',
		],
		['two tools of one name', { messages: [user], tools: [tool('f'), tool('f')] }, 'tools[1].function.name'],
		[
			'the second of two allowed tools',
			{
				messages: [user],
				tools: [tool('a'), tool('b'), tool('c', { type: 'array' })],
				tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('a'), tool('c')] } },
			},
			'tools[2].function.parameters',
		],
		[
			'functions with arguments that are no object',
			{ messages: [user], functions: [{ name: 'f', parameters: { type: 'string' } }] },
			'functions[0].parameters',
		],
		['a choice among no tools', { messages: [user], tool_choice: 'required' }, 'tool_choice'],
		['a choice that is not there', { messages: [user], tools: [tool('f')], tool_choice: tool('g') }, 'tool_choice'],
		[
			'a function_call that is not there',
			{ messages: [user], functions: [{ name: 'f' }], function_call: { name: 'g' } },
			'function_call',
		],
		['a result without a call', { messages: [user, result('c1')] }, 'messages[1]'],
		[
			'a function that was never called',
			{ messages: [user, { role: 'function', name: 'f', content: 'x' }] },
			'messages[1]',
		],
		['a result of another call', { messages: [user, calling('c1'), result('c2')] }, 'messages[2]'],
		['a second result', { messages: [user, calling('c1'), result('c1'), result('c1')] }, 'messages[3]'],
		['a call without its result', { messages: [user, calling('c1', 'c2'), result('c1')] }, 'messages[1].tool_calls[1]'],
		[
			'a function_call without its result',
			{ messages: [user, { role: 'assistant', function_call: { name: 'f', arguments: '{}' } }, user] },
			'messages[1].function_call',
		],
		[
			'an id that is taken',
			{
				messages: [
					user,
					{ ...calling('c1'), content: 'Let me see.', reasoning_content: 'Hm.' },
					result('c1'),
					{ ...calling('c1'), content: 'Again.', reasoning_content: 'Hm.' },
					result('c1'),
				],
			},
			'messages[3].tool_calls[0]',
		],
		['an image that is no base64', { messages: said(image('data:image/png;base64,no!')) }, 'messages[0].content[1]'],
		[
			'an image of a type that is none',
			{ messages: said(image('data:text/html;base64,AAAA')) },
			'messages[0].content[1]',
		],
		[
			'audio that is no base64',
			{ messages: said({ type: 'input_audio', input_audio: { data: 'data:audio/wav;base64,AAAA', format: 'wav' } }) },
			'messages[0].content[1]',
		],
		[
			'a file that is no base64',
			{ messages: said({ type: 'file', file: { file_data: '%PDF-1.7', filename: 'a.pdf' } }) },
			'messages[0].content[1]',
		],
	])('%s', async (_, body, param) => {
		const error = await refused(body);
		expect(error).toMatchObject({ status: 400, code: 'invalid_request', param });
		expect(error.message.startsWith(`${param}: `)).toBe(true);
	});

	it.each<[string, string, object, string]>([
		[
			'an image by its URL',
			'ollama/llava',
			{ messages: said(image('https://x.example/a.png')) },
			'messages[0].content[1]',
		],
		[
			'an image by its URL',
			'bedrock/amazon.nova-pro-v1:0',
			{ messages: said(image('https://x.example/a.png')) },
			'messages[0].content[1]',
		],
		[
			'a file by its URL',
			'openai/gpt-test',
			{ messages: said({ type: 'file', file: { file_data: 'https://x.example/a.pdf' } }) },
			'messages[0].content[1]',
		],
		[
			'an image in a result',
			'ollama/llava',
			{ messages: [user, calling('c1'), { ...result('c1'), content: [image('https://x.example/a.png')] }] },
			'messages[2].content[0]',
		],
	])('%s, where the provider fetches none: %s', async (_, model, body, param) => {
		expect(await refused({ model, ...body })).toMatchObject({ status: 400, code: 'invalid_request', param });
	});

	it.each<[string, object, Partial<ModelFacts>, string]>([
		['an image', { messages: said(image(PNG)) }, { input: ['text'] }, 'messages[0].content[1]'],
		[
			'audio',
			{ messages: said({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }) },
			{ input: ['text'] },
			'messages[0].content[1]',
		],
		[
			'a PDF',
			{ messages: said({ type: 'file', file: { file_data: 'JVBE' } }) },
			{ input: ['text'] },
			'messages[0].content[1]',
		],
		['tools', { messages: [user], tools: [tool('f')] }, { tools: false }, 'tools'],
		[
			'calls of tools',
			{ messages: [user, calling('c1'), result('c1')] },
			{ tools: false },
			'messages[1].tool_calls[0]',
		],
	])('%s, where the model takes none', async (_, body, facts, param) => {
		const error = await refused(body, facts);
		expect(error).toMatchObject({ status: 400, code: 'invalid_request', param });
		expect(error.message).toMatch(/This model/);
	});

	it.each<[string, object, string]>([
		['top_k', { top_k: 3 }, 'top_k'],
		['metadata', { metadata: { a: 'b' } }, 'metadata'],
		['reasoning_effort', { reasoning_effort: 'low' }, 'reasoning_effort'],
		['reasoning.effort', { reasoning: { effort: 'low' } }, 'reasoning.effort'],
		['max_tokens', { max_tokens: 1_000_000 }, 'max_tokens'],
		['max_completion_tokens', { max_completion_tokens: 1_000_000 }, 'max_completion_tokens'],
		['logit_bias', { model: 'mistral/small', logit_bias: { '1': 1 } }, 'logit_bias'],
		[
			'parallel_tool_calls',
			{ model: 'ollama/x', tools: [tool('f')], parallel_tool_calls: false },
			'parallel_tool_calls',
		],
		['tool_choice', { model: 'ollama/x', tools: [tool('f')], tool_choice: 'required' }, 'tool_choice'],
	])('%s, where a strict request would lose it', async (_, body, param) => {
		const strict = { messages: [user], ...body, switchyard: { strict: true } };
		const error = await refused(strict);
		expect(error).toMatchObject({ status: 400, code: 'invalid_request', param });
		expect(error.message).not.toMatch(/maxTokens|topK|toolChoice|parallelToolCalls/);
	});

	it("a provider's option that the gateway decides", async () => {
		const options = { provider_options: { openai: { model: 'gpt-other' } } };
		expect(await refused({ messages: [user], switchyard: options })).toMatchObject({
			param: 'switchyard.provider_options.openai.model',
		});
	});

	it('is refused alike before a stream', async () => {
		expect(await refused({ messages: [user, result('c1')], stream: true })).toMatchObject({
			status: 400,
			param: 'messages[1]',
		});
	});
});

describe('what can be put right is put right', () => {
	it.each<[string, object[], object[]]>([
		[
			'an assistant first',
			[{ role: 'assistant', content: 'Hello' }, user],
			[{ role: 'assistant', content: 'Hello' }, user],
		],
		['two users in a row', [user, user], [user, user]],
		[
			'instructions midway',
			[user, { role: 'system', content: 'Be brief.' }],
			[user, { role: 'system', content: 'Be brief.' }],
		],
		[
			'a user between a call and its result',
			[user, calling('c1'), user, result('c1')],
			[user, calling('c1'), result('c1'), user],
		],
		[
			'results in another order',
			[user, calling('c1', 'c2'), result('c2'), result('c1')],
			[user, calling('c1', 'c2'), result('c2'), result('c1')],
		],
		[
			'an assistant at the end',
			[user, { role: 'assistant', content: 'So' }],
			[user, { role: 'assistant', content: 'So' }],
		],
		[
			'a result that is nothing',
			[user, calling('c1'), { ...result('c1'), content: null }],
			[user, calling('c1'), { ...result('c1'), content: '' }],
		],
		[
			'a result without parts',
			[user, calling('c1'), { ...result('c1'), content: [] }],
			[user, calling('c1'), { ...result('c1'), content: '' }],
		],
		[
			'an assistant that only calls, and says no parts',
			[user, { ...calling('c1'), content: [] }, result('c1')],
			[user, calling('c1'), result('c1')],
		],
	])('%s', async (_, messages, sent) => {
		const { status, body, warned } = await taken({ messages });
		expect(status).toBe(200);
		expect(body.messages).toEqual(sent);
		expect(warned).toEqual([]);
	});

	it.each([null, '', []])('an assistant that says %j is left out, and named', async (content) => {
		const { body, warned } = await taken({ messages: [user, { role: 'assistant', content }, user] });
		expect(body.messages).toEqual([user, user]);
		expect(warned).toEqual(['messages']);
	});

	it('a call without arguments gets none', async () => {
		const empty = { ...calling(), tool_calls: [{ ...call('c1'), function: { name: 'f', arguments: '' } }] };
		const { body } = await taken({ messages: [user, empty, result('c1')] });
		expect(body.messages).toEqual([user, calling('c1'), result('c1')]);
	});

	it('a setting the model lacks is left out, and named', async () => {
		const { warned } = await taken({ messages: [user], top_k: 3, reasoning_effort: 'low', seed: 1 });
		expect(warned).toEqual(['topK', 'reasoning']);
	});
});

describe('ten megabytes of image', () => {
	const data = 'iVBO'.repeat(2_600_000);

	it('are read, checked and sent in a second or two', async () => {
		const startedAt = performance.now();
		const { status, body } = await taken({ messages: said(image(`data:image/png;base64,${data}`)) });
		expect(performance.now() - startedAt).toBeLessThan(5_000);
		expect(status).toBe(200);
		expect(JSON.stringify(body.messages).length).toBeGreaterThan(10_400_000);
	});

	it('are refused as fast where the last character is wrong', async () => {
		const startedAt = performance.now();
		expect(await refused({ messages: said(image(`data:image/png;base64,${data}AAA!`)) })).toMatchObject({
			param: 'messages[0].content[1]',
		});
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});
});

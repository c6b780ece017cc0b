import { describe, expect, it } from 'vitest';
import type { Message, UserPart } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { google } from '../../../../src/providers/google';
import type { ModelTraits } from '../../../../src/providers/provider';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { wireTarget } from '../../../support/wire-target';

const CURRENT = 'gemini-3.5-flash';
const text = (said: string) => ({ type: 'text', text: said }) as const;
const user = (...content: readonly (UserPart | string)[]): Message => ({
	role: 'user',
	content: content.map((part) => (typeof part === 'string' ? text(part) : part)),
});
const HI: readonly Message[] = [user('Hi')];

type Fields = Omit<ChatRequest, 'messages'> & { readonly messages?: readonly Message[] };

function sent(request: Fields, model = CURRENT, traits: Partial<ModelTraits> = {}) {
	const made = googleGenerate.toRequest({ messages: HI, ...request }, wireTarget(google, model, traits));
	return { ...made, body: JSON.parse(made.body), fields: made.warnings.map((warning) => warning.field) };
}

const refused = (request: Fields, model?: string): unknown => {
	try {
		sent(request, model);
		return undefined;
	} catch (thrown) {
		return thrown;
	}
};

describe('the address', () => {
	it('names model and method', () => {
		expect(sent({}).path).toBe('/models/gemini-3.5-flash:generateContent');
		const streamed = googleGenerate.toRequest({ messages: HI }, wireTarget(google, CURRENT, {}, true));
		expect(streamed.path).toBe('/models/gemini-3.5-flash:streamGenerateContent?alt=sse');
		expect(sent({}, 'models/gemini-3.5-flash').path).toBe('/models/gemini-3.5-flash:generateContent');
		expect(sent({}, 'tunedModels/mine').path).toBe('/tunedModels/mine:generateContent');
	});

	it('can not be led elsewhere by a name', () => {
		expect(sent({}, 'a/../b:deleteAll?x#y').path).toBe('/models/a%2F..%2Fb%3AdeleteAll%3Fx%23y:generateContent');
		for (const name of ['..', 'models/..', 'tunedModels/.', 'models/'])
			expect(refused({}, name)).toMatchObject({ code: 'invalid_request', param: 'model' });
	});
});

describe('the conversation', () => {
	it('has instructions apart and merges turns of one role', () => {
		const { body, warnings } = sent({
			messages: [
				{ role: 'system', content: [text('Be brief.'), text('')] },
				{ role: 'system', content: [text('Be kind.')] },
				user('One'),
				user('', 'Two'),
				{ role: 'assistant', content: [text('Three'), { type: 'refusal', text: 'No.' }] },
				{ role: 'assistant', content: [text('Four')] },
				user('Five'),
			],
		});
		expect(body).toEqual({
			systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
			contents: [
				{ role: 'user', parts: [{ text: 'One' }, { text: 'Two' }] },
				{ role: 'model', parts: [{ text: 'Three' }, { text: 'No.' }, { text: 'Four' }] },
				{ role: 'user', parts: [{ text: 'Five' }] },
			],
		});
		expect(warnings).toEqual([]);
	});

	it('says where instructions amid it went', () => {
		const { body, fields } = sent({ messages: [user('Hi'), { role: 'system', content: [text('Now in Latin.')] }] });
		expect(body.systemInstruction.parts).toEqual([{ text: 'Now in Latin.' }]);
		expect(fields).toEqual(['messages']);
	});

	it('puts instructions ahead of the first user turn for Gemma', () => {
		const system: Message = { role: 'system', content: [text('Be brief.')] };
		const asked = sent({ messages: [system, user('Hi')] }, 'gemma-4-31b-it');
		expect(asked.body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Be brief.\n\n' }, { text: 'Hi' }] }] });
		expect(asked.fields).toEqual(['messages']);
		const answered = sent({ messages: [system, { role: 'assistant', content: [text('Hello')] }] }, 'gemma-4-31b-it');
		expect(answered.body.contents[0]).toEqual({ role: 'user', parts: [{ text: 'Be brief.\n\n' }] });
	});

	it('is refused where nobody says anything', () => {
		for (const messages of [[], [{ role: 'system', content: [text('Be brief.')] } as Message], [user('')]])
			expect(refused({ messages })).toMatchObject({ code: 'invalid_request', param: 'messages' });
	});
});

describe('media', () => {
	const part = (given: UserPart, model?: string) => sent({ messages: [user(given)] }, model).body.contents[0].parts[0];

	it('goes inline', () => {
		const data = (mediaType: string) => ({ kind: 'data', mediaType, data: 'AAAA' }) as const;
		expect(part({ type: 'image', source: data('image/JPG') })).toEqual({
			inlineData: { mimeType: 'image/jpeg', data: 'AAAA' },
		});
		expect(part({ type: 'file', source: data('application/pdf; name=a') })).toEqual({
			inlineData: { mimeType: 'application/pdf', data: 'AAAA' },
		});
		expect(part({ type: 'file', source: data('video/mp4') })).toEqual({
			inlineData: { mimeType: 'video/mp4', data: 'AAAA' },
		});
		expect(part({ type: 'audio', data: 'AAAA', format: 'mp3' })).toEqual({
			inlineData: { mimeType: 'audio/mp3', data: 'AAAA' },
		});
		expect(part({ type: 'image', source: { kind: 'url', url: 'data:image/png;base64,AAAA' } })).toEqual({
			inlineData: { mimeType: 'image/png', data: 'AAAA' },
		});
	});

	const FILE = 'https://generativelanguage.googleapis.com/v1beta/files/abc';

	it.each([
		[{ kind: 'file-id', id: 'files/abc' }, { fileUri: FILE }],
		[{ kind: 'file-id', id: 'abc' }, { fileUri: FILE }],
		[{ kind: 'file-id', id: FILE }, { fileUri: FILE }],
		[{ kind: 'url', url: FILE }, { fileUri: FILE }],
		[
			{ kind: 'url', url: 'gs://bucket/cat.png' },
			{ fileUri: 'gs://bucket/cat.png', mimeType: 'image/png' },
		],
		[{ kind: 'url', url: 'https://www.youtube.com/watch?v=1' }, { fileUri: 'https://www.youtube.com/watch?v=1' }],
		[{ kind: 'url', url: 'https://youtu.be/1' }, { fileUri: 'https://youtu.be/1' }],
	] as const)('goes by the URIs that every model takes: %o', (source, fileData) => {
		for (const model of [CURRENT, 'gemini-2.0-flash']) {
			expect(part({ type: 'file', source }, model)).toEqual({ fileData });
			expect(part({ type: 'image', source }, model)).toEqual({ fileData });
		}
	});

	it('goes by other URLs where the model fetches them, with the type that the path gives away', () => {
		const url = 'https://example.org/a.PDF?download#1';
		expect(part({ type: 'file', source: { kind: 'url', url } })).toEqual({
			fileData: { mimeType: 'application/pdf', fileUri: url },
		});
		const plain = 'https://example.org/picture';
		expect(part({ type: 'image', source: { kind: 'url', url: plain } }, 'gemini-2.5-pro')).toEqual({
			fileData: { fileUri: plain },
		});
	});

	it.each([
		['https://example.org/a.png', 'gemini-2.0-flash'],
		['https://example.org/a.png', 'gemma-4-31b-it'],
		['http://example.org/a.png', CURRENT],
		['ftp://example.org/a.png', CURRENT],
		['https://youtube.com.example.org/a', 'gemini-2.0-flash'],
	])('is refused by path where the model would not get it: %s for %s', (url, model) => {
		const messages = [user('Hi'), user('Look:', { type: 'image', source: { kind: 'url', url } })];
		expect(refused({ messages }, model)).toMatchObject({
			code: 'invalid_request',
			param: 'messages[1].content[1]',
			message: expect.stringContaining('inline'),
		});
	});
});

describe('tools', () => {
	const parameters = { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false };
	const tools = [{ name: 'weather', description: 'Weather', parameters }, { name: 'now' }];

	it('are declared by JSON Schema', () => {
		expect(sent({ tools }).body.tools).toEqual([
			{
				functionDeclarations: [
					{ name: 'weather', description: 'Weather', parametersJsonSchema: parameters },
					{ name: 'now' },
				],
			},
		]);
	});

	it('are declared in the older subset for older models, empty ones by name alone', () => {
		const empty = { name: 'ping', parameters: { type: 'object', properties: {} } };
		const { body, warnings } = sent({ tools: [...tools, empty] }, 'gemini-2.0-flash');
		expect(body.tools[0].functionDeclarations).toEqual([
			{
				name: 'weather',
				description: 'Weather',
				parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } },
			},
			{ name: 'now' },
			{ name: 'ping' },
		]);
		expect(warnings).toEqual([]);
	});

	it.each([
		['none', { mode: 'NONE' }],
		['auto', { mode: 'AUTO' }],
		['required', { mode: 'ANY' }],
		[{ name: 'now' }, { mode: 'ANY', allowedFunctionNames: ['now'] }],
	] as const)('are chosen among: %o', (toolChoice, functionCallingConfig) => {
		expect(sent({ tools, toolChoice }).body.toolConfig).toEqual({ functionCallingConfig });
	});

	it('are left to the model where nothing was said', () => {
		expect(sent({ tools }).body).not.toHaveProperty('toolConfig');
	});

	it('hold to their schemas where one is strict, which a forced call does anyway', () => {
		const strict = [{ name: 'weather', parameters, strict: true }];
		expect(sent({ tools: strict }).body.toolConfig.functionCallingConfig).toEqual({ mode: 'VALIDATED' });
		expect(sent({ tools: strict, toolChoice: 'required' }).body.toolConfig.functionCallingConfig).toEqual({
			mode: 'ANY',
		});
		const older = sent({ tools: strict }, 'gemini-2.0-flash');
		expect(older.body).not.toHaveProperty('toolConfig');
		expect(older.fields).toEqual(['tools']);
	});

	it('keep their names where the API takes them, and get them back where it does not', () => {
		const { body, plan } = sent({ tools: [{ name: 'get-time' }, { name: 'a.b' }, { name: '7zip' }, { name: '-x' }] });
		const names = body.tools[0].functionDeclarations.map((one: { name: string }) => one.name);
		expect(names).toEqual(['get-time', 'a_b', '_7zip', '_-x']);
		expect(plan.toolNames).toEqual({ a_b: 'a.b', _7zip: '7zip', '_-x': '-x' });
	});
});

describe('results of tools', () => {
	const call = (id: string, name: string) => ({ type: 'tool-call', id, name, arguments: '{}' }) as const;
	const result = (callId: string, said: string, more = {}): Message => ({
		role: 'tool',
		callId,
		content: [text(said)],
		...more,
	});
	const asked: Message = { role: 'assistant', content: [call('a', 'weather'), call('b', 'now')] };
	const image = { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } } as const;
	const parts = (messages: readonly Message[], model?: string) =>
		sent({ messages: [user('Hi'), ...messages] }, model).body.contents.at(-1).parts;

	it('stand in one turn in the order of their calls, under the names of these', () => {
		const { body } = sent({
			messages: [user('Hi'), asked, result('b', '12:00'), result('a', '{"sky":"blue"}'), user('So?')],
		});
		expect(body.contents.at(-1)).toEqual({
			role: 'user',
			parts: [
				{ functionResponse: { id: 'a', name: 'weather', response: { sky: 'blue' } } },
				{ functionResponse: { id: 'b', name: 'now', response: { result: '12:00' } } },
				{ text: 'So?' },
			],
		});
	});

	it('are objects whatever they were', () => {
		const response = (said: string, more = {}) =>
			parts([{ role: 'assistant', content: [call('a', 'f')] }, result('a', said, more)])[0].functionResponse.response;
		expect(response('[1,2]')).toEqual({ result: '[1,2]' });
		expect(response('007')).toEqual({ result: '007' });
		expect(response('')).toEqual({ result: '' });
		expect(response('{"a":1}', { isError: true })).toEqual({ error: '{"a":1}' });
	});

	it('carry pictures within where the model takes them there, else behind', () => {
		const messages: Message[] = [
			{ role: 'assistant', content: [call('a', 'shot')] },
			{ role: 'tool', callId: 'a', content: [text('Here.'), image] },
		];
		const inline = { inlineData: { mimeType: 'image/png', data: 'AAAA' } };
		expect(parts(messages)).toEqual([
			{ functionResponse: { id: 'a', name: 'shot', response: { result: 'Here.' }, parts: [inline] } },
		]);
		expect(parts(messages, 'gemini-2.5-flash')).toEqual([
			{ functionResponse: { name: 'shot', response: { result: 'Here.' } } },
			inline,
		]);
		const byUri = { type: 'image', source: { kind: 'url', url: 'gs://b/a.png' } } as const;
		const [first, second] = parts([messages[0] as Message, { role: 'tool', callId: 'a', content: [byUri] }]);
		expect(first.functionResponse).not.toHaveProperty('parts');
		expect(second.fileData.fileUri).toBe('gs://b/a.png');
	});

	it('are refused where nothing called for them', () => {
		expect(refused({ messages: [user('Hi'), result('x', 'y')] })).toMatchObject({ param: 'messages[1]' });
	});
});

describe('settings', () => {
	it('are the fields of generationConfig', () => {
		const { body, warnings } = sent({
			maxTokens: 100,
			temperature: 0,
			topP: 0.5,
			topK: 40,
			seed: 7,
			stop: ['END', ''],
			logprobs: { top: 3 },
		});
		expect(body.generationConfig).toEqual({
			maxOutputTokens: 100,
			temperature: 0,
			topP: 0.5,
			topK: 40,
			seed: 7,
			stopSequences: ['END'],
			responseLogprobs: true,
			logprobs: 3,
		});
		expect(warnings).toEqual([]);
		expect(sent({ logprobs: { top: 0 } }).body.generationConfig).toEqual({ responseLogprobs: true });
		expect(sent({}).body).not.toHaveProperty('generationConfig');
	});

	it('are cut to what model and API take, by name', () => {
		const { body, fields } = sent({ maxTokens: 100_000, stop: ['1', '2', '3', '4', '5', '6'] }, CURRENT, {
			maxOutput: 65_536,
		});
		expect(body.generationConfig).toEqual({ maxOutputTokens: 65_536, stopSequences: ['1', '2', '3', '4', '5'] });
		expect(fields.sort()).toEqual(['maxTokens', 'stop']);
		expect(refused({ strict: true, stop: ['1', '2', '3', '4', '5', '6'] })).toMatchObject({ param: 'stop' });
	});
});

describe('the output format', () => {
	const schema = { type: 'object', properties: { a: { type: ['string', 'null'] } }, additionalProperties: false };
	const format = { type: 'json-schema', name: 'out', schema, description: 'What it says' } as const;
	const tools = [{ name: 'now' }];

	it('is a media type, and a schema beside it', () => {
		expect(sent({ responseFormat: { type: 'text' } }).body).not.toHaveProperty('generationConfig');
		expect(sent({ responseFormat: { type: 'json' } }).body.generationConfig).toEqual({
			responseMimeType: 'application/json',
		});
		expect(sent({ responseFormat: format }).body.generationConfig).toEqual({
			responseMimeType: 'application/json',
			responseJsonSchema: { ...schema, description: 'What it says' },
		});
	});

	it('is in the older subset for older models', () => {
		expect(sent({ responseFormat: format }, 'gemini-2.0-flash').body.generationConfig).toEqual({
			responseMimeType: 'application/json',
			responseSchema: {
				type: 'OBJECT',
				description: 'What it says',
				properties: { a: { type: 'STRING', nullable: true } },
			},
		});
	});

	it.each([
		['gemini-2.5-flash', undefined],
		[CURRENT, 'required'],
		[CURRENT, { name: 'now' }],
	] as const)('is said in words where %s takes none beside tools chosen by %o', (model, toolChoice) => {
		const { body, fields } = sent({ responseFormat: format, tools, ...(toolChoice && { toolChoice }) }, model);
		expect(body).not.toHaveProperty('generationConfig');
		expect(body.systemInstruction.parts[0].text).toContain(JSON.stringify(schema));
		expect(fields).toEqual(['responseFormat']);
	});

	it('stays a field beside tools that the model may leave alone', () => {
		const { body, warnings } = sent({ responseFormat: { type: 'json' }, tools, toolChoice: 'auto' });
		expect(body.generationConfig).toEqual({ responseMimeType: 'application/json' });
		expect(warnings).toEqual([]);
	});

	it('is said in words where the model has no schemas, but not on a mere guess', () => {
		const known = sent({ responseFormat: format }, CURRENT, { structuredOutput: false });
		expect(known.body).not.toHaveProperty('generationConfig');
		expect(known.fields).toEqual(['responseFormat']);
		const guessed = sent({ responseFormat: format }, CURRENT, { structuredOutput: false, known: false });
		expect(guessed.body.generationConfig.responseJsonSchema).toBeDefined();
	});

	it('keeps paths right though it adds instructions', () => {
		const picture = { type: 'image', source: { kind: 'url', url: 'http://example.org/a.png' } } as const;
		expect(refused({ messages: [user(picture)], responseFormat: format, tools, toolChoice: 'required' })).toMatchObject(
			{
				param: 'messages[0].content[0]',
			},
		);
	});
});

describe('provider options', () => {
	const options = (fields: Record<string, unknown>) => ({ providerOptions: { google: fields, openai: { n: 2 } } });

	it('go into the body, their settings and tools beside the rest', () => {
		const { body } = sent({
			...options({
				safetySettings: [{ category: 'X', threshold: 'Y' }],
				cachedContent: 'cachedContents/1',
				generationConfig: { mediaResolution: 'LOW', temperature: 0.1 },
				tools: [{ googleSearch: {} }],
				toolConfig: { retrievalConfig: { languageCode: 'de' } },
			}),
			temperature: 1,
			tools: [{ name: 'now' }],
			toolChoice: 'auto',
		});
		expect(body).toEqual({
			contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
			safetySettings: [{ category: 'X', threshold: 'Y' }],
			cachedContent: 'cachedContents/1',
			generationConfig: { temperature: 0.1, mediaResolution: 'LOW' },
			tools: [{ functionDeclarations: [{ name: 'now' }] }, { googleSearch: {} }],
			toolConfig: { functionCallingConfig: { mode: 'AUTO' }, retrievalConfig: { languageCode: 'de' } },
		});
	});

	it.each([
		[{ model: 'x' }, 'providerOptions.google.model'],
		[{ contents: [] }, 'providerOptions.google.contents'],
		[{ systemInstruction: {} }, 'providerOptions.google.systemInstruction'],
		[{ generationConfig: { candidateCount: 2 } }, 'providerOptions.google.generationConfig.candidateCount'],
	])('must not undo what the gateway decides: %o', (fields, param) => {
		expect(refused(options(fields))).toMatchObject({ code: 'invalid_request', param });
	});
});

describe('counting', () => {
	const counting = googleGenerate.counting;

	it('counts instructions and tools in, and no settings', () => {
		const request = {
			messages: [{ role: 'system', content: [text('Be brief.')] } as Message, user('Hi')],
			maxTokens: 5,
		};
		const made = counting?.toRequest({ ...request, tools: [{ name: 'now' }] }, wireTarget(google, CURRENT));
		expect(made?.path).toBe('/models/gemini-3.5-flash:countTokens');
		expect(JSON.parse(made?.body ?? '')).toEqual({
			generateContentRequest: {
				model: 'models/gemini-3.5-flash',
				contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
				systemInstruction: { parts: [{ text: 'Be brief.' }] },
				tools: [{ functionDeclarations: [{ name: 'now' }] }],
			},
		});
	});

	it('reads the total and nothing else', () => {
		expect(counting?.fromResponse('{"totalTokens":31,"promptTokensDetails":[]}')).toBe(31);
		for (const body of ['{}', '{"totalTokens":-1}', '[]', 'x'])
			expect(() => counting?.fromResponse(body)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }));
	});
});

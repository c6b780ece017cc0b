import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { decodeBytes, decodeFrames, describeWire, type WireCase } from '../../../support/wire-contract';
import { answer, json, sse } from './answers';

const finishMarker = /"(?:finish|block)Reason":\s*"[A-Z_]+"/;

const cases: readonly WireCase[] = [
	{
		name: 'text with usage that grows from chunk to chunk',
		body: sse(
			answer({ parts: [{ text: 'Grüße aus ' }] }, { promptTokenCount: 20, candidatesTokenCount: 2 }),
			answer({ parts: [{ text: '東京 🚉.' }] }, { promptTokenCount: 20, candidatesTokenCount: 6 }),
			answer(
				{ parts: [{ text: '' }], finish: 'STOP' },
				{ promptTokenCount: 20, candidatesTokenCount: 7, cachedContentTokenCount: 8, thoughtsTokenCount: 30 },
			),
		),
		json: json(
			answer(
				{ parts: [{ text: 'Grüße aus 東京 🚉.' }], finish: 'STOP' },
				{ promptTokenCount: 20, candidatesTokenCount: 7, cachedContentTokenCount: 8, thoughtsTokenCount: 30 },
			),
		),
		tokens: { prompt: 20, completion: 37 },
		answer: (response) => {
			expect(response).toMatchObject({
				id: 'Ab-12_cd',
				model: 'gemini-3.5-flash',
				finish: { kind: 'stop', raw: 'STOP' },
			});
			expect(response.content).toEqual([{ type: 'text', text: 'Grüße aus 東京 🚉.' }]);
			expect(response.usage).toMatchObject({ input: 12, cacheRead: 8, output: 7, reasoning: 30 });
		},
	},
	{
		name: 'thoughts, then parallel calls of which the first alone is signed',
		body: sse(
			answer({ parts: [{ text: 'Two ', thought: true }] }),
			answer({ parts: [{ text: 'cities.', thought: true }] }),
			answer({
				parts: [
					{ functionCall: { name: 'weather', args: { city: 'Bern' } }, thoughtSignature: 'c2ln' },
					{ functionCall: { name: 'now' } },
				],
			}),
			answer({ finish: 'STOP' }),
		),
		json: json(
			answer({
				parts: [
					{ text: 'Two cities.', thought: true },
					{ functionCall: { name: 'weather', args: { city: 'Bern' } }, thoughtSignature: 'c2ln' },
					{ functionCall: { name: 'now' } },
				],
				finish: 'STOP',
			}),
		),
		answer: (response) => {
			expect(response.finish).toEqual({ kind: 'tool-calls', raw: 'STOP' });
			expect(response.usage).toBeNull();
			expect(response.content).toEqual([
				{ type: 'reasoning', text: 'Two cities.' },
				{ type: 'reasoning', text: '', signature: 'google:c2ln' },
				{ type: 'tool-call', id: 'gcall_Ab12cd_0', name: 'weather', arguments: '{"city":"Bern"}' },
				{ type: 'tool-call', id: 'gcall_Ab12cd_1', name: 'now', arguments: '{}' },
			]);
		},
	},
	{
		name: "a call with an id of the API's own and a renamed tool",
		plan: { toolNames: { get_weather: 'get.weather' } },
		json: json(answer({ parts: [{ functionCall: { name: 'get_weather', args: {}, id: 'call_1' } }], finish: 'STOP' })),
		body: sse(answer({ parts: [{ functionCall: { name: 'get_weather', args: {}, id: 'call_1' } }], finish: 'STOP' })),
		answer: (response) =>
			expect(response.content).toEqual([{ type: 'tool-call', id: 'call_1', name: 'get.weather', arguments: '{}' }]),
	},
	{
		name: 'a signature on an empty text at the end',
		body: sse(
			answer({ parts: [{ text: 'Four' }] }),
			answer({ parts: [{ text: '.' }] }),
			answer({ parts: [{ text: '', thoughtSignature: 'ZW5k' }], finish: 'STOP' }),
		),
		answer: (response) =>
			expect(response.content).toEqual([
				{ type: 'text', text: 'Four.' },
				{ type: 'reasoning', text: '', signature: 'google:ZW5k' },
			]),
	},
	{
		name: 'a signature on text and on a thought',
		json: json(
			answer({
				parts: [
					{ text: 'Hm.', thought: true, thoughtSignature: 'dGhv' },
					{ text: 'Yes', thoughtSignature: 'dGV4' },
					{ text: ' indeed.' },
				],
				finish: 'STOP',
			}),
		),
		body: sse(
			answer({ parts: [{ text: 'H', thought: true }] }),
			answer({ parts: [{ text: 'm.', thought: true, thoughtSignature: 'dGhv' }] }),
			answer({ parts: [{ text: 'Yes', thoughtSignature: 'dGV4' }] }),
			answer({ parts: [{ text: ' indeed.' }], finish: 'STOP' }),
		),
		answer: (response) =>
			expect(response.content).toEqual([
				{ type: 'reasoning', text: 'Hm.', signature: 'google:dGhv' },
				{ type: 'reasoning', text: '', signature: 'google:dGV4' },
				{ type: 'text', text: 'Yes indeed.' },
			]),
	},
	{
		name: 'usage alone after the finish reason, in a chunk without candidates',
		body: sse(answer({ parts: [{ text: 'Hi' }], finish: 'MAX_TOKENS' }), {
			usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 },
			modelVersion: 'gemini-3.5-flash',
		}),
		tokens: { prompt: 3, completion: 1 },
		answer: (response) => expect(response.finish.kind).toBe('length'),
	},
	{
		name: 'an answer that was all thought',
		json: json(answer({ finish: 'MAX_TOKENS' }, { promptTokenCount: 3, thoughtsTokenCount: 64 })),
		body: sse(answer({ finish: 'MAX_TOKENS' }, { promptTokenCount: 3, thoughtsTokenCount: 64 })),
		tokens: { prompt: 3, completion: 64 },
		answer: (response) => expect(response).toMatchObject({ content: [], finish: { kind: 'length' } }),
	},
	{
		name: 'a safety stop without content',
		json: json(answer({ finish: 'SAFETY', more: { safetyRatings: [{ blocked: true }] } })),
		answer: (response) =>
			expect(response).toMatchObject({ content: [], finish: { kind: 'content-filter', raw: 'SAFETY' } }),
	},
	{
		name: 'a blocked prompt: no candidates at all',
		json: json({
			promptFeedback: { blockReason: 'NEW_REASON' },
			usageMetadata: { promptTokenCount: 9 },
			responseId: 'x',
		}),
		body: sse({
			promptFeedback: { blockReason: 'NEW_REASON' },
			usageMetadata: { promptTokenCount: 9 },
			responseId: 'x',
		}),
		tokens: { prompt: 9, completion: 0 },
		answer: (response) =>
			expect(response).toMatchObject({ content: [], finish: { kind: 'content-filter', raw: 'NEW_REASON' } }),
	},
	{
		name: 'tokens of tools, sound and pictures',
		json: json(
			answer(
				{ parts: [{ text: 'A dog barks.' }], finish: 'STOP' },
				{
					promptTokenCount: 100,
					cachedContentTokenCount: 30,
					toolUsePromptTokenCount: 50,
					candidatesTokenCount: 9,
					promptTokensDetails: [
						{ modality: 'TEXT', tokenCount: 20 },
						{ modality: 'AUDIO', tokenCount: 40 },
						{ modality: 'IMAGE', tokenCount: 40 },
					],
					cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 30 }],
					candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
				},
			),
		),
		tokens: { prompt: 150, completion: 9 },
		answer: ({ usage }) =>
			expect(usage).toMatchObject({
				input: 70,
				cacheRead: 30,
				inputAudio: 10,
				inputImage: 40,
				output: 5,
				outputAudio: 4,
			}),
	},
	{
		name: 'log probabilities',
		json: json(
			answer({
				parts: [{ text: 'Hi' }],
				finish: 'STOP',
				more: {
					logprobsResult: {
						topCandidates: [
							{
								candidates: [
									{ token: 'Hi', logProbability: -0.1 },
									{ token: 'Yo', logProbability: -2 },
								],
							},
						],
						chosenCandidates: [{ token: 'Hi', tokenId: 7, logProbability: -0.1 }],
					},
				},
			}),
		),
		answer: ({ logprobs }) =>
			expect(logprobs).toEqual([
				{
					token: 'Hi',
					logprob: -0.1,
					top: [
						{ token: 'Hi', logprob: -0.1 },
						{ token: 'Yo', logprob: -2 },
					],
				},
			]),
	},
	{
		name: 'kinds of parts and reasons that nobody knows yet',
		json: json(
			answer({
				parts: [{ executableCode: { code: '1' } }, { hologram: {} }, { text: 'ok' }, { inlineData: {} }, null],
				finish: 'TIRED',
			}),
		),
		body: sse(answer({ parts: [{ hologram: {} }, { text: 'ok' }], finish: 'TIRED' })),
		answer: (response) =>
			expect(response).toMatchObject({
				content: [{ type: 'text', text: 'ok' }],
				finish: { kind: 'other', raw: 'TIRED' },
			}),
	},
	{
		name: 'a stream that ends before its finish reason',
		body: sse(answer({ parts: [{ text: 'Hal' }] })),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } }),
	},
	{
		name: 'an error in the middle',
		body: sse(answer({ parts: [{ text: 'Hal' }] }), {
			error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' },
		}),
		json: json([{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }]),
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'overloaded' } }),
	},
	{
		name: 'a slip of the model in place of a call',
		body: sse(answer({ finish: 'MALFORMED_FUNCTION_CALL', more: { finishMessage: 'print(x' } })),
		json: json(answer({ finish: 'MALFORMED_FUNCTION_CALL', more: { finishMessage: 'print(x' } })),
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({
				code: 'upstream_malformed',
				retryable: true,
				upstream: { failure: 'server', scope: 'model' },
			}),
	},
];

describeWire('the google-generate wire', googleGenerate, { finishMarker }, cases);

const KINDS: readonly (readonly [string, string])[] = [
	...['STOP'].map((raw) => [raw, 'stop'] as const),
	...['MAX_TOKENS'].map((raw) => [raw, 'length'] as const),
	...[
		'SAFETY',
		'RECITATION',
		'BLOCKLIST',
		'PROHIBITED_CONTENT',
		'SPII',
		'IMAGE_SAFETY',
		'IMAGE_PROHIBITED_CONTENT',
		'IMAGE_RECITATION',
		'MODEL_ARMOR',
		'LANGUAGE',
	].map((raw) => [raw, 'content-filter'] as const),
	...['NO_IMAGE', 'IMAGE_OTHER', 'OTHER', 'constructor'].map((raw) => [raw, 'other'] as const),
];

describe('the finish reason', () => {
	it.each(KINDS)('%s means %s', (raw, kind) => {
		const response = googleGenerate.fromResponse(json(answer({ parts: [{ text: 'x' }], finish: raw })), {});
		expect(response.finish).toEqual({ kind, raw });
	});

	it.each(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS'])(
		'%s is a failure',
		(raw) => {
			expect(() => googleGenerate.fromResponse(json(answer({ finish: raw })), {})).toThrow(raw);
		},
	);

	it('is a filter even after calls, and a stop where a whole answer states none', () => {
		const call = { functionCall: { name: 'f' } };
		const filtered = json(answer({ parts: [call], finish: 'SAFETY' }));
		expect(googleGenerate.fromResponse(filtered, {}).finish.kind).toBe('content-filter');
		expect(googleGenerate.fromResponse(json(answer({ parts: [{ text: 'x' }] })), {}).finish.kind).toBe('stop');
	});
});

describe('a whole answer', () => {
	it('may be the array of chunks that is streamed where `alt=sse` got lost', () => {
		const body = json([answer({ parts: [{ text: 'Hal' }] }), answer({ parts: [{ text: 'lo' }], finish: 'STOP' })]);
		expect(googleGenerate.fromResponse(body, {}).content).toEqual([{ type: 'text', text: 'Hallo' }]);
	});

	it.each(['[]', '[1]', '{}', '{"usageMetadata":{}}', 'null'])('is refused where it is none: %s', (body) => {
		expect(() => googleGenerate.fromResponse(body, {})).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});
});

describe('arguments that come value by value', () => {
	const fragment = (jsonPath: string, value: object, more?: boolean) => ({
		functionCall: {
			partialArgs: [{ jsonPath, ...value, ...(more && { willContinue: true }) }],
			willContinue: true,
		},
	});
	const streamed = (...parts: readonly unknown[]) =>
		collect(
			decodeBytes(
				googleGenerate,
				new TextEncoder().encode(sse(...parts.map((part) => answer({ parts: [part] })), answer({ finish: 'STOP' }))),
				64,
			),
		);
	const open = { functionCall: { name: 'cook', willContinue: true }, thoughtSignature: 'c2ln' };

	it('are put together by their paths', () => {
		const { content } = streamed(
			open,
			fragment('$.dish.name', { stringValue: 'Las' }, true),
			fragment('$.dish.name', { stringValue: 'agna' }, true),
			fragment('$.dish.name', { stringValue: '' }),
			fragment('$.dish.steps[0]', { stringValue: 'Boil' }),
			fragment('$.dish.steps[1].minutes', { numberValue: 12.5 }),
			fragment("$['dish'].vegan", { boolValue: false }),
			fragment('$["note"]', { nullValue: 'NULL_VALUE' }),
			{ functionCall: {} },
			{ text: 'Done.' },
		);
		expect(content.map((part) => part.type)).toEqual(['reasoning', 'tool-call', 'text']);
		const call = content[1];
		expect(call?.type === 'tool-call' && JSON.parse(call.arguments)).toEqual({
			dish: { name: 'Lasagna', steps: ['Boil', { minutes: 12.5 }], vegan: false },
			note: null,
		});
	});

	it('end with the next call, and with the answer', () => {
		const { content, finish } = streamed(open, fragment('$.a', { stringValue: 'x' }), {
			functionCall: { name: 'serve', willContinue: true },
		});
		expect(finish.kind).toBe('tool-calls');
		expect(content.filter((part) => part.type === 'tool-call').map((part) => part.arguments)).toEqual([
			'{"a":"x"}',
			'{}',
		]);
	});

	it('write nowhere but into themselves', () => {
		const { content } = streamed(
			open,
			fragment('$.__proto__.polluted', { stringValue: 'x' }),
			fragment('$.list[900000]', { stringValue: 'far' }),
			fragment('$.list[0]', { stringValue: 'near' }),
			fragment('$.list.name', { stringValue: 'no element' }),
			fragment('no path', { stringValue: 'x' }),
			fragment('$.a..b', { stringValue: 'x' }),
			fragment('$.empty', {}),
			{ functionCall: {} },
		);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(content[1]).toMatchObject({ arguments: '{"__proto__":{"polluted":"x"},"list":["near"]}' });
	});

	it('are nothing without a call that they belong to', () => {
		expect(streamed({ functionCall: {} }, fragment('$.a', { stringValue: 'x' })).content).toEqual([]);
	});
});

describe('sources', () => {
	const text = 'Zürich 🏔 lies in Switzerland. So it is.';
	const bytes = (part: string) => new TextEncoder().encode(part).length;
	const segment = {
		startIndex: bytes('Zürich 🏔 '),
		endIndex: bytes('Zürich 🏔 lies in Switzerland.'),
		text: 'lies in Switzerland.',
	};
	const web = { web: { uri: 'https://example.org/z', title: 'Z' } };
	const own = { retrievedContext: { title: 'notes.pdf', text: '…' } };
	const events = (more: object, parts: readonly unknown[] = [{ text }]) =>
		decodeFrames(googleGenerate, [
			{ event: '', data: JSON.stringify(answer({ parts, finish: 'STOP', more: { ...more } })) },
		]);
	const annotations = (more: object, parts?: readonly unknown[]) =>
		events(more, parts).flatMap((event) =>
			event.type === 'annotation' ? [{ index: event.index, ...event.annotation }] : [],
		);

	it('point at characters though the API counts bytes', () => {
		const groundingMetadata = {
			groundingChunks: [web, own],
			groundingSupports: [{ segment, groundingChunkIndices: [0, 1, 7] }],
		};
		const start = text.indexOf('lies');
		const end = text.indexOf(' So');
		expect(annotations({ groundingMetadata })).toEqual([
			{ index: 0, type: 'url-citation', url: 'https://example.org/z', title: 'Z', start, end },
			{ index: 0, type: 'file-citation', title: 'notes.pdf', raw: own, start, end },
		]);
	});

	it('are found by what they quote where text came in several parts', () => {
		const parts = [{ text: 'Well: ' }, { text, thoughtSignature: 'c2ln' }];
		const groundingMetadata = {
			groundingChunks: [web],
			groundingSupports: [{ segment: { ...segment, partIndex: 1 }, groundingChunkIndices: [0] }],
		};
		const [cited] = annotations({ groundingMetadata }, parts);
		expect(cited).toMatchObject({ index: 2, start: text.indexOf('lies'), end: text.indexOf(' So') });
	});

	it('have no place where none is stated or can be', () => {
		const supports = [{}, { endIndex: 100_000 }, { startIndex: 5, endIndex: 2 }].map((place) => ({
			segment: place,
			groundingChunkIndices: [0],
		}));
		const found = annotations({ groundingMetadata: { groundingChunks: [web], groundingSupports: supports } });
		expect(found).toHaveLength(3);
		for (const one of found) expect(one).not.toHaveProperty('start');
	});

	it('of verbatim quotes are kept too', () => {
		const citationMetadata = { citationSources: [{ endIndex: 7, uri: 'https://example.org/q', license: 'MIT' }] };
		expect(annotations({ citationMetadata })).toMatchObject([
			{ type: 'url-citation', url: 'https://example.org/q', start: 0, end: 6, raw: { license: 'MIT' } },
		]);
	});

	it('of an answer without text are left out', () => {
		const groundingMetadata = { groundingChunks: [web], groundingSupports: [{ segment, groundingChunkIndices: [0] }] };
		expect(annotations({ groundingMetadata }, [])).toEqual([]);
	});
});

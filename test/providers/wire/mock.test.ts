import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/language/request';
import { mock, mockEmbeddings } from '../../../src/providers/wire/mock';
import { describeWire } from '../../support/wire-contract';

const events = [
	{ type: 'start', id: 'mock-1', model: 'echo' },
	{ type: 'usage', usage: { input: 4 } },
	{ type: 'reasoning-delta', index: 0, text: 'Hm.' },
	{ type: 'reasoning-signature', index: 0, signature: 's' },
	{ type: 'reasoning-signature', index: 1, signature: 'r', redacted: true },
	{ type: 'text-delta', index: 2, text: 'Grüße 👋' },
	{ type: 'annotation', index: 2, annotation: { type: 'url-citation', url: 'https://example.com/' } },
	{ type: 'tool-call-start', index: 3, id: 'c1', name: 'weather' },
	{ type: 'tool-call-delta', index: 3, arguments: '{"a":1}' },
	{ type: 'usage', usage: { input: 4, output: 6, reasoning: 1 } },
	{ type: 'finish', finish: { kind: 'tool-calls', raw: 'tools' } },
];

const framed = (list: readonly object[]): string =>
	list.map((event) => `event: ${'type' in event ? event.type : ''}\ndata: ${JSON.stringify(event)}\n\n`).join('');

const failing = [...events.slice(0, 6), { type: 'error', error: { status: 529, message: 'Busy.' } }];

describeWire('mock', mock, { finishMarker: /"type":"finish"/ }, [
	{
		name: 'every kind of event',
		body: framed(events),
		json: JSON.stringify({ events }),
		tokens: { prompt: 4, completion: 7 },
		answer: (response) => {
			expect(response).toMatchObject({ id: 'mock-1', model: 'echo', finish: { kind: 'tool-calls', raw: 'tools' } });
			expect(response.content.map((part) => part.type)).toEqual(['reasoning', 'reasoning', 'text', 'tool-call']);
		},
	},
	{
		name: 'an error in the middle',
		body: framed(failing),
		json: JSON.stringify({ events: failing }),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { status: 529 } }),
	},
	{
		name: 'an error of no kind',
		body: framed([{ type: 'error', error: { message: 'Oops.' } }]),
		json: JSON.stringify({ error: { message: 'Oops.' } }),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_malformed', upstream: { failure: 'server' } }),
	},
	{
		name: 'events that break the grammar',
		body: framed([events[0] ?? {}, { type: 'tool-call-delta', index: 0, arguments: '{' }]),
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
	{
		name: 'a finish of no kind',
		body: framed([events[0] ?? {}, { type: 'finish', finish: { kind: 'tired' } }]),
		ends: 'error',
	},
]);

const target = {
	providerId: 'mock',
	model: 'echo',
	stream: true,
	quirks: {},
	traits: { maxOutput: null, reasoning: false, reasoningOptions: [], sampling: true, structuredOutput: true },
} as const;

describe('the mock wire', () => {
	const request: ChatRequest = {
		model: 'mock/echo',
		messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
		tools: [{ name: 't' }],
		toolChoice: 'auto',
		parallelToolCalls: false,
		responseFormat: { type: 'json' },
		maxTokens: 5,
		stop: ['x'],
		reasoning: { effort: 'low' },
		temperature: 0.5,
		tags: ['a'],
	};

	it('sends the canonical request to /chat, without what only the gateway reads', () => {
		const { path, body, warnings } = mock.toRequest(request, target);
		const { model: _, tags: __, ...rest } = request;
		expect(path).toBe('/chat');
		expect(JSON.parse(body)).toEqual({ ...rest, model: 'echo', stream: true });
		expect(warnings).toEqual([]);
	});

	it.each([
		[400, 'invalid_request'],
		[401, 'upstream_rejected'],
		[403, 'upstream_rejected'],
		[404, 'model_not_found'],
		[408, 'upstream_timeout'],
		[413, 'too_large'],
		[422, 'invalid_request'],
		[429, 'rate_limited'],
		[500, 'upstream_unavailable'],
		[503, 'upstream_unavailable'],
		[529, 'upstream_unavailable'],
	] as const)('reads %i as %s', (status, code) => {
		const body = JSON.stringify({ error: { status, message: 'Said so.' } });
		const error = mock.fromError(status, new Headers({ 'retry-after': '2' }), body);
		expect(error).toMatchObject({ code, upstream: { status } });
		if (code === 'rate_limited') expect(error.retryAfterMs).toBe(2000);
	});

	it('reads the limit and the count of a refusal for length', () => {
		const message = "This model's maximum context length is 100 tokens. However, your messages resulted in 120 tokens.";
		const error = mock.fromError(400, new Headers(), JSON.stringify({ error: { message } }));
		expect(error).toMatchObject({ code: 'context_too_long', upstream: { contextLimit: 100, promptTokens: 120 } });
	});
});

describe('the mock embedding wire', () => {
	it('sends inputs and dimensions to /embeddings', () => {
		const { path, body } = mockEmbeddings.toRequest(
			{ input: ['a', 'b'], dimensions: 8 },
			{ ...target, model: 'embed' },
		);
		expect(path).toBe('/embeddings');
		expect(JSON.parse(body)).toEqual({ model: 'embed', input: ['a', 'b'], dimensions: 8 });
	});

	it('takes exactly one vector of numbers for each input', () => {
		const answer = (embeddings: unknown) => JSON.stringify({ model: 'embed', embeddings, usage: { input: 3 } });
		expect(mockEmbeddings.fromResponse(answer([[1, 0]]), 1)).toMatchObject({
			embeddings: [[1, 0]],
			usage: { input: 3 },
		});
		const malformed = expect.objectContaining({ code: 'upstream_malformed' });
		for (const embeddings of [[], [[1], [2]], [['x']], undefined]) {
			expect(() => mockEmbeddings.fromResponse(answer(embeddings), 1)).toThrow(malformed);
		}
	});
});

import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/language/message';
import { completionTokens, promptTokens } from '../../../src/language/usage';
import { MOCK_MODELS, mockUpstream } from '../../../src/providers/builtin/mock-upstream';
import { cutShort } from '../../../src/providers/wire/failure';
import { mock } from '../../../src/providers/wire/mock';
import { answered, both, script, send, streamed, textOf, user } from '../../fixtures/mock/conversation';
import { virtualTime } from '../../support/virtual-time';

const weather = {
	name: 'weather',
	parameters: {
		type: 'object',
		properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'] } },
		required: ['city', 'unit'],
	},
};
const now = { name: 'now' };

const refusal = (work: Promise<unknown>) =>
	work.then(
		() => 'was not refused',
		(thrown: unknown) => thrown,
	);

const result = (callId: string, text: string): Message => ({ role: 'tool', callId, content: [{ type: 'text', text }] });

describe('mock/echo', () => {
	it('answers with the last user text, the same whole and streamed', async () => {
		const messages = [
			user('first'),
			{ role: 'assistant', content: [] } as Message,
			user('Grüße,  Welt!\n\nBis bald. '),
		];
		const [whole, folded] = await both('echo', { messages });
		expect(textOf(whole)).toBe('Grüße,  Welt!\n\nBis bald. ');
		expect(whole).toMatchObject({ model: 'echo', finish: { kind: 'stop' } });
		expect({ ...folded, id: '' }).toEqual({ ...whole, id: '' });
	});

	it('streams word by word, counting as it goes', async () => {
		const events = await streamed('echo', { messages: [user('one two three')] });
		const words = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
		expect(words).toEqual(['one', ' two', ' three']);
		expect(events.map((event) => event.type).slice(0, 2)).toEqual(['start', 'usage']);
		const usages = events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
		expect(usages.map((usage) => [promptTokens(usage), completionTokens(usage)])).toEqual([
			[3, 0],
			[3, 3],
		]);
	});

	it('is deterministic, its id included', async () => {
		expect(await answered('echo')).toEqual(await answered('echo'));
	});

	it('says so where there is no text to echo', async () => {
		expect(textOf(await answered('echo', { messages: [user('')] }))).toContain('there was none');
	});

	it('honours maxTokens', async () => {
		const [whole, folded] = await both('echo', { messages: [user('one two three')], maxTokens: 2 });
		expect(textOf(whole)).toBe('one two');
		expect(whole.finish).toEqual({ kind: 'length', raw: 'max_tokens' });
		expect(whole.usage && completionTokens(whole.usage)).toBe(2);
		expect(folded.content).toEqual(whole.content);
		expect((await answered('echo', { messages: [user('one two')], maxTokens: 2 })).finish.kind).toBe('stop');
		expect((await answered('echo', { maxTokens: 0 })).content).toEqual([]);
	});

	it('answers with no more than its largest output, however long the text', async () => {
		const long = await answered('echo', { messages: [user('word '.repeat(20_000))], maxTokens: 1_000_000 });
		expect(long).toMatchObject({ finish: { kind: 'length' }, usage: { input: 20_001, output: 16_384 } });
	});

	it('honours stop sequences, the earliest one, without the sequence itself', async () => {
		const { content, finish } = await answered('echo', { messages: [user('a b c d')], stop: ['d', 'b c', ''] });
		expect(content).toEqual([{ type: 'text', text: 'a ' }]);
		expect(finish).toEqual({ kind: 'stop', raw: 'stop_sequence' });
	});

	it('calls a tool where one is forced, and refuses to where there is none', async () => {
		const named = await answered('echo', { tools: [now, weather], toolChoice: { name: 'weather' } });
		expect(named.content).toMatchObject([{ name: 'weather', arguments: '{"city":"city","unit":"C"}' }]);
		expect(named.finish.kind).toBe('tool-calls');
		expect((await answered('echo', { tools: [now, weather], toolChoice: 'required' })).content).toMatchObject([
			{ name: 'now', arguments: '{}' },
		]);
		expect(textOf(await answered('echo', { tools: [now] }))).toBe('Hello there, world');
		expect(await refusal(answered('echo', { toolChoice: 'required' }))).toMatchObject({ code: 'invalid_request' });
	});

	it('answers in the format asked for', async () => {
		const responseFormat = { type: 'json-schema', name: 'w', schema: weather.parameters } as const;
		expect(textOf(await answered('echo', { responseFormat }))).toBe('{"city":"city","unit":"C"}');
		expect(textOf(await answered('echo', { responseFormat: { type: 'json' } }))).toBe('{"echo":"Hello there, world"}');
	});
});

describe('mock/tools', () => {
	it('calls every tool offered, or one where they may not run side by side', async () => {
		const [whole, folded] = await both('tools', { tools: [weather, now] });
		expect(whole.content).toMatchObject([{ name: 'weather' }, { name: 'now', arguments: '{}' }]);
		expect(new Set(whole.content.map((part) => 'id' in part && part.id)).size).toBe(2);
		expect(folded.content.map((part) => part.type)).toEqual(['tool-call', 'tool-call']);
		const one = await answered('tools', { tools: [weather, now], parallelToolCalls: false });
		expect(one.content).toMatchObject([{ name: 'weather' }]);
	});

	it('answers with the results once they are there, and calls again after a new question', async () => {
		const first = await answered('tools', { tools: [weather, now] });
		const ids = first.content.map((part) => (part.type === 'tool-call' ? part.id : ''));
		const messages: Message[] = [
			user('Weather?'),
			{ role: 'assistant', content: first.content },
			result(ids[0] ?? '', '20 °C'),
			{ ...result(ids[1] ?? '', 'no clock'), isError: true } as Message,
		];
		const second = await answered('tools', { tools: [weather, now], messages });
		expect(textOf(second)).toBe('weather returned 20 °C\nnow failed with no clock');
		expect(second.finish.kind).toBe('stop');
		const third = await answered('tools', { tools: [now], messages: [...messages, user('Again?')] });
		expect(third.finish.kind).toBe('tool-calls');
	});

	it('answers in text where no tool is offered or none may be called', async () => {
		expect((await answered('tools')).finish.kind).toBe('stop');
		expect((await answered('tools', { tools: [now], toolChoice: 'none' })).finish.kind).toBe('stop');
	});

	it('leaves arguments unfinished where maxTokens ends inside them', async () => {
		const cut = await answered('tools', { tools: [weather], maxTokens: 1 });
		expect(cut.finish.kind).toBe('length');
		expect(cut.content).toMatchObject([{ arguments: '{"city":"city","' }]);
	});
});

describe('mock/reasoning and mock/json', () => {
	it('reasons, signs and then answers, each token counted once', async () => {
		const [whole, folded] = await both('reasoning');
		expect(whole.content).toMatchObject([
			{ type: 'reasoning', signature: expect.stringMatching(/^mock-[0-9a-f]{16}$/) },
			{ type: 'text', text: 'Hello there, world' },
		]);
		expect(whole.usage).toMatchObject({ output: 3, reasoning: expect.any(Number) });
		expect(whole.usage?.reasoning).toBeGreaterThan(3);
		expect(folded.content).toEqual(whole.content);
		expect((await answered('reasoning', { reasoning: { effort: 'none' } })).content).toHaveLength(1);
	});

	it('gives an instance of the schema, or an empty object', async () => {
		const responseFormat = { type: 'json-schema', name: 'w', schema: weather.parameters } as const;
		expect(JSON.parse(textOf(await answered('json', { responseFormat })))).toEqual({ city: 'city', unit: 'C' });
		expect(textOf(await answered('json'))).toBe('{}');
	});
});

describe('mock/script', () => {
	it('performs its steps in order, each as one delta', async () => {
		const messages = [
			script(
				{ reasoning: 'Let me see. ' },
				{ signature: 'sig' },
				{ text: 'It is ' },
				{ text: 'fine.' },
				{ annotation: { type: 'url-citation', url: 'https://example.com/' } },
				{ toolCall: { id: 'c1', name: 'weather', arguments: ['{"city":', '"Rome"}'] } },
				{ toolCall: { name: 'now', arguments: { utc: true } } },
				{ signature: 'opaque', redacted: true },
				{ refusal: 'No more.' },
				{ usage: { input: 10, cacheRead: 90, output: 5 } },
				{ finish: { kind: 'content-filter', raw: 'refusal' } },
			),
		];
		const events = await streamed('script', { messages });
		expect(events.map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type))).toEqual([
			'start',
			'reasoning-delta 0',
			'reasoning-signature 0',
			'text-delta 1',
			'text-delta 1',
			'annotation 1',
			'tool-call-start 2',
			'tool-call-delta 2',
			'tool-call-delta 2',
			'tool-call-start 3',
			'tool-call-delta 3',
			'reasoning-signature 4',
			'refusal-delta 5',
			'usage',
			'finish',
		]);
		expect(await answered('script', { messages })).toMatchObject({
			usage: { input: 10, cacheRead: 90, output: 5 },
			finish: { kind: 'content-filter', raw: 'refusal' },
		});
	});

	it('finishes by itself, and reports no usage where the script says null', async () => {
		expect((await answered('script', { messages: [script({ text: 'Hi' })] })).finish.kind).toBe('stop');
		const call = [script({ toolCall: { name: 'f' } }, { usage: null })];
		expect(await answered('script', { messages: call })).toMatchObject({ finish: { kind: 'tool-calls' }, usage: null });
	});

	it('fails inside the answer as told', async () => {
		const last = async (...steps: object[]) => (await streamed('script', { messages: [script(...steps)] })).at(-1);
		expect(await last({ text: 'a' }, { cut: true })).toMatchObject({ error: { code: cutShort().code } });
		expect(await last({ text: 'a' }, { error: { status: 429 } })).toMatchObject({ error: { code: 'rate_limited' } });
		expect(await last({ text: 'a' }, { error: {} })).toMatchObject({ error: { code: 'upstream_malformed' } });
		expect(await last({ raw: 'data: {"type"\n\n' })).toMatchObject({ error: { code: 'upstream_malformed' } });
		await expect(last({ text: 'a' }, { reset: true })).rejects.toThrow('reset');
	});

	it('answers with an HTTP error as told', async () => {
		const messages = [script({ status: 429, message: 'Not now.', retryAfter: 3 })];
		expect(await refusal(answered('script', { messages }))).toMatchObject({ code: 'rate_limited', retryAfterMs: 3000 });
	});

	it.each([
		['Hello', 'not a JSON list'],
		['[]', 'script'],
		['[{"text":"a"},{"shout":"b"}]', 'step 1'],
		['[{"text":"a","cut":true}]', 'step 0'],
		['[{}]', 'step 0 does nothing'],
		['[{"text":"a"},{"toolCall":{"name":7}}]', 'step 1 (toolCall.name)'],
		['[{"delayMs":-1}]', 'step 0 (delayMs)'],
		['[{"text":"a"},{"status":500}]', 'step 1'],
	])('refuses %s, naming the step', async (text, said) => {
		const error = await refusal(answered('script', { messages: [user(text)] }));
		expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining(said) });
	});

	it('waits for nothing more once the reader is gone', async () => {
		const time = virtualTime();
		const messages = [script({ delayMs: 1000 }, { delayMs: 1000 }, { text: 'late' })];
		const response = await send('script', { messages }, { stream: true, time });
		const reader = response.body?.getReader();
		await reader?.read();
		await reader?.read();
		const waiting = reader?.read();
		await time.advance(1);
		await reader?.cancel();
		expect(await waiting).toMatchObject({ done: true });
		await time.advance(1);
		expect(time.pending()).toBe(0);
	});

	it('waits as long as the script says', async () => {
		const time = virtualTime();
		const messages = [script({ delayMs: 1000 }, { text: 'late', delayMs: 500 })];
		let done = false;
		const work = send('script', { messages }, { time })
			.then((response) => response.text())
			.then(() => {
				done = true;
			});
		await time.advance(1499);
		expect(done).toBe(false);
		await time.advance(1);
		await work;
	});
});

describe('mock/slow', () => {
	it('sends its first token after half a second and 25 a second from then on', async () => {
		const time = virtualTime();
		const response = await send('slow', { messages: [user('one two three')] }, { stream: true, time });
		const at: [number, string][] = [];
		const reading = (async () => {
			const decoder = new TextDecoder();
			for await (const bytes of response.body ?? []) {
				const word = /"text":"(.*?)"/.exec(decoder.decode(bytes))?.[1];
				if (word) at.push([time.now() - virtualTime().now(), word]);
			}
		})();
		await time.advance(2000);
		await reading;
		expect(at).toEqual([
			[500, 'one'],
			[540, ' two'],
			[580, ' three'],
		]);
	});

	it('stops its clock when the reader cancels', async () => {
		const time = virtualTime();
		const response = await send('slow', {}, { stream: true, time });
		const reader = response.body?.getReader();
		await reader?.read();
		await reader?.read();
		const waiting = reader?.read();
		await time.advance(100);
		expect(time.pending()).toBe(1);
		await reader?.cancel();
		expect(await waiting).toMatchObject({ done: true });
		expect(time.pending()).toBe(0);
	});

	it('breaks off with the reason when the signal aborts', async () => {
		const time = virtualTime();
		const leave = new AbortController();
		const response = await send('slow', {}, { stream: true, time, signal: leave.signal });
		const body = response.text();
		await time.advance(520);
		leave.abort(new Error('gone'));
		await expect(body).rejects.toThrow('gone');
		expect(time.pending()).toBe(0);
	});
});

describe('mock/fail-…', () => {
	it.each([
		['fail-400', 'invalid_request'],
		['fail-401', 'upstream_rejected'],
		['fail-403', 'upstream_rejected'],
		['fail-404', 'model_not_found'],
		['fail-408', 'upstream_timeout'],
		['fail-413', 'too_large'],
		['fail-422', 'invalid_request'],
		['fail-429', 'rate_limited'],
		['fail-500', 'upstream_unavailable'],
		['fail-503', 'upstream_unavailable'],
		['fail-529', 'upstream_unavailable'],
	])('%s looks like a real %s', async (model, code) => {
		const response = await send(model, {});
		expect(response.status).toBe(Number(model.slice(5)));
		const error = mock.fromError(response.status, response.headers, await response.text());
		expect(error).toMatchObject({ code, upstream: { status: response.status } });
		if (model === 'fail-429') expect(error.retryAfterMs).toBe(1000);
	});

	it('fail-timeout never answers, until the caller gives up', async () => {
		const leave = new AbortController();
		let settled = false;
		const work = send('fail-timeout', {}, { signal: leave.signal }).finally(() => {
			settled = true;
		});
		await virtualTime().advance(1);
		expect(settled).toBe(false);
		leave.abort(new Error('waited long enough'));
		await expect(work).rejects.toThrow('waited long enough');
	});

	it('fail-cut ends after half an answer, streamed and whole', async () => {
		const events = await streamed('fail-cut', { messages: [user('one two three four')] });
		const words = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
		expect(words).toEqual(['one', ' two']);
		expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: cutShort().code } });
		expect(await refusal(answered('fail-cut'))).toMatchObject({ code: 'upstream_malformed' });
	});

	it('fail-midstream reports an overload after half an answer', async () => {
		const events = await streamed('fail-midstream');
		expect(events.some((event) => event.type === 'text-delta')).toBe(true);
		expect(events.at(-1)).toMatchObject({ error: { code: 'upstream_unavailable', upstream: { status: 529 } } });
		expect(await refusal(answered('fail-midstream'))).toMatchObject({ upstream: { status: 529 } });
	});

	it('fail-malformed sends a web page with 200', async () => {
		const response = await send('fail-malformed', {});
		expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
		expect(await refusal(answered('fail-malformed'))).toMatchObject({ code: 'upstream_malformed' });
	});

	it('fail-reset breaks before any content', async () => {
		const response = await send('fail-reset', {}, { stream: true });
		await expect(response.text()).rejects.toThrow('reset');
	});
});

describe('the mock upstream', () => {
	const get = (url: string, body?: string, signal = new AbortController().signal) =>
		mockUpstream({ url, headers: {}, signal, ...(body !== undefined && { body }) }, virtualTime());

	it('lists its models, every one of which answers', async () => {
		const list: { data: { id: string }[] } = await (await get('mock:/models')).json();
		expect(list.data.map((model) => model.id)).toEqual(MOCK_MODELS);
		const chats = MOCK_MODELS.filter((model) => !model.startsWith('fail-') && model !== 'embed' && model !== 'slow');
		for (const model of chats) {
			const messages = model === 'script' ? [script({ text: 'Hi' })] : [user('Hi')];
			expect((await answered(model, { messages })).finish.kind).toBe('stop');
		}
	});

	it('knows no other model and no other path', async () => {
		expect(await refusal(answered('gpt'))).toMatchObject({ code: 'model_not_found' });
		expect(await refusal(answered('fail-418'))).toMatchObject({ code: 'model_not_found' });
		expect((await get('mock:/completions', '{}')).status).toBe(404);
	});

	it('refuses a body that can not be read', async () => {
		expect((await get('mock:/chat', 'no')).status).toBe(400);
		expect((await get('mock:/chat', '{"model":7}')).status).toBe(404);
	});

	it('does not begin once the caller is gone', async () => {
		await expect(get('mock:/models', undefined, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
	});

	it('embeds, and refuses chat models, dimensions out of range and failures by name', async () => {
		const post = (body: object) => get('mock:/embeddings', JSON.stringify(body));
		const answer: { embeddings: number[][]; usage: object } = await (
			await post({ model: 'embed', input: ['a b', 'c'] })
		).json();
		expect(answer.embeddings.map((vector) => vector.length)).toEqual([256, 256]);
		expect(answer.usage).toEqual({ input: 3 });
		expect((await post({ model: 'echo', input: ['a'] })).status).toBe(404);
		expect((await post({ model: 'embed', input: ['a'], dimensions: 0 })).status).toBe(400);
		expect((await post({ model: 'fail-503', input: ['a'] })).status).toBe(503);
	});
});

import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSwitchyardError } from '../../src/client';
import { recordings } from '../support/node/recordings';
import { type DevWorker, startDev } from '../support/node/worker';
import { dataOf, hello, newRequestId, openSession, post, type Session, sdkOf, usageOf } from './session';

let session: Session<DevWorker>;

beforeAll(async () => {
	session = await openSession(startDev, { LLM_USAGE_FLUSH_MS: '500' });
}, 90_000);

afterAll(() => session.close());

const user = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];

/** The whole answer of a stream, as the SDK itself folds it. */
async function folded(openai: OpenAI, model: string, requestId: string): Promise<OpenAI.ChatCompletion> {
	const stream = openai.chat.completions.stream(
		{ model, messages: user('Hello'), stream_options: { include_usage: true } },
		{ headers: { 'x-request-id': requestId } },
	);
	return stream.finalChatCompletion();
}

describe('the official OpenAI SDK', () => {
	it('gets a text, and its tokens and cost are in D1', async () => {
		const requestId = newRequestId();
		const { data, response } = await session.openai.chat.completions
			.create({ model: 'openai/gpt-4o-mini', messages: user('Hello') }, { headers: { 'x-request-id': requestId } })
			.withResponse();
		expect(data.choices[0]?.message.content).toBe('Three switches, one yard.');
		expect(data.choices[0]?.finish_reason).toBe('stop');
		expect(data.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 7, total_tokens: 19, cost: 0.000006 });
		expect(response.headers.get('x-switchyard-provider')).toBe('openai');
		expect(response.headers.get('x-switchyard-cost-usd')).toBe('0.000006');
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({
			state: 'settled',
			operation: 'chat',
			stream: 0,
			provider: 'openai',
			model: 'gpt-4o-mini',
			prompt_tokens: 12,
			completion_tokens: 7,
			usage_source: 'reported',
			cost_nano_usd: 6_000,
			http_status: 200,
		});
	});

	it('streams a text, and the last chunk carries usage and cost', async () => {
		const requestId = newRequestId();
		const stream = await session.openai.chat.completions.create(
			{ model: 'gpt-4o-mini', messages: user('Hello'), stream: true, stream_options: { include_usage: true } },
			{ headers: { 'x-request-id': requestId } },
		);
		let text = '';
		let usage: OpenAI.CompletionUsage | null | undefined;
		for await (const chunk of stream) {
			text += chunk.choices[0]?.delta.content ?? '';
			usage = chunk.usage ?? usage;
		}
		expect(text).toBe('Three switches, one — yard. 🚆');
		expect(usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 9, cost: 0.0000072 });
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ state: 'settled', stream: 1, completion_tokens: 9, cost_nano_usd: 7_200 });
	});

	it('gets parallel tool calls, whole and streamed', async () => {
		const calls = [
			{ id: 'call_a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
			{ id: 'call_b', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
		];
		const whole = await session.openai.chat.completions.create({
			model: 'openai/gpt-4o',
			messages: user('Weather in Paris and Oslo?'),
			tools: [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }],
		});
		expect(whole.choices[0]?.message.tool_calls).toEqual(calls);
		expect(whole.choices[0]?.finish_reason).toBe('tool_calls');
		const streamed = await folded(session.openai, 'openai/gpt-4o', newRequestId());
		expect(streamed.choices[0]?.message.tool_calls).toMatchObject(calls);
		expect(streamed.choices[0]?.finish_reason).toBe('tool_calls');
	});

	it("gets another provider's tool calls in the same shape", async () => {
		const requestId = newRequestId();
		const answer = await folded(session.openai, 'anthropic/claude-sonnet-4-5', requestId);
		expect(answer.choices[0]?.message.content).toBe('Looking.');
		expect(answer.choices[0]?.message.tool_calls).toMatchObject([
			{ id: 'toolu_a', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
			{ id: 'toolu_b', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
		]);
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ provider: 'anthropic', model: 'claude-sonnet-4-5', prompt_tokens: 423 });
		expect(row?.cost_nano_usd).toBe(423 * 3_000 + 202 * 15_000);
	});

	it('sees the tokens spent on reasoning, and D1 holds them apart', async () => {
		const requestId = newRequestId();
		const answer = await folded(session.openai, 'openai/gpt-5-nano', requestId);
		expect(answer.choices[0]?.message.content).toBe('42.');
		expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(320);
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ completion_tokens: 377, reasoning_tokens: 320, cost_nano_usd: 8 * 50 + 377 * 400 });
	});

	it('embeds, in floats and in the base64 it asks for by itself', async () => {
		const requestId = newRequestId();
		const expected = [
			[0.125, -0.5, 0.25, 1],
			[0.5, 0.0625, -0.25, -1],
		];
		const input = ['one', 'two'];
		const floats = await session.openai.embeddings.create(
			{ model: 'openai/text-embedding-3-small', input, encoding_format: 'float' },
			{ headers: { 'x-request-id': requestId } },
		);
		expect(floats.data.map((each) => each.embedding)).toEqual(expected);
		const base64 = await session.openai.embeddings.create({ model: 'openai/text-embedding-3-small', input });
		expect(base64.data.map((each) => Array.from(each.embedding))).toEqual(expected);
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ operation: 'embedding', prompt_tokens: 9, cost_nano_usd: 180 });
	});

	it('lists models of configured providers and no others', async () => {
		const ids: string[] = [];
		for await (const model of session.openai.models.list()) ids.push(model.id);
		expect(ids).toEqual(expect.arrayContaining(['mock/echo', 'openai/gpt-4o-mini', 'anthropic/claude-haiku-4-5']));
		expect(ids.filter((id) => id.startsWith('groq/'))).toEqual([]);
	});

	it('throws its own error classes for what the gateway refuses', async () => {
		const ask = (model: string) => session.openai.chat.completions.create({ model, messages: user('Hello') });
		await expect(ask('no-such-model')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
		await expect(ask('openai/fail-429')).rejects.toMatchObject({ status: 429, code: 'rate_limited' });
		await expect(sdkOf(session.worker.origin, 'sy_unknown00000_x').models.list()).rejects.toBeInstanceOf(
			OpenAI.AuthenticationError,
		);
	});
});

const recordedHere = recordings.filter(({ door }) => door === 'openai');

describe.runIf(recordedHere.length > 0)('recorded answers', () => {
	it.each(recordedHere)('reach the SDK through Switchyard as they are without it ($model)', async (each) => {
		const ask = async (openai: OpenAI, model: string) => {
			const answer = each.stream
				? await folded(openai, model, newRequestId())
				: await openai.chat.completions.create({ model, messages: user('Hello') });
			const message = answer.choices[0]?.message;
			return {
				content: message?.content ?? null,
				calls: message?.tool_calls?.map((call) => ({ id: call.id, ...('function' in call && call.function) })) ?? [],
				finish: answer.choices[0]?.finish_reason,
				tokens: answer.usage ? [answer.usage.prompt_tokens, answer.usage.completion_tokens] : null,
			};
		};
		const direct = await ask(sdkOf(session.upstream.origin, 'none'), each.model);
		expect(await ask(session.openai, `openai/${each.model}`)).toEqual(direct);
	});
});

describe('the typed client', () => {
	it('chats, with usage, cost and who answered', async () => {
		const requestId = newRequestId();
		const answer = await session.client.chat(
			{ model: 'anthropic/claude-haiku-4-5', messages: [{ role: 'user', content: 'Hello' }] },
			{ requestId, run: 'run-7' },
		);
		expect(answer.text).toBe('One yard, many tracks.');
		expect(answer.meta).toMatchObject({ provider: 'anthropic', attempts: 1, costUsd: '0.0000604' });
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ run_id: 'run-7', cache_read_tokens: 4, cost_nano_usd: 60_400 });
	});

	it('streams reasoning and text as typed events that fold into the answer', async () => {
		const stream = session.client.stream({
			model: 'anthropic/claude-opus-4-5',
			messages: [{ role: 'user', content: 'Six times seven?' }],
			reasoning: { budgetTokens: 1_024 },
		});
		const kinds = new Set<string>();
		for await (const event of stream) kinds.add(event.type);
		expect([...kinds]).toEqual(
			expect.arrayContaining([
				'meta',
				'start',
				'reasoning-delta',
				'reasoning-signature',
				'text-delta',
				'usage',
				'finish',
			]),
		);
		const answer = await stream.final();
		expect(answer.content).toMatchObject([
			{ type: 'reasoning', text: 'Six times seven.', signature: 'c2lnbmF0dXJl' },
			{ type: 'text', text: '42.' },
		]);
	});

	it('embeds', async () => {
		const answer = await session.client.embed({ model: 'openai/text-embedding-3-small', input: 'one' });
		expect(answer.embeddings).toEqual([[0.125, -0.5, 0.25, 1]]);
	});

	it('throws typed errors, before and in the middle of a stream', async () => {
		const ask = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'Hello' }] });
		const before = await session.client.chat(ask('openai/fail-400')).catch((error: unknown) => error);
		expect(isSwitchyardError(before) && before.data.gateway).toMatchObject({ code: 'invalid_request' });
		const midway = await session.client
			.stream(ask('openai/fail-error-event'))
			.final()
			.catch((error: unknown) => error);
		expect(isSwitchyardError(midway) && midway.data.gateway.code).toMatch(/^upstream_/);
	});

	it('ends the upstream call when the caller leaves, and the call is accounted for', async () => {
		const requestId = newRequestId();
		const stream = session.client.stream(
			{ model: 'openai/endless', messages: [{ role: 'user', content: 'Hello' }] },
			{ requestId },
		);
		for await (const event of stream) if (event.type === 'text-delta') break;
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ error_code: 'aborted', model: 'endless' });
		expect(session.upstream.of('endless').at(-1)?.clientLeft).toBe(true);
	});
});

describe('plain fetch', () => {
	it('reads server-sent events that end with [DONE], however the upstream cuts its bytes', async () => {
		const response = await post(session.worker, hello('openai/drip', { stream: true }));
		expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
		const data = await dataOf(response);
		expect(data.at(-1)).toBe('[DONE]');
		const text = data
			.slice(0, -1)
			.map((each) => (JSON.parse(each) as OpenAI.ChatCompletionChunk).choices[0]?.delta.content ?? '');
		expect(text.join('')).toBe('Three switches, one — yard. 🚆');
	});

	it('sends the first chunk on while the upstream still writes', async () => {
		const leaving = new AbortController();
		const response = await post(session.worker, hello('openai/endless', { stream: true }), { signal: leaving.signal });
		let text = '';
		for await (const bytes of response.body ?? []) {
			text += new TextDecoder().decode(bytes);
			if (text.includes('and on')) break;
		}
		expect(text).toContain('So far');
		leaving.abort();
	});

	it("sends the provider its own key and nothing of the caller's", async () => {
		await post(session.worker, hello('openai/gpt-4.1-mini'), { headers: { 'x-secret': 'mine', cookie: 'a=b' } });
		const call = session.upstream.of('gpt-4.1-mini').at(-1);
		expect(call?.headers.authorization).toBe('Bearer sk-upstream-openai');
		expect(JSON.stringify(call?.headers)).not.toMatch(/mine|a=b|sy_/);
	});
});

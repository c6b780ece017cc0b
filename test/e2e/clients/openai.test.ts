/** OpenAI's own SDK in front of the running Worker, other providers' protocols behind it. */
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { VECTORS } from '../../support/node/replay/embeddings';
import { MODELS, newRequestId, openReplay, type ReplaySession, sdkOf, usageOf } from '../session';

let session: ReplaySession;
let openai: OpenAI;

beforeAll(async () => {
	session = await openReplay();
	openai = sdkOf(session.worker.origin, session.worker.key);
}, 90_000);

afterAll(() => session.close());

type Messages = OpenAI.ChatCompletionMessageParam[];

const user = (scenario: string): Messages => [{ role: 'user', content: `scenario:${scenario}` }];
const numbered = (): { headers: { 'x-request-id': string } } => ({ headers: { 'x-request-id': newRequestId() } });

/** Notes which cities it was asked for. */
function weatherTool() {
	const asked: string[] = [];
	const tool = zodFunction({
		name: 'get_weather',
		description: 'The weather of a city',
		parameters: z.object({ city: z.string() }),
		function: ({ city }) => {
			asked.push(city);
			return `${city} has 21 degrees`;
		},
	});
	return { asked, tool };
}

const SAID = 'The tools said: Paris has 21 degrees; Oslo has 21 degrees.';
describe.each(Object.values(MODELS))('chat completions of %s', (model) => {
	it('runs a loop of tools, call after call, to the answer made of their results', async () => {
		const { asked, tool } = weatherTool();
		const runner = openai.chat.completions.runTools({ model, messages: user('long-loop'), tools: [tool] });
		expect(await runner.finalContent()).toBe(SAID);
		expect(asked).toEqual(['Paris', 'Oslo']);
		expect(await runner.totalUsage()).toMatchObject({ prompt_tokens: 33, completion_tokens: 21 });
		expect(session.upstream.complaints()).toEqual([]);
	});

	it('runs parallel calls of a streamed loop, and each result reaches its call', async () => {
		const { asked, tool } = weatherTool();
		const runner = openai.chat.completions.runTools({
			model,
			messages: user('parallel-loop'),
			tools: [tool],
			stream: true,
		});
		let streamed = '';
		runner.on('content', (delta) => {
			streamed += delta;
		});
		expect(await runner.finalContent()).toBe(SAID);
		expect(streamed).toBe(`Looking.${SAID}`);
		expect(asked).toEqual(['Paris', 'Oslo']);
		expect(session.upstream.complaints()).toEqual([]);
	});

	it('parses structured output by its schema, whole and streamed', async () => {
		const format = zodResponseFormat(z.object({ answer: z.int() }), 'answer');
		const asked = { model, messages: user('json-schema'), response_format: format };
		const whole = await openai.chat.completions.parse(asked);
		expect(whole.choices[0]?.message.parsed).toEqual({ answer: 42 });
		const streamed = await openai.chat.completions.stream(asked).finalChatCompletion();
		expect(streamed.choices[0]?.message.parsed).toEqual({ answer: 42 });
		expect(session.upstream.complaints()).toEqual([]);
	});
});

const DECLARED: OpenAI.ChatCompletionTool[] = [
	{
		type: 'function',
		function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
	},
];

describe('chat completions', () => {
	it.each([
		[MODELS.responses, '"encrypted_content":"sealed"'],
		[MODELS.anthropic, '{"type":"thinking","thinking":"A tool knows.","signature":"c2lnbmVk"}'],
		[MODELS.google, '"args":{"city":"Paris"}},"thoughtSignature":"c2ln"}'],
		[MODELS.gemini3, '"args":{"city":"Paris"}},"thoughtSignature":"c2ln"}'],
		[MODELS.bedrock, '"reasoningText":{"text":"A tool knows.","signature":"c2ln"}'],
	])(
		'of %s keep the signature of its reasoning where the message is handed back, streamed too',
		async (model, proof) => {
			const asked = { model, tools: DECLARED, reasoning_effort: 'high' as const };
			for (const streamed of [false, true]) {
				const messages = user('thinking-loop');
				session.upstream.calls();
				const first = streamed
					? await openai.chat.completions.stream({ ...asked, messages }).finalChatCompletion()
					: await openai.chat.completions.create({ ...asked, messages });
				const message = first.choices[0]?.message;
				if (message) messages.push(message);
				for (const call of message?.tool_calls ?? [])
					messages.push({ role: 'tool', tool_call_id: call.id, content: '21 degrees' });
				const second = await openai.chat.completions.create({ ...asked, messages });
				expect(second.choices[0]?.message.content).toBe('The tools said: 21 degrees.');
				expect(session.upstream.calls().at(-1)?.text).toContain(proof);
			}
			expect(session.upstream.complaints()).toEqual([]);
		},
	);

	it("go on where the SDK's own loop drops the reasoning: what the provider would refuse is not sent", async () => {
		const rest = { messages: user('thinking-loop'), reasoning_effort: 'high' as const };
		const second = async (model: string): Promise<string> => {
			session.upstream.calls();
			const runner = openai.chat.completions.runTools({ ...rest, model, tools: [weatherTool().tool] });
			expect(await runner.finalContent()).toBe('The tools said: Paris has 21 degrees.');
			return session.upstream.calls().at(-1)?.text ?? '';
		};
		expect(await second(MODELS.anthropic)).not.toContain('"thinking":');
		expect(await second(MODELS.gemini3)).toContain('"thoughtSignature":"skip_thought_signature_validator"');
	});

	it('account for every turn of a loop, with tokens and cost', async () => {
		const { tool } = weatherTool();
		const options = numbered();
		const runner = openai.chat.completions.runTools(
			{ model: MODELS.anthropic, messages: user('loop'), tools: [tool], stream: true },
			options,
		);
		await runner.done();
		const rows = await usageOf(session.worker, options.headers['x-request-id'], 2);
		for (const row of rows)
			expect(row).toMatchObject({
				state: 'settled',
				provider: 'anthropic',
				stream: 1,
				prompt_tokens: 11,
				completion_tokens: 7,
				usage_source: 'reported',
				cost_nano_usd: 11 * 1_000 + 7 * 5_000,
			});
		expect(rows.map((row) => row.finish_reason)).toEqual(['tool-calls', 'stop']);
	});
});

const EMBEDDINGS = [
	'openai/text-embedding-3-small',
	'google/gemini-embedding-001',
	'bedrock/amazon.titan-embed-text-v2:0',
	'cohere/embed-v4.0',
	'ollama/nomic-embed-text',
	'huggingface/BAAI/bge-m3',
];

describe('embeddings', () => {
	it.each(EMBEDDINGS)('of %s come in the order of their texts, in the base64 that the SDK asks for', async (model) => {
		const input = ['scenario:embeddings first', 'scenario:embeddings second'];
		const { data } = await openai.embeddings.create({ model, input });
		expect(data.map((one) => Array.from(one.embedding))).toEqual(VECTORS);
		expect(data.map((one) => one.index)).toEqual([0, 1]);
		expect(session.upstream.complaints()).toEqual([]);
	});

	it('are accounted for', async () => {
		const options = numbered();
		const input = ['scenario:embeddings first', 'scenario:embeddings second'];
		const answer = await openai.embeddings.create({ model: 'openai/text-embedding-3-small', input }, options);
		expect(answer.usage.prompt_tokens).toBe(4);
		const [row] = await usageOf(session.worker, options.headers['x-request-id']);
		expect(row).toMatchObject({ operation: 'embedding', prompt_tokens: 4, cost_nano_usd: 4 * 20 });
	});
});

describe('models', () => {
	it('are listed, and each is found by its id', async () => {
		const ids: string[] = [];
		for await (const { id } of openai.models.list()) ids.push(id);
		for (const id of [MODELS.anthropic, MODELS.google, 'mock/echo']) {
			expect(ids).toContain(id);
			expect(await openai.models.retrieve(id)).toMatchObject({ id, object: 'model' });
		}
		await expect(openai.models.retrieve('openai/none-such')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
	});
});

describe('errors', () => {
	it.each([MODELS.openai, MODELS.responses, MODELS.google, MODELS.bedrock])(
		'of %s are of the classes that the SDK has for them',
		async (model) => {
			const ask = (scenario: string) => openai.chat.completions.create({ model, messages: user(scenario) });
			await expect(ask('error-bad-request')).rejects.toBeInstanceOf(OpenAI.BadRequestError);
			await expect(ask('error-context')).rejects.toMatchObject({ status: 400, code: 'context_too_long' });
			await expect(ask('error-not-found')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
			await expect(ask('error-overloaded')).rejects.toBeInstanceOf(OpenAI.InternalServerError);
			const limited = await ask('error-rate-limit').catch((error: unknown) => error);
			if (!(limited instanceof OpenAI.RateLimitError)) throw limited;
			expect(limited.code).toBe('rate_limited');
			expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
			const rejected = await ask('error-auth').catch((error: unknown) => error);
			expect(rejected).toMatchObject({ status: 502, code: 'upstream_rejected' });
		},
	);

	it('name the field at fault before any call', async () => {
		session.upstream.calls();
		const wrong = openai.chat.completions.create({ model: MODELS.openai, messages: user('text'), temperature: 9 });
		await expect(wrong).rejects.toMatchObject({ status: 400, code: 'invalid_request', param: 'temperature' });
		await expect(wrong).rejects.toBeInstanceOf(OpenAI.BadRequestError);
		expect(session.upstream.calls()).toEqual([]);
	});

	it('tell a wrong key from a model nobody knows', async () => {
		const stranger = sdkOf(session.worker.origin, 'sy_nobody000000_secret');
		await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
		const unknown = openai.responses.create({ model: 'no-such-model', input: 'Hello' });
		await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
	});

	it.each([MODELS.openai, MODELS.anthropic, MODELS.google, MODELS.bedrock, MODELS.ollama])(
		'in the middle of a stream of %s throw after the text that came',
		async (model) => {
			const options = numbered();
			const stream = await openai.chat.completions.create({ model, messages: user('cut'), stream: true }, options);
			let text = '';
			let finish: string | null = null;
			const reading = (async () => {
				for await (const { choices } of stream) {
					text += choices[0]?.delta.content ?? '';
					finish = choices[0]?.finish_reason ?? finish;
				}
			})();
			await expect(reading).rejects.toBeInstanceOf(OpenAI.APIError);
			expect('Hello from the yard.').toContain(text);
			expect(text).not.toBe('');
			expect(finish).toBeNull();
			const [row] = await usageOf(session.worker, options.headers['x-request-id']);
			expect(row?.error_code).toMatch(/^upstream_/);
		},
	);
});

describe('a caller that leaves', () => {
	it('ends the stream at the provider, whichever it is', async () => {
		const left = session.upstream.left;
		const leave = async (model: string): Promise<void> => {
			const options = numbered();
			const stream = openai.chat.completions.stream({ model, messages: user('endless') }, options);
			const reading = (async () => {
				for await (const { choices } of stream) if (choices[0]?.delta.content) stream.abort();
			})();
			await expect(reading).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
			const [row] = await usageOf(session.worker, options.headers['x-request-id']);
			expect(row).toMatchObject({ error_code: 'aborted' });
		};
		await Promise.all([leave(MODELS.openai), leave(MODELS.anthropic), leave(MODELS.google)]);
		expect(session.upstream.left - left).toBe(3);
	});
});

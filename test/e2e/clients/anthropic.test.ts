/** Anthropic's own SDK in front of the running Worker, other providers' protocols behind it. */
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { anthropicOf, MODELS, newRequestId, openReplay, type ReplaySession, usageOf } from '../session';

let session: ReplaySession;
let anthropic: Anthropic;

beforeAll(async () => {
	session = await openReplay();
	anthropic = anthropicOf(session.worker.origin, session.worker.key);
}, 90_000);

afterAll(() => session.close());

const ask = (model: string, scenario: string) => ({
	model,
	max_tokens: 4_000,
	messages: [{ role: 'user' as const, content: `scenario:${scenario}` }],
});
const numbered = (): { headers: { 'x-request-id': string } } => ({ headers: { 'x-request-id': newRequestId() } });
const textOf = (message: { readonly content: readonly { readonly type: string }[] } | undefined): string =>
	(message?.content ?? []).map((block) => ('text' in block ? String(block.text) : '')).join('');

/** Notes which cities it was asked for. */
function weatherTool() {
	const asked: string[] = [];
	const tool = betaZodTool({
		name: 'get_weather',
		description: 'The weather of a city',
		inputSchema: z.object({ city: z.string() }),
		run: ({ city }) => {
			asked.push(city);
			return `${city} has 21 degrees`;
		},
	});
	return { asked, tool };
}

const SAID = 'The tools said: Paris has 21 degrees; Oslo has 21 degrees.';

describe.each(Object.values(MODELS))('messages of %s', (model) => {
	it('stream as events that fold into the message', async () => {
		const stream = anthropic.messages.stream(ask(model, 'stream'));
		const types: string[] = [];
		let text = '';
		stream
			.on('streamEvent', (event) => types.push(event.type))
			.on('text', (delta) => {
				text += delta;
			});
		const message = await stream.finalMessage();
		expect(text).toBe('Hello from the yard.');
		expect([types[0], ...types.slice(-3)]).toEqual([
			'message_start',
			'content_block_stop',
			'message_delta',
			'message_stop',
		]);
		expect(message).toMatchObject({
			role: 'assistant',
			content: [{ type: 'text', text }],
			stop_reason: 'end_turn',
			usage: { input_tokens: 11, output_tokens: 7 },
		});
	});

	it('run a loop of tools, call after call, to the answer made of their results', async () => {
		const { asked, tool } = weatherTool();
		const runner = anthropic.beta.messages.toolRunner({ ...ask(model, 'long-loop'), tools: [tool] });
		expect(textOf(await runner.runUntilDone())).toBe(SAID);
		expect(asked).toEqual(['Paris', 'Oslo']);
		expect(session.upstream.complaints()).toEqual([]);
	});

	it('run parallel calls of a streamed loop, and each result reaches its call', async () => {
		const { asked, tool } = weatherTool();
		const asking = { ...ask(model, 'parallel-loop'), tools: [tool], stream: true as const };
		let last: Anthropic.Beta.BetaMessage | undefined;
		for await (const stream of anthropic.beta.messages.toolRunner(asking)) last = await stream.finalMessage();
		expect(textOf(last)).toBe(SAID);
		expect(asked).toEqual(['Paris', 'Oslo']);
		expect(session.upstream.complaints()).toEqual([]);
	});

	it('parse structured output by its schema', async () => {
		const format = zodOutputFormat(z.object({ answer: z.int() }));
		const message = await anthropic.messages.parse({ ...ask(model, 'json-schema'), output_config: { format } });
		expect(message.parsed_output).toEqual({ answer: 42 });
		expect(session.upstream.complaints()).toEqual([]);
	});
});

describe('thinking', () => {
	const PROOFS = [
		[MODELS.anthropic, '{"type":"thinking","thinking":"A tool knows.","signature":"c2lnbmVk"}'],
		[MODELS.bedrock, '"reasoningText":{"text":"A tool knows.","signature":"c2ln"}'],
		[MODELS.google, '"args":{"city":"Paris"}},"thoughtSignature":"c2ln"}'],
		[MODELS.gemini3, '"args":{"city":"Paris"}},"thoughtSignature":"c2ln"}'],
		[MODELS.responses, '"encrypted_content":"sealed"'],
	] as const;
	const thinking = { type: 'enabled', budget_tokens: 2_000 } as const;

	const shownIn = ({ content }: Anthropic.Beta.BetaMessage): string =>
		content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('');

	/** All turns of a loop, as the runner gives them whole or streamed. */
	async function turnsOf(model: string, stream: boolean): Promise<Anthropic.Beta.BetaMessage[]> {
		const turns: Anthropic.Beta.BetaMessage[] = [];
		const tools = [weatherTool().tool];
		const runner = anthropic.beta.messages.toolRunner({ ...ask(model, 'thinking-loop'), thinking, stream, tools });
		for await (const turn of runner) turns.push('finalMessage' in turn ? await turn.finalMessage() : turn);
		return turns;
	}

	describe.each([
		['whole', false],
		['streamed', true],
	])('in turns that come %s', (_, stream) => {
		it.each(PROOFS)('of %s is shown, and replayed with its signature', async (model, proof) => {
			session.upstream.calls();
			const turns = await turnsOf(model, stream);
			expect(turns.map(shownIn).join('')).toBe('A tool knows.');
			expect(textOf(turns.at(-1))).toBe('The tools said: Paris has 21 degrees.');
			const calls = session.upstream.calls();
			expect(calls).toHaveLength(2);
			expect(calls[1]?.text).toContain(proof);
			expect(session.upstream.complaints()).toEqual([]);
		});
	});

	it('of one provider is left out for another that goes on with the conversation', async () => {
		const first = await anthropic.messages.create({ ...ask(MODELS.anthropic, 'reasoning'), thinking });
		session.upstream.calls();
		const messages: Anthropic.MessageParam[] = [
			{ role: 'user', content: 'scenario:text' },
			{ role: 'assistant', content: first.content },
			{ role: 'user', content: 'And now?' },
		];
		for (const model of [MODELS.google, MODELS.responses, MODELS.ollama]) {
			const second = await anthropic.messages.create({ model, max_tokens: 100, messages });
			expect(textOf(second)).toBe('Hello from the yard.');
		}
		for (const { text } of session.upstream.calls()) expect(text).not.toContain('c2lnbmVk');
	});
});

describe('counting', () => {
	it.each([
		[MODELS.anthropic, 'provider'],
		[MODELS.google, 'provider'],
		[MODELS.ollama, undefined],
	])('of %s answers with the tokens of the input', async (model, method) => {
		const { max_tokens: _, ...asked } = ask(model, 'text');
		const { data, response } = await anthropic.messages.countTokens(asked).withResponse();
		expect(data.input_tokens).toBeGreaterThan(0);
		if (method) {
			expect(data.input_tokens).toBe(11);
			expect(response.headers.get('x-switchyard-count')).toBe(method);
		}
	});
});

describe('usage and cost', () => {
	it.each([
		[MODELS.anthropic, 11 * 1_000 + 7 * 5_000],
		[MODELS.google, 11 * 300 + 7 * 2_500],
	])('of %s are in the answer and in D1, for each turn of a loop', async (model, nanoUsd) => {
		const options = numbered();
		const { tool } = weatherTool();
		const runner = anthropic.beta.messages.toolRunner({ ...ask(model, 'loop'), tools: [tool] }, options);
		const last = await runner.runUntilDone();
		expect(last.usage).toMatchObject({ input_tokens: 11, output_tokens: 7, cost: nanoUsd / 1e9 });
		const rows = await usageOf(session.worker, options.headers['x-request-id'], 2);
		const expected = { state: 'settled', prompt_tokens: 11, completion_tokens: 7, cost_nano_usd: nanoUsd };
		expect(rows).toMatchObject([
			{ ...expected, finish_reason: 'tool-calls' },
			{ ...expected, finish_reason: 'stop' },
		]);
	});
});

describe('errors', () => {
	it.each([MODELS.anthropic, MODELS.openai, MODELS.google, MODELS.bedrock])(
		'of %s are of the classes and words that the SDK has for them',
		async (model) => {
			const failure = (scenario: string) =>
				anthropic.messages.create(ask(model, scenario)).catch((error: unknown) => error);
			const kinds = [
				['error-bad-request', Anthropic.BadRequestError, 'invalid_request_error'],
				['error-context', Anthropic.BadRequestError, 'invalid_request_error'],
				['error-not-found', Anthropic.NotFoundError, 'not_found_error'],
				['error-rate-limit', Anthropic.RateLimitError, 'rate_limit_error'],
				['error-auth', Anthropic.InternalServerError, 'api_error'],
			] as const;
			for (const [scenario, type, word] of kinds) {
				const error = await failure(scenario);
				expect(error).toBeInstanceOf(type);
				expect(error).toMatchObject({ type: word });
			}
			const overloaded = await failure('error-overloaded');
			const own = model === MODELS.anthropic ? [529, 'overloaded_error'] : [503, 'api_error'];
			expect(overloaded).toMatchObject({ status: own[0], type: own[1] });
		},
	);

	it('name the field at fault, and a field that is missing', async () => {
		const asked = ask(MODELS.anthropic, 'text');
		const wrong = anthropic.post('/v1/messages', { body: { ...asked, temperature: 9 } });
		await expect(wrong).rejects.toThrow(/temperature/);
		await expect(wrong).rejects.toBeInstanceOf(Anthropic.BadRequestError);
		const { max_tokens: _, ...unbounded } = asked;
		await expect(anthropic.post('/v1/messages', { body: unbounded })).rejects.toThrow(/max_tokens/);
	});

	it('tell a wrong key, and take a right one in either header', async () => {
		const { origin, key } = session.worker;
		const stranger = anthropicOf(origin, 'sy_nobody000000_secret');
		const refused = stranger.messages.create(ask(MODELS.anthropic, 'text'));
		await expect(refused).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
		const bearer = new Anthropic({ baseURL: origin, apiKey: null, authToken: key, maxRetries: 0 });
		expect(textOf(await bearer.messages.create(ask(MODELS.anthropic, 'text')))).toBe('Hello from the yard.');
	});

	it.each([MODELS.anthropic, MODELS.openai, MODELS.google, MODELS.bedrock, MODELS.cohere])(
		'in the middle of a stream of %s throw after the text that came',
		async (model) => {
			const options = numbered();
			const stream = anthropic.messages.stream(ask(model, 'cut'), options);
			let text = '';
			stream.on('text', (delta) => {
				text += delta;
			});
			await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError);
			expect(text).not.toBe('');
			expect('Hello from the yard.').toContain(text);
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
			const stream = anthropic.messages.stream(ask(model, 'endless'), options);
			stream.on('text', () => stream.abort());
			await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
			const [row] = await usageOf(session.worker, options.headers['x-request-id']);
			expect(row).toMatchObject({ error_code: 'aborted' });
		};
		await Promise.all([leave(MODELS.anthropic), leave(MODELS.openai), leave(MODELS.ollama)]);
		expect(session.upstream.left - left).toBe(3);
	});
});

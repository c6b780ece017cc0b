/** The Vercel AI SDK, by each of its three providers that can be pointed at the running Worker. */
import { type AnthropicProvider, createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import {
	APICallError,
	embed,
	embedMany,
	generateObject,
	generateText,
	type LanguageModel,
	Output,
	stepCountIs,
	streamText,
	tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { VECTORS } from '../../support/node/replay/embeddings';
import { MODELS, newRequestId, openReplay, type ReplaySession, usageOf } from '../session';

let session: ReplaySession;
let openai: OpenAIProvider;
let anthropic: AnthropicProvider;

beforeAll(async () => {
	// It tells of models whose names it does not know, on the console.
	globalThis.AI_SDK_LOG_WARNINGS = false;
	session = await openReplay();
	const { origin, key } = session.worker;
	openai = createOpenAI({ baseURL: `${origin}/v1`, apiKey: key });
	anthropic = createAnthropic({ baseURL: `${origin}/v1`, apiKey: key });
}, 90_000);

afterAll(() => session.close());

/** Nothing is stored behind `/v1/responses`, which its client has to be told. */
const STATELESS = { openai: { store: false } };
const WAYS: readonly (readonly [name: string, model: (id: string) => LanguageModel])[] = [
	['openai.chat()', (id) => openai.chat(id)],
	['openai()', (id) => openai(id)],
	['anthropic()', (id) => anthropic(id)],
];
const TARGETS = [MODELS.openai, MODELS.responses, MODELS.anthropic, MODELS.google, MODELS.bedrock, MODELS.ollama];

const ask = (model: LanguageModel, scenario: string) => ({
	model,
	prompt: `scenario:${scenario}`,
	maxOutputTokens: 4_000,
	providerOptions: STATELESS,
	maxRetries: 0,
});
const numbered = (): { headers: { 'x-request-id': string } } => ({ headers: { 'x-request-id': newRequestId() } });

/** Notes which cities it was asked for. */
function weatherTools() {
	const asked: string[] = [];
	const get_weather = tool({
		description: 'The weather of a city',
		inputSchema: z.object({ city: z.string() }),
		execute: async ({ city }) => {
			asked.push(city);
			return `${city} has 21 degrees`;
		},
	});
	return { asked, tools: { get_weather } };
}

const SAID = 'The tools said: Paris has 21 degrees; Oslo has 21 degrees.';
const ANSWER = z.object({ answer: z.int() });

describe.each(WAYS)('%s', (_, modelOf) => {
	describe.each(TARGETS)('in front of %s', (id) => {
		it('runs a loop of tools in several steps, its usage added up', async () => {
			const { asked, tools } = weatherTools();
			const result = await generateText({ ...ask(modelOf(id), 'long-loop'), tools, stopWhen: stepCountIs(5) });
			expect(result.text).toBe(SAID);
			expect(result.steps.map((step) => step.finishReason)).toEqual(['tool-calls', 'tool-calls', 'stop']);
			expect(result.totalUsage).toMatchObject({ inputTokens: 33, outputTokens: 21 });
			expect(asked).toEqual(['Paris', 'Oslo']);
			expect(session.upstream.complaints()).toEqual([]);
		});

		it('runs parallel calls of a streamed loop', async () => {
			const { asked, tools } = weatherTools();
			const result = streamText({ ...ask(modelOf(id), 'parallel-loop'), tools, stopWhen: stepCountIs(5) });
			let text = '';
			for await (const delta of result.textStream) text += delta;
			expect(text).toBe(`Looking.${SAID}`);
			expect(await result.finishReason).toBe('stop');
			expect(asked).toEqual(['Paris', 'Oslo']);
			expect(session.upstream.complaints()).toEqual([]);
		});
	});
});

describe.each(WAYS.slice(0, 2))('%s gets objects', (_, modelOf) => {
	it.each(TARGETS)('from %s by their schema, whole and streamed', async (id) => {
		const asked = ask(modelOf(id), 'json-schema');
		const { object } = await generateObject({ ...asked, schema: ANSWER });
		expect(object).toEqual({ answer: 42 });
		const { output } = await generateText({ ...asked, output: Output.object({ schema: ANSWER }) });
		expect(output).toEqual({ answer: 42 });
		const streamed = streamText({ ...asked, output: Output.object({ schema: ANSWER }) });
		const seen: unknown[] = [];
		for await (const partial of streamed.partialOutputStream) seen.push(partial);
		expect(seen.at(-1)).toEqual({ answer: 42 });
		expect(session.upstream.complaints()).toEqual([]);
	});
});

describe('anthropic() gets objects', () => {
	it.each([
		[MODELS.anthropic, 'json-schema'],
		[MODELS.bedrock, 'json-schema'],
		[MODELS.google, 'object-call'],
		[MODELS.openai, 'object-call'],
		[MODELS.ollama, 'object-call'],
	])('from %s: by a schema where it knows the model, else by a tool', async (id, scenario) => {
		const asked = { ...ask(anthropic(id), scenario), output: Output.object({ schema: ANSWER }) };
		expect((await generateText(asked)).output).toEqual({ answer: 42 });
		expect(await streamText(asked).output).toEqual({ answer: 42 });
		expect(session.upstream.complaints()).toEqual([]);
	});
});

describe('reasoning', () => {
	const PROOFS = [
		[MODELS.anthropic, '{"type":"thinking","thinking":"A tool knows.","signature":"c2lnbmVk"}'],
		[MODELS.bedrock, '"reasoningText":{"text":"A tool knows.","signature":"c2ln"}'],
		[MODELS.google, '"args":{"city":"Paris"}},"thoughtSignature":"c2ln"}'],
		[MODELS.responses, '"encrypted_content":"sealed"'],
	] as const;
	const thinking = { anthropic: { thinking: { type: 'enabled', budgetTokens: 2_000 } } };
	const sealed = {
		openai: {
			store: false,
			forceReasoning: true,
			reasoningEffort: 'high',
			reasoningSummary: 'auto',
			include: ['reasoning.encrypted_content'],
		},
	};

	it.each(PROOFS)('of %s comes back with its signature in a loop by anthropic()', async (id, proof) => {
		session.upstream.calls();
		const { tools } = weatherTools();
		const asked = { ...ask(anthropic(id), 'thinking-loop'), providerOptions: thinking };
		const result = streamText({ ...asked, tools, stopWhen: stepCountIs(5) });
		expect(await result.text).toBe('The tools said: Paris has 21 degrees.');
		const [first] = await result.steps;
		expect(first?.reasoningText).toBe('A tool knows.');
		expect(session.upstream.calls()[1]?.text).toContain(proof);
	});

	it.each(PROOFS)('of %s comes back sealed in a loop by openai()', async (id, proof) => {
		session.upstream.calls();
		const { tools } = weatherTools();
		const asked = { ...ask(openai(id), 'thinking-loop'), providerOptions: sealed };
		const result = await generateText({ ...asked, tools, stopWhen: stepCountIs(5) });
		expect(result.text).toBe('The tools said: Paris has 21 degrees.');
		expect(result.steps[0]?.reasoningText).toBe('A tool knows.');
		expect(session.upstream.calls()[1]?.text).toContain(proof);
	});
});

describe('embeddings', () => {
	it.each([
		'openai/text-embedding-3-small',
		'google/gemini-embedding-001',
		'cohere/embed-v4.0',
		'ollama/nomic-embed-text',
	])('of %s, one and many', async (id) => {
		const model = openai.embedding(id);
		const one = await embed({ model, value: 'scenario:embeddings first' });
		expect(one.embedding).toEqual(VECTORS[0]);
		const values = ['scenario:embeddings first', 'scenario:embeddings second'];
		const many = await embedMany({ model, values });
		expect(many.embeddings).toEqual(VECTORS);
		expect(session.upstream.complaints()).toEqual([]);
	});
});

describe('accounting', () => {
	it.each(WAYS)('holds each step of a loop by %s, with its cost', async (_, modelOf) => {
		const options = numbered();
		const { tools } = weatherTools();
		const asked = { ...ask(modelOf(MODELS.anthropic), 'loop'), ...options };
		await streamText({ ...asked, tools, stopWhen: stepCountIs(5) }).consumeStream();
		const rows = await usageOf(session.worker, options.headers['x-request-id'], 2);
		const cost_nano_usd = 11 * 1_000 + 7 * 5_000;
		const expected = { state: 'settled', stream: 1, prompt_tokens: 11, completion_tokens: 7, cost_nano_usd };
		expect(rows).toMatchObject([expected, expected]);
	});
});

describe.each(WAYS)('errors by %s', (_, modelOf) => {
	it.each([MODELS.openai, MODELS.anthropic, MODELS.google])(
		'of %s are API errors that say what a retry would do',
		async (id) => {
			const fail = async (scenario: string): Promise<APICallError> => {
				const error = await generateText(ask(modelOf(id), scenario)).catch((thrown: unknown) => thrown);
				if (!APICallError.isInstance(error)) throw error;
				return error;
			};
			expect(await fail('error-bad-request')).toMatchObject({ statusCode: 400, isRetryable: false });
			expect(await fail('error-rate-limit')).toMatchObject({ statusCode: 429, isRetryable: true });
			expect(await fail('error-not-found')).toMatchObject({ statusCode: 404, isRetryable: false });
			expect([503, 529]).toContain((await fail('error-overloaded')).statusCode);
			const { message } = await fail('error-context');
			expect(message).toMatch(/\b\d+ tokens/);
		},
	);

	it('in the middle of a stream are parts of it, after the text that came', async () => {
		const result = streamText({ ...ask(modelOf(MODELS.google), 'cut'), onError: () => undefined });
		let text = '';
		const errors: unknown[] = [];
		for await (const part of result.fullStream) {
			if (part.type === 'text-delta') text += part.text;
			if (part.type === 'error') errors.push(part.error);
		}
		expect(errors).toHaveLength(1);
		expect(text).not.toBe('');
		expect('Hello from the yard.').toContain(text);
	});
});

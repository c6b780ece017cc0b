import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import type { Credential, Snapshot } from '../../src/gateway/ports';
import { answer, chatCall, failure, type Script, sentJson, world } from '../support/scripted-gateway';
import { lostEncodings } from '../support/unit-encoding';
import { agentOf, callerOf, choiceOf, routingOf, rowOf } from './snapshots';

const MODEL = 'anthropic/claude-test';

const key = (provider: string): Credential => ({
	rowId: null,
	name: provider,
	source: 'environment',
	apiKey: 'key',
	baseUrl: `https://${provider}.test${provider === 'anthropic' ? '' : '/v1'}`,
	trust: 'operator',
	config: {},
});

const withAnthropic: Partial<Snapshot> = {
	credentials: { anthropic: [key('anthropic')], openai: [key('openai')], groq: [key('groq')] },
};

const counting = (script: Script, snapshot: Partial<Snapshot> = {}) =>
	world({ upstream: [script], snapshot: { ...withAnthropic, ...snapshot } });

const counted: Script = () => Response.json({ input_tokens: 42 });

const fails = async (work: Promise<unknown>): Promise<GatewayError> => {
	const error = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (error instanceof GatewayError) return error;
	throw new Error('was not refused');
};

describe('counting the tokens of a request', () => {
	it("asks the provider that counts, by the provider's own name of the model", async () => {
		const w = counting(counted);
		const count = await w.gateway.countTokens(chatCall({ model: MODEL, maxTokens: 9 }));
		expect(count).toMatchObject({ inputTokens: 42, method: 'provider', provider: 'anthropic', model: 'claude-test' });
		expect(w.sent).toHaveLength(1);
		expect(w.sent[0]?.url).toBe('https://anthropic.test/v1/messages/count_tokens');
		expect(w.sent[0]?.headers).toMatchObject({ 'x-api-key': 'key', 'anthropic-version': '2023-06-01' });
		expect(sentJson(w.sent[0])).toEqual({
			model: 'claude-test',
			messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }] }],
		});
	});

	it('opens no ledger, owes nothing, and reads the configuration anew', async () => {
		const w = counting(counted);
		await w.gateway.countTokens(chatCall({ model: MODEL }));
		expect([w.opens, w.closes, w.outcomes]).toEqual([[], [], []]);
		expect(w.reloads()).toBe(1);
	});

	it('counts the prompt of the agent that is asked', async () => {
		const choice = { model: { value: MODEL, origin: 'agent' as const }, settings: {} };
		const prompt = { source: { system: 'Be kind.' }, hash: 'counted', version: 1 };
		const agent = { id: 'a1', slug: 'support', choice, fallbacks: [], embeddingModel: null, prompt };
		const w = counting(counted, { agent });
		await w.gateway.countTokens(chatCall({ model: 'agent:support' }));
		expect(sentJson(w.sent[0]).system).toEqual([{ type: 'text', text: 'Be kind.' }]);
	});

	it('is closed to a key that is limited to agents, unless it asks through one', async () => {
		const agent = agentOf({ choice: choiceOf(MODEL) });
		const w = counting(counted, { agent, caller: callerOf({ allowedAgents: ['support'] }) });
		await expect(w.gateway.countTokens(chatCall({ model: MODEL }))).rejects.toMatchObject({ code: 'forbidden' });
		expect(await w.gateway.countTokens(chatCall({ model: 'agent:support' }))).toMatchObject({ inputTokens: 42 });
	});

	it('asks whom a chat would ask: in spite of residency a later name, and whose turn it is without taking it', async () => {
		const inEurope = rowOf('eu', { baseUrl: 'https://anthropic.test', config: { residency: 'eu' } });
		const resident = counting(counted, {
			routing: routingOf({ residency: ['eu'] }),
			credentials: { openai: [rowOf('o1')], anthropic: [inEurope] },
			fallbackChain: [MODEL],
		});
		expect(await resident.gateway.countTokens(chatCall())).toMatchObject({ provider: 'anthropic', inputTokens: 42 });

		const w = world({
			upstream: [() => answer()],
			snapshot: {
				routing: routingOf({ strategy: 'round-robin' }),
				credentials: { openai: [rowOf('o1'), rowOf('o2')] },
			},
		});
		for (let at = 0; at < 3; at += 1) {
			await w.gateway.countTokens(chatCall());
			await w.gateway.chat(chatCall());
		}
		expect(w.sent.map(({ url }) => new URL(url).host)).toEqual(
			['o1', 'o1', 'o2', 'o2', 'o1', 'o1'].map((id) => `${id}.test`),
		);
	});

	it("asks OpenAI's Responses API whichever of its APIs would answer, and no other provider of that protocol", async () => {
		const w = counting(counted);
		const tools = [{ name: 'weather', parameters: { type: 'object' } }];
		const asked = chatCall({ model: 'openai/gpt-test', maxTokens: 9, temperature: 1, tools, strict: true });
		expect(await w.gateway.countTokens(asked)).toMatchObject({ inputTokens: 42, method: 'provider' });
		expect(w.sent.map(({ url }) => url)).toEqual(['https://openai.test/v1/responses/input_tokens']);
		expect(sentJson(w.sent[0])).toMatchObject({ model: 'gpt-test', input: [{ role: 'user' }] });
		for (const field of ['max_output_tokens', 'temperature', 'stream', 'store'])
			expect(sentJson(w.sent[0])).not.toHaveProperty(field);
	});

	it('counts itself what that API has no form for, as a chat would not ask it for the answer', async () => {
		const w = counting(counted);
		const audio = [{ role: 'user' as const, content: [{ type: 'audio' as const, data: 'AAAA', format: 'wav' }] }];
		const count = await w.gateway.countTokens(chatCall({ model: 'openai/gpt-test', messages: audio }));
		expect(count).toMatchObject({ method: 'exact', warnings: [] });
		expect(w.sent).toEqual([]);
	});

	it("counts by the model's own encoding where the provider has no counting, more for more", async () => {
		const w = counting(counted);
		const of = async (text: string, tools = {}) => {
			const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }];
			const count = await w.gateway.countTokens(chatCall({ model: 'groq/gpt-test', messages, ...tools }));
			expect(count).toMatchObject({ method: 'exact', provider: 'groq', model: 'gpt-test', warnings: [] });
			return count.inputTokens;
		};
		const short = await of('Hello');
		expect(short).toBeGreaterThanOrEqual(5);
		expect(short).toBeLessThan(20);
		expect(await of('Hello '.repeat(100))).toBeGreaterThan(short + 100);
		expect(await of('Hello', { tools: [{ name: 'weather' }] })).toBeGreaterThan(short);
		expect(w.sent).toEqual([]);
	});

	it("counts by another's encoding and a factor for a tokenizer that nobody publishes, and by lengths without one", async () => {
		const facts = { tokenizer: 'unknown' } as const;
		const call = chatCall({ model: 'groq/llama' });
		const calibrated = await world({ upstream: [counted], snapshot: withAnthropic, facts }).gateway.countTokens(call);
		expect(calibrated).toMatchObject({ method: 'calibrated', warnings: [] });
		const bare = world({ upstream: [counted], snapshot: withAnthropic, facts, encodings: lostEncodings });
		const bound = await bare.gateway.countTokens(call);
		expect(bound.method).toBe('bound');
		expect(bound.inputTokens).toBeGreaterThanOrEqual(calibrated.inputTokens);
	});

	it('counts what is far too long, and what the configuration would refuse', async () => {
		const context = { maxInputTokens: { value: 10, origin: 'organization' as const } };
		const w = world({ upstream: [counted], snapshot: { ...withAnthropic, context }, facts: { contextWindow: 1_000 } });
		const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'word '.repeat(5_000) }] }];
		const asked = chatCall({ model: 'groq/gpt-test', messages, context: { mode: 'refuse' } });
		const count = await w.gateway.countTokens(asked);
		expect(count.inputTokens).toBeGreaterThan(5_000);
		expect(w.sent).toEqual([]);
	});

	it('gives a probe lease back that counting was given, and counts itself meanwhile', async () => {
		const w = world({ upstream: [counted], snapshot: withAnthropic, probes: new Set(['anthropic']) });
		expect(await w.gateway.countTokens(chatCall({ model: MODEL }))).toMatchObject({ method: 'exact' });
		expect(w.sent).toEqual([]);
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'neutral', key: null } }]);
	});

	it.each<[string, Script]>([
		['refuses', () => failure(400)],
		['is down', () => failure(529)],
		['can not be reached', () => Promise.reject(new TypeError('reset'))],
		['answers something else', () => Response.json({ tokens: 42 })],
	])('counts itself and says so where the provider %s', async (_, script) => {
		const w = counting(script);
		const count = await w.gateway.countTokens(chatCall({ model: MODEL }));
		expect(count.method).toBe('exact');
		expect(count.inputTokens).toBeGreaterThan(0);
		expect(count.warnings.map((warning) => warning.field)).toEqual(['count']);
		expect(w.sent).toHaveLength(1);
	});

	it('does not wait longer than for the first event of an answer', async () => {
		const w = counting(
			({ signal }) =>
				new Promise((_, reject) => {
					signal.addEventListener('abort', () => reject(signal.reason));
				}),
		);
		const work = w.gateway.countTokens(chatCall({ model: MODEL }));
		await w.time.advance(10_001);
		expect(await work).toMatchObject({ method: 'exact', warnings: [{ field: 'count' }] });
	});

	it('ends with the client who asked', async () => {
		const w = counting(
			({ signal }) =>
				new Promise((_, reject) => {
					signal.addEventListener('abort', () => reject(signal.reason));
				}),
		);
		const left = new AbortController();
		const work = fails(w.gateway.countTokens(chatCall({ model: MODEL }, { signal: left.signal })));
		await w.time.advance(1);
		left.abort();
		expect((await work).code).toBe('aborted');
	});

	it('asks no provider whose breaker is open', async () => {
		const w = world({ upstream: [counted], snapshot: withAnthropic, open: new Set(['anthropic']) });
		expect((await w.gateway.countTokens(chatCall({ model: MODEL }))).method).toBe('exact');
		expect(w.sent).toEqual([]);
	});

	it('refuses what a chat would refuse', async () => {
		const w = counting(counted);
		expect((await fails(w.gateway.countTokens(chatCall({ model: 'nowhere/x' })))).code).toBe('model_not_found');
		const audio = [{ role: 'user' as const, content: [{ type: 'audio' as const, data: 'AAAA', format: 'wav' }] }];
		const refused = await fails(w.gateway.countTokens(chatCall({ model: MODEL, messages: audio })));
		expect(refused.code).toBe('invalid_request');
		expect(w.sent).toEqual([]);
	});
});

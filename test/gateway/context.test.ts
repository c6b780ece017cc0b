import { describe, expect, it } from 'vitest';
import { type ChatPlan, planChat } from '../../src/gateway/plan';
import { chatCall, failure, type Script, sentJson, world } from '../support/scripted-gateway';
import { lostEncodings, noEncodings, textOf, unitEncodings } from '../support/unit-encoding';
import { asking, byHost, ok, under } from './asking';
import { assistant, exchanges, heads, NARROW, never, system, user, windows, within } from './conversations';
import { agentOf, choiceOf, promptOf, rowOf, snapshotOf } from './snapshots';

describe('a conversation that fits by lengths alone', () => {
	it('goes out as it came: nothing is counted, loaded or waited for', async () => {
		const { w, answered } = await asking({ upstream: [ok], encodings: noEncodings });
		expect(answered?.meta.context).toMatchObject({
			method: 'bound',
			factor: 1,
			dropped: [],
			shortened: [],
			summarized: [],
			replans: 0,
		});
		const { before, after, limit, reserve } = answered?.meta.context ?? {};
		expect(before).toBe(after);
		expect(after).toBeLessThanOrEqual(limit ?? 0);
		expect(reserve).toBe(100);
		expect(w.entries()[0]?.context).toEqual(answered?.meta.context);
		expect(w.logs.map(({ event }) => event)).not.toContain('context-planned');
	});

	it('is planned without a promise', () => {
		const { ports } = world({ upstream: [ok], encodings: noEncodings });
		const plan = planChat(chatCall(), snapshotOf({ defaultChoice: choiceOf('openai/gpt-test') }), ports);
		expect(plan).not.toBeInstanceOf(Promise);
		expect((plan as ChatPlan).candidates[0]?.fits).toBe(true);
	});

	it('asks no encoding for a chain after a failure of its own that it may not fit', async () => {
		const snapshot = under({ contextFallbacks: ['groq/tiny'], contentFilterFallbacks: ['deepseek/tiny'] });
		const { answered } = await asking(
			{ upstream: [ok], encodings: noEncodings, snapshot, factsOf: windows },
			{ messages: [user(textOf(600))] },
		);
		expect(answered?.meta.context?.method).toBe('bound');
	});
});

describe('a conversation that may not fit', () => {
	it('is counted, and goes out as it came where it does', async () => {
		const encodings = unitEncodings();
		const { w, answered } = await asking({ upstream: [ok], facts: NARROW, encodings }, { messages: exchanges(2) });
		expect(encodings.loaded).toEqual(['o200k_base']);
		expect(heads(w)).toEqual(['Q0', 'A0', 'Q1', 'A1', 'And']);
		expect(answered?.meta.context).toMatchObject({ method: 'exact', factor: 1, dropped: [], limit: 8_192 - 100 - 137 });
		expect(answered?.meta.warnings).toEqual([]);
	});

	it('loses its oldest exchanges, and the answer, the books and the log say so with figures alone', async () => {
		const messages = [system('Be brief.'), ...exchanges(6)];
		const { w, answered } = await asking({ upstream: [ok], facts: NARROW }, { messages });
		expect(heads(w)).toEqual(['Be', 'Q3', 'A3', 'Q4', 'A4', 'Q5', 'A5', 'And']);
		const { context } = answered?.meta ?? {};
		expect(context?.dropped).toMatchObject([{ first: 1, last: 6, what: 'messages' }]);
		expect(context?.before).toBeGreaterThan(12_000);
		expect(context?.after).toBeLessThanOrEqual(7_955);
		expect(context?.limit).toBe(7_955);
		expect(w.entries()[0]?.context).toEqual(context);
		const [line] = w.logs.filter(({ event }) => event === 'context-planned');
		expect(line).toMatchObject({ level: 'info', fields: { provider: 'openai', model: 'gpt-test' } });
		expect(JSON.stringify(line)).not.toContain('abc');
	});

	it('is sent nowhere for a caller who leaves while it is counted', async () => {
		const caller = new AbortController();
		const { load } = unitEncodings();
		const leaving: typeof load = async (name) => {
			caller.abort();
			return load(name);
		};
		const { w, error } = await asking(
			{ upstream: [never], facts: NARROW, encodings: { load: leaving } },
			{ messages: exchanges(6) },
			{ signal: caller.signal },
		);
		expect([error?.code, w.sent, w.closes.length]).toEqual(['aborted', [], 1]);
	});

	it('is counted by lengths where the encoding can not be had, and still fits', async () => {
		const { answered, w } = await asking(
			{ upstream: [ok], facts: NARROW, encodings: lostEncodings },
			{ messages: exchanges(6) },
		);
		expect(answered?.meta.context).toMatchObject({ method: 'bound' });
		expect(String(w.sent[0]?.body).length).toBeLessThan(8_192);
	});

	it('goes out whole and uncounted in mode off', async () => {
		const { w, answered } = await asking(
			{ upstream: [ok], facts: NARROW, encodings: noEncodings, snapshot: within({ mode: 'off' }) },
			{ messages: exchanges(6) },
		);
		expect(heads(w)).toHaveLength(13);
		const { context } = answered?.meta ?? {};
		expect(context).toMatchObject({ method: 'bound', dropped: [] });
		expect(context?.before).toBe(context?.after);
	});

	it('is refused in mode refuse, with the field and the figures, before anybody is asked', async () => {
		const { w, error } = await asking(
			{ upstream: [never], facts: NARROW, snapshot: within({ mode: 'refuse' }) },
			{ messages: exchanges(6) },
		);
		expect(error).toMatchObject({ code: 'context_too_long', source: 'gateway' });
		expect(error?.message).toMatch(/\d{5}/);
		expect(w.sent).toEqual([]);
		expect(w.closes).toEqual([expect.objectContaining({ entry: null, final: true })]);
	});

	it('is refused where what must stay does not fit by itself, by the place of the largest of it', async () => {
		const { w, error } = await asking(
			{ upstream: [never], facts: NARROW },
			{ messages: [user('Hello'), assistant('Hi'), user(textOf(9_000))] },
		);
		expect(error).toMatchObject({ code: 'context_too_long', param: 'messages[2]', source: 'gateway' });
		expect(w.sent).toEqual([]);
	});

	it('leaves the agent’s prompt where it is, and numbers messages as the caller does', async () => {
		const agent = agentOf({ choice: choiceOf('openai/gpt-test'), prompt: promptOf('You are kind.') });
		const { w, answered } = await asking(
			{ upstream: [ok], facts: NARROW, snapshot: { agent } },
			{ messages: exchanges(6), model: 'agent:support' },
		);
		expect(heads(w)[0]).toBe('You');
		expect(answered?.meta.context?.dropped[0]?.first).toBe(0);
	});
});

describe('what is kept for the answer', () => {
	const bare = { maxTokens: undefined };

	it('is lowered where the caller does not insist, sent as the bound, and named', async () => {
		const { w, answered } = await asking(
			{ upstream: [ok], facts: { ...NARROW, contextWindow: 5_500 } },
			{ ...bare, messages: exchanges(2) },
		);
		expect(heads(w)).toHaveLength(5);
		const { reserve = 0, after = 0 } = answered?.meta.context ?? {};
		expect(reserve).toBeLessThan(2_048);
		expect(after + reserve).toBeLessThanOrEqual(5_500);
		expect(sentJson(w.sent[0]).max_completion_tokens).toBe(reserve);
		expect(answered?.meta.warnings).toMatchObject([
			{ field: 'maxTokens', message: expect.stringContaining(String(reserve)) },
		]);
	});

	it('stays what the caller asked for: then the conversation gives way', async () => {
		const { w, answered } = await asking(
			{ upstream: [ok], facts: { ...NARROW, contextWindow: 5_500 } },
			{ maxTokens: 2_048, messages: exchanges(2) },
		);
		expect(heads(w).length).toBeLessThan(5);
		expect(sentJson(w.sent[0]).max_completion_tokens).toBe(2_048);
		expect(answered?.meta.context?.reserve).toBe(2_048);
	});

	it('may be lowered where it is the configuration’s setting', async () => {
		const choice = choiceOf('openai/gpt-test', { maxTokens: { value: 2_048, origin: 'organization' } });
		const { w, answered } = await asking(
			{ upstream: [ok], facts: { ...NARROW, contextWindow: 5_500 }, snapshot: { defaultChoice: choice } },
			{ ...bare, messages: exchanges(2) },
		);
		expect(heads(w)).toHaveLength(5);
		expect(answered?.meta.context?.reserve).toBeLessThan(2_048);
	});

	it('is what a wire sends by itself, where it sends a bound whatever the request says', async () => {
		const credentials = { anthropic: [rowOf('anthropic')] };
		const said: Script = () =>
			Response.json({
				id: 'm',
				type: 'message',
				role: 'assistant',
				model: 'c',
				content: [{ type: 'text', text: 'Hi' }],
				stop_reason: 'end_turn',
				usage: { input_tokens: 10, output_tokens: 5 },
			});
		const ask = (contextWindow: number) =>
			asking(
				{
					upstream: [said],
					facts: { contextWindow, maxOutput: 4_000, tokenizer: 'o200k' },
					snapshot: { credentials, defaultChoice: choiceOf('anthropic/claude') },
				},
				{ ...bare, messages: exchanges(2) },
			);
		const tight = await ask(7_000);
		const { reserve = 0 } = tight.answered?.meta.context ?? {};
		expect(reserve).toBeLessThan(4_000);
		expect(sentJson(tight.w.sent[0]).max_tokens).toBe(reserve);
		const roomy = await ask(60_000);
		expect(roomy.answered?.meta.context?.reserve).toBe(4_000);
		expect(sentJson(roomy.w.sent[0]).max_tokens).toBe(4_000);
	});
});

describe('more output than there is', () => {
	it('is refused with the figures where no candidate gives it', async () => {
		const { w, error } = await asking(
			{
				upstream: [never],
				snapshot: { fallbackChain: ['groq/llama'] },
				factsOf: (model) => ({ maxOutput: model === 'llama' ? 8_000 : 4_000 }),
			},
			{ maxTokens: 10_000 },
		);
		expect(error).toMatchObject({ code: 'invalid_request', param: 'maxTokens' });
		expect(error?.message).toContain('10000');
		expect(error?.message).toContain('8000');
		expect([w.sent, w.opens]).toEqual([[], []]);
	});

	it('is lowered with a warning where some give it, or nobody knows', async () => {
		const snapshot = { fallbackChain: ['groq/llama'] };
		const some = await asking(
			{
				upstream: [ok],
				snapshot,
				factsOf: (model) => ({ maxOutput: model === 'llama' ? 16_000 : 4_000 }),
			},
			{ maxTokens: 4_050 },
		);
		expect(sentJson(some.w.sent[0]).max_completion_tokens).toBe(4_000);
		expect(some.answered?.meta.warnings.map(({ field }) => field)).toContain('maxTokens');
		const unknown = await asking({ upstream: [ok], facts: { known: false, maxOutput: null } }, { maxTokens: 4_050 });
		expect(unknown.error).toBeNull();
	});
});

describe('who answers where not all hold the conversation', () => {
	it('is whoever does: the others are skipped with the figures', async () => {
		const { w, answered } = await asking(
			{ upstream: [ok], facts: NARROW, factsOf: windows, snapshot: { fallbackChain: ['groq/wide'] } },
			{ messages: exchanges(6) },
		);
		expect(w.sent).toHaveLength(1);
		expect(heads(w)).toHaveLength(13);
		expect(answered?.meta).toMatchObject({ provider: 'groq', model: 'wide', context: { dropped: [] } });
		expect(answered?.meta.routing.steps).toMatchObject([
			{
				model: 'gpt-test',
				outcome: 'skipped',
				reason: expect.stringMatching(/^context: 12\d{3} tokens \(exact\) do not fit \d+/),
			},
			{ model: 'wide', outcome: 'answered' },
		]);
	});

	it('is one of the context fallbacks, where one of those alone does', async () => {
		const snapshot = under({ contextFallbacks: ['groq/middle', 'deepseek/wide'] }, { fallbackChain: ['groq/narrow'] });
		const { w, answered } = await asking(
			{ upstream: [ok], facts: NARROW, factsOf: windows, snapshot },
			{ messages: exchanges(6) },
		);
		expect(answered?.meta).toMatchObject({ provider: 'deepseek', model: 'wide', attempts: 1 });
		expect(heads(w)).toHaveLength(13);
	});

	it('is none of the context fallbacks where those lack what the request asks for, and the model itself does not', async () => {
		const tools = [{ name: 'look', parameters: { type: 'object' } }];
		const factsOf = (model: string) => ({ ...windows(model), tools: model !== 'wide' });
		const snapshot = under({ contextFallbacks: ['deepseek/wide'] });
		const asked = { upstream: [ok], facts: NARROW, factsOf, snapshot };
		const { answered } = await asking(asked, { messages: exchanges(6), tools });
		expect(answered?.meta).toMatchObject({ provider: 'openai', context: { dropped: [{ what: 'messages' }] } });
	});

	it('is everybody in order where nobody does, each with what fits it', async () => {
		const snapshot = under({ maxAttempts: 1 }, { fallbackChain: ['groq/middle', 'deepseek/narrow'] });
		const { w, answered } = await asking(
			{
				upstream: [() => failure(500), () => failure(500), ok],
				facts: NARROW,
				factsOf: windows,
				snapshot,
			},
			{ messages: exchanges(9) },
		);
		expect(answered?.meta).toMatchObject({ model: 'narrow', attempts: 3 });
		const sizes = w.entries().map(({ model, context }) => [model, context?.after ?? 0, context?.limit ?? 0] as const);
		for (const [model, after, limit] of sizes) expect(after, model).toBeLessThanOrEqual(limit);
		expect(heads(w, 1).length).toBeGreaterThan(heads(w, 0).length);
		expect(heads(w, 2)).toEqual(heads(w, 0));
	});

	it('is planned once for the keys of one model', async () => {
		const encodings = unitEncodings();
		const row = (name: string) => rowOf(name, { baseUrl: 'https://openai.test/v1', mark: name });
		const { w, asked } = await asking(
			{
				upstream: [byHost({ one: [() => failure(401)], two: [ok] })],
				facts: NARROW,
				encodings,
				snapshot: { credentials: { openai: [row('one'), row('two')] } },
			},
			{ messages: exchanges(6) },
		);
		expect(asked).toEqual(['one', 'two']);
		expect(w.sent[0]?.body).toBe(w.sent[1]?.body);
		expect(encodings.loaded).toEqual(['o200k_base']);
	});

	it('is one of the context fallbacks too where what must stay fits nobody else', async () => {
		const snapshot = under({ contextFallbacks: ['groq/middle'] });
		const { answered } = await asking(
			{ upstream: [ok], facts: NARROW, factsOf: windows, snapshot },
			{ messages: [...exchanges(3).slice(0, -1), user(textOf(8_000))] },
		);
		expect(answered?.meta).toMatchObject({ model: 'middle', attempts: 1 });
		expect(answered?.meta.context?.dropped).not.toEqual([]);
	});
});

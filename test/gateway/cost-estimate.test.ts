import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostEstimate } from '../../src/gateway/call';
import type { Snapshot } from '../../src/gateway/ports';
import type { Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import type { Account, Spending } from '../../src/ledger/contract';
import { answer, chatCall, failure, sentJson, type WorldOptions, world } from '../support/scripted-gateway';
import { lostEncodings, textOf } from '../support/unit-encoding';
import { agentOf, callerOf, choiceOf, rowOf } from './snapshots';

const user = (tokens: number): Message => ({ role: 'user', content: [{ type: 'text', text: textOf(tokens) }] });
const assistant = (tokens: number): Message => ({
	role: 'assistant',
	content: [{ type: 'text', text: textOf(tokens) }],
});
/** Some 3,000 tokens in six exchanges. */
const LONG = Array.from({ length: 6 }, () => [user(250), assistant(250)])
	.flat()
	.concat(user(10));

const SPENT: Spending = {
	requestsMinute: 0,
	minuteResetMs: 0,
	requestsDay: 0,
	dayNanoUsd: 400n,
	monthNanoUsd: 400n,
	heldNanoUsd: 100n,
};
const ACCOUNT: Account = { organization: SPENT, key: null };

const budgeted = (budgetDayNanoUsd: bigint): Partial<Snapshot> => ({
	limits: { requestsPerMinute: null, requestsPerDay: null, budgetDayNanoUsd, budgetMonthNanoUsd: null },
});

const open = (options: Partial<WorldOptions> = {}) => world({ upstream: [() => failure(500)], ...options });

async function estimate(options: Partial<WorldOptions>, request: Partial<ChatRequest> = {}, call = {}) {
	const w = open(options);
	const estimated = await w.gateway.estimateCost(chatCall(request, call));
	return { w, estimated };
}

const small = { contextWindow: 1_500, maxOutput: 1_000, inputLimit: null };

describe('an estimate of what a request would cost', () => {
	it('counts as closely as it can and goes from no answer to the longest, at the price in force', async () => {
		const { estimated } = await estimate({}, { maxTokens: 100 });
		const { inputTokens } = estimated;
		expect(inputTokens).toBeGreaterThan(3);
		expect(inputTokens).toBeLessThan(15);
		// $1 and $2 per million tokens
		const least = BigInt(inputTokens) * 1_000n;
		expect(estimated).toMatchObject({
			method: 'exact',
			provider: 'openai',
			model: 'gpt-test',
			configVersion: 7,
			warnings: [],
			outputTokens: { min: 0, max: 100 },
			costNanoUsd: { min: least, max: least + 200_000n },
			budgetLeftNanoUsd: null,
			fits: true,
		});
		expect(estimated.context).toMatchObject({ method: 'bound', dropped: [], shortened: [], summarized: [] });
	});

	it('calls nobody, opens no ledger, takes no turn, and reads the configuration anew', async () => {
		const { w } = await estimate({ snapshot: budgeted(1_000n), account: ACCOUNT });
		await w.settled();
		expect([w.sent, w.opens, w.closes, w.outcomes, w.remembered]).toEqual([[], [], [], [], []]);
		expect(w.reloads()).toBe(1);
	});

	it('prices the prompt from read from a cache to written to one, where the request asks for that', async () => {
		const prices = {
			input: 1_000_000n,
			output: 2_000_000n,
			cacheRead: 100_000n,
			cacheWrite5m: 1_250_000n,
			cacheWrite1h: 2_000_000n,
			inputAudio: 9_000_000n,
		};
		const of = async (messages: readonly Message[]) => {
			const { estimated } = await estimate({ facts: { prices } }, { maxTokens: 1, messages });
			const { min = 0n, max = 0n } = estimated.costNanoUsd ?? {};
			return [min, max - 2_000n].map((cost) => Number(cost) / estimated.inputTokens);
		};
		const part = { type: 'text' as const, text: textOf(100) };
		expect(await of([{ role: 'user', content: [part] }])).toEqual([100, 1_000]);
		expect(await of([{ role: 'user', content: [{ ...part, cache: true }] }])).toEqual([100, 1_250]);
		expect(await of([{ role: 'user', content: [{ ...part, cache: '1h' }] }])).toEqual([100, 2_000]);
		expect(await of([{ role: 'user', content: [part, { type: 'audio', data: 'AAAA', format: 'wav' }] }])).toEqual([
			100, 9_000,
		]);
	});

	it('takes reasoning for the answer where that is dearer', async () => {
		const prices = { input: 1_000_000n, output: 2_000_000n, reasoning: 5_000_000n };
		const { estimated } = await estimate({ facts: { prices } }, { maxTokens: 100 });
		const { min = 0n, max = 0n } = estimated.costNanoUsd ?? {};
		expect(max - min).toBe(500_000n);
	});

	it.each<[string, Partial<ChatRequest>, Partial<WorldOptions>, number]>([
		['what was asked for', { maxTokens: 70 }, {}, 70],
		['what the configuration sets', { model: 'default' }, { snapshot: withMax(80) }, 80],
		['what the model gives', {}, {}, 16_000],
		['what the organization bounds', {}, { snapshot: bounding({ maxOutputTokens: 90 }) }, 90],
	])('takes for the longest answer %s', async (_, request, options, most) => {
		expect((await estimate(options, request)).estimated.outputTokens).toEqual({ min: 0, max: most });
	});

	it('leaves room for the prompt in the window', async () => {
		const { estimated } = await estimate({ facts: { contextWindow: 1_000, maxOutput: null } });
		expect(estimated.outputTokens.max).toBe(1_000 - estimated.inputTokens);
	});

	it('knows no cost without a price', async () => {
		const { estimated } = await estimate({ facts: { prices: null }, snapshot: budgeted(1n), account: ACCOUNT });
		expect(estimated).toMatchObject({ costNanoUsd: null, budgetLeftNanoUsd: 0n, fits: null });
		expect((await estimate({ facts: { prices: null } })).estimated).toMatchObject({ costNanoUsd: null, fits: true });
	});

	it('counts by lengths alone where no encoding can be had', async () => {
		const { estimated } = await estimate({ encodings: lostEncodings });
		expect(estimated.method).toBe('bound');
	});
});

describe('an estimate of a conversation that does not fit', () => {
	it('prices what would be sent, and tells what would be taken away', async () => {
		const { estimated } = await estimate({ facts: small }, { messages: LONG, maxTokens: 200 });
		const { context, inputTokens } = estimated;
		expect(inputTokens).toBeGreaterThan(3_000);
		expect(context.before).toBe(inputTokens);
		expect(context.after).toBeLessThanOrEqual(context.limit);
		expect(context.dropped[0]).toMatchObject({ first: 0, what: 'messages' });
		expect(estimated.costNanoUsd?.min).toBe(BigInt(context.after) * 1_000n);
		expect(estimated.outputTokens.max).toBe(200);
	});

	it('says what a chat then does', async () => {
		const request = { messages: LONG, maxTokens: 200 };
		const w = open({ facts: small, upstream: [() => answer()] });
		const { context } = await w.gateway.estimateCost(chatCall(request));
		const { meta } = await w.gateway.chat(chatCall(request));
		expect(meta.context).toEqual(context);
		expect((sentJson(w.sent[0]).messages as unknown[]).length).toBeLessThan(LONG.length);
	});

	it('refuses with the figures what a chat would refuse', async () => {
		const refused = (options: Partial<WorldOptions>, request: Partial<ChatRequest>) =>
			expect(open(options).gateway.estimateCost(chatCall(request))).rejects;
		const refuse = { messages: LONG, context: { mode: 'refuse' } } as const;
		await refused({ facts: small }, refuse).toMatchObject({ code: 'context_too_long' });
		await refused({ facts: small }, { messages: [user(3_000)] }).toMatchObject({ code: 'context_too_long' });
		await refused({ snapshot: bounding({ maxInputTokens: 100 }) }, { messages: LONG }).toMatchObject({
			code: 'context_too_long',
			param: 'messages',
		});
		await refused({ snapshot: bounding({ maxOutputTokens: 9 }) }, { maxTokens: 10 }).toMatchObject({
			code: 'invalid_request',
			param: 'maxTokens',
		});
	});

	it('is for whoever of the chain holds it', async () => {
		const factsOf = (model: string) => (model === 'gpt-test' ? small : { contextWindow: 100_000 });
		const { estimated } = await estimate({ factsOf, snapshot: { fallbackChain: ['groq/llama'] } }, { messages: LONG });
		expect(estimated).toMatchObject({ provider: 'groq', model: 'llama', context: { dropped: [] } });
	});

	it('has the summaries of earlier requests in it, and writes none', async () => {
		const context = {
			mode: { value: 'summarize' as const, origin: 'organization' as const },
			summarizer: { value: 'groq/llama', origin: 'organization' as const },
		};
		const factsOf = (model: string) => (model === 'gpt-test' ? small : {});
		const { w, estimated } = await estimate({ factsOf, snapshot: { context } }, { messages: LONG, maxTokens: 200 });
		await w.settled();
		expect([w.sent, w.opens, w.closes]).toEqual([[], [], []]);
		expect(estimated.context).toMatchObject({ summarized: [], dropped: [{ what: 'messages' }] });
		expect(estimated.warnings.map(({ field }) => field)).toContain('context');

		const written = JSON.stringify({ text: 'They talked of this and that.', model: 'groq/llama' });
		const summaries = { ...w.ports.summaries, read: async () => written };
		const later = await estimate({ factsOf, snapshot: { context }, summaries }, { messages: LONG, maxTokens: 200 });
		await later.w.settled();
		expect([later.w.sent, later.w.opens]).toEqual([[], []]);
		expect(later.estimated.context.summarized).toMatchObject([{ first: 0, cached: true, model: 'groq/llama' }]);
	});
});

describe('whether the budget has that left', () => {
	const cost = async (options: Partial<WorldOptions>): Promise<CostEstimate> =>
		(await estimate(options, { maxTokens: 100 })).estimated;

	it('is told by the most that it may cost, holds of running requests taken off', async () => {
		const most = (await cost({})).costNanoUsd?.max ?? 0n;
		const enough = await cost({ snapshot: budgeted(most + 500n), account: ACCOUNT });
		expect(enough).toMatchObject({ budgetLeftNanoUsd: most, fits: true });
		const short = await cost({ snapshot: budgeted(most + 499n), account: ACCOUNT });
		expect(short).toMatchObject({ budgetLeftNanoUsd: most - 1n, fits: false });
	});

	it('is not known where the ledger can not be reached, and the answer says so', async () => {
		const { budgetLeftNanoUsd, fits, warnings } = await cost({ snapshot: budgeted(1_000n) });
		expect([budgetLeftNanoUsd, fits]).toEqual([null, null]);
		expect(warnings.map(({ field }) => field)).toEqual(['budget']);
	});

	it('never lies about its range', async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(400), fc.integer({ min: 1, max: 20_000 }), fc.bigInt(0n, 10n ** 8n), async (...drawn) => {
				const [tokens, maxTokens, budget] = drawn;
				const options = { snapshot: budgeted(budget), account: ACCOUNT, facts: { maxOutput: null } };
				const { estimated } = await estimate(options, { messages: [user(tokens + 1)], maxTokens });
				const { costNanoUsd, budgetLeftNanoUsd, fits, outputTokens } = estimated;
				expect(costNanoUsd && costNanoUsd.min <= costNanoUsd.max).toBe(true);
				expect(outputTokens.max).toBe(maxTokens);
				expect(budgetLeftNanoUsd).toBe(budget > 500n ? budget - 500n : 0n);
				expect(fits).toBe(costNanoUsd !== null && budgetLeftNanoUsd !== null && costNanoUsd.max <= budgetLeftNanoUsd);
			}),
			{ numRuns: 40 },
		);
	});
});

describe('an estimate by a key with limits of its own', () => {
	it.each([
		[{ allowedModels: ['groq/*'] }, {}],
		[{ allowedProviders: ['groq'] }, {}],
		[{ allowedAgents: ['support'] }, {}],
		[{ allowedAgents: ['other'] }, { agent: 'support' }],
		[{ mayOverrideModel: false }, { agent: 'support' }],
	])('is forbidden where a chat is: %j', async (caller, call) => {
		const agent = agentOf({ choice: choiceOf('openai/gpt-test') });
		const snapshot = { caller: callerOf(caller), agent, credentials: { openai: [rowOf('o1')], groq: [rowOf('g1')] } };
		const w = open({ snapshot });
		await expect(w.gateway.estimateCost(chatCall({}, call))).rejects.toMatchObject({ code: 'forbidden' });
		await expect(w.gateway.countTokens(chatCall({}, call))).rejects.toMatchObject({ code: 'forbidden' });
		expect([w.sent, w.opens]).toEqual([[], []]);
	});
});

function withMax(maxTokens: number): Partial<Snapshot> {
	const settings = { maxTokens: { value: maxTokens, origin: 'organization' as const } };
	return {
		defaultChoice: choiceOf('openai/gpt-test', settings),
		profiles: { p: choiceOf('openai/gpt-test', settings) },
	};
}

function bounding(policy: { maxInputTokens?: number; maxOutputTokens?: number }): Partial<Snapshot> {
	const sourced = Object.entries(policy).map(([field, value]) => [field, { value, origin: 'organization' }]);
	return { context: Object.fromEntries(sourced) };
}

/** Who is asked where a conversation does not fit, how it is planned for each, and what an upstream's own word changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountedCall } from '../support/node/counting-upstream';
import { refuses } from '../support/node/moods';
import { anthropic, DOORS, openAi, plain, type Question, responses, type Told, typed } from './context-doors';
import { agreed, type Member, openStage, receiptIn, type Stage } from './context-stage';
import { talk } from './context-turns';

let stage: Stage;

beforeAll(async () => {
	stage = await openStage();
}, 90_000);
afterAll(() => stage?.close());

const SMALL = 'openai/gpt-4o-w4000';
const MIDDLE = 'openai/gpt-4o-w5000';
const LARGE = 'openai/gpt-4o-w60000';
const BROKEN = 'openai/gpt-4o-broken-w60000';
const BROKEN_CLAUDE = 'anthropic/claude-haiku-4-5-broken-w60000-r120';
const CLAUDE = 'anthropic/claude-haiku-4-5-w6000-r120';
/** Counts some 5,430 tokens, and as Claude counts a fifth more. */
const LONG = talk(81);

const MODELS = {
	[SMALL]: { maxOutput: 1_000 },
	[MIDDLE]: { maxOutput: 1_000 },
	[LARGE]: { maxOutput: 1_000 },
	[BROKEN]: { maxOutput: 1_000 },
	[BROKEN_CLAUDE]: { maxOutput: 1_000 },
	[CLAUDE]: { maxOutput: 1_000 },
};
const nameOf = (model: string): string => model.slice(model.indexOf('/') + 1);

beforeAll(() => {
	for (const model of [BROKEN, BROKEN_CLAUDE]) stage.upstream.answering.set(nameOf(model), refuses(500));
});

const asked = (member: Member, question: Partial<Question> & { readonly model: string }, door = typed) =>
	stage.during(() => member.through(door, { turns: LONG, ...question }));

/** Asked once all is over: rows come a while after their answers. */
const books: (() => Promise<void>)[] = [];

/**
 * Every call has one row, each in its final state, and the last of them the receipt of the answer. `receipts`: what
 * else they say of how each call was planned.
 */
function balanced(member: Member, told: Told, calls: readonly CountedCall[], receipts: readonly object[] = []): void {
	books.push(async () => {
		const rows = await member.rows(told, calls.length);
		expect(rows.map(({ model }) => model)).toEqual(calls.map(({ model }) => model));
		expect(rows.map(({ http_status: status }) => status)).toEqual(calls.map(({ status }) => status));
		expect(rows.map(({ state }) => state)).toEqual(
			calls.map(({ status }) => (status === 200 ? 'settled' : 'released')),
		);
		expect(new Set(rows.map(({ attempt_id: id }) => id)).size).toBe(calls.length);
		const planned = rows.map(receiptIn);
		if (told.receipt) expect(planned.at(-1)).toEqual(told.receipt);
		if (receipts.length > 0) expect(planned).toMatchObject(receipts);
	});
}

describe('on each hop', () => {
	it.each(DOORS)("to a smaller model it is planned anew, by that one's own count, through $name", async (door) => {
		const member = await stage.member(MODELS);
		const chain = [BROKEN, BROKEN_CLAUDE, SMALL];
		const [model = '', ...fallbacks] = chain;
		const agent = await member.agent({ model, fallbacks });
		for (const stream of [false, true]) {
			const { told, calls } = await asked(member, { model: agent, stream }, door);
			expect(told).toMatchObject({ error: null, text: 'Noted.', by: SMALL, attempts: 3 });
			expect(calls.map((call) => [call.model, call.status])).toEqual(
				chain.map((name) => [nameOf(name), name === SMALL ? 200 : 500]),
			);
			expect(calls.map(({ texts }) => texts.length)).toEqual([81, 81, calls[2]?.texts.length]);
			const last = calls[2];
			if (!last) return;
			agreed(told, last, LONG);
			// Until it was asked it was passed over; now that it has answered, it was not.
			expect(told.steps.map(({ model: name, outcome }) => [name, outcome])).toEqual(
				chain.map((name) => [nameOf(name), name === SMALL ? 'answered' : 'failed']),
			);
			balanced(member, told, calls, [{ dropped: [] }, { dropped: [] }, {}]);
		}
	});

	it('nobody is asked who can not hold it where nothing may be taken away', async () => {
		const member = await stage.member(MODELS);
		const agent = await member.agent({ model: BROKEN, fallbacks: [SMALL] });
		const { told, calls } = await asked(member, { model: agent, mode: 'refuse' });
		expect(told.error).toMatchObject({ code: 'upstream_unavailable', source: 'upstream' });
		expect(calls.map(({ model }) => model)).toEqual([nameOf(BROKEN)]);
		balanced(member, told, calls);
	});

	it('of a whole chain of small ones each gets what it holds', async () => {
		const member = await stage.member(MODELS);
		const { upstream } = stage;
		upstream.answering.set(nameOf(MIDDLE), refuses(503));
		try {
			const agent = await member.agent({ model: MIDDLE, fallbacks: [CLAUDE, SMALL] });
			const { told, calls } = await asked(member, { model: agent });
			expect(told).toMatchObject({ by: CLAUDE, attempts: 2 });
			const [first, second] = calls;
			if (!first || !second) return;
			expect(first.prompt + (first.maxTokens ?? 0)).toBeLessThanOrEqual(first.window);
			expect(first.texts.length).toBeLessThan(81);
			agreed(told, second, LONG);
			balanced(member, told, calls);
		} finally {
			upstream.answering.delete(nameOf(MIDDLE));
		}
	});
});

describe('where somebody holds it whole', () => {
	it('the others are passed over with the figures, and nothing is taken away', async () => {
		const member = await stage.member(MODELS);
		const agent = await member.agent({ model: SMALL, fallbacks: [CLAUDE, LARGE] });
		const { told, calls } = await asked(member, { model: agent });
		expect(told).toMatchObject({ by: LARGE, attempts: 1 });
		expect(calls).toHaveLength(1);
		if (calls[0]) expect(agreed(told, calls[0], LONG)).toMatchObject({ dropped: [] });
		const reasons = told.steps.map(({ model, outcome, reason }) => [model, outcome, reason]);
		expect(reasons).toEqual([
			[nameOf(SMALL), 'skipped', expect.stringMatching(/5\d{3} tokens \(exact\).* 2868\b/)],
			[nameOf(CLAUDE), 'skipped', expect.stringMatching(/6\d{3} tokens \(calibrated\).* 4872\b/)],
			[nameOf(LARGE), 'answered', null],
		]);
	});

	it.each(DOORS)('context fallbacks that do are asked in place of the chain, through $name', async (door) => {
		const member = await stage.member(MODELS);
		const routing = { contextFallbacks: [LARGE] };
		const agent = await member.agent({ model: SMALL, fallbacks: [CLAUDE], routing });
		const { told, calls } = await asked(member, { model: agent }, door);
		expect(told).toMatchObject({ by: LARGE, attempts: 1 });
		expect(calls[0]?.texts).toHaveLength(81);
		const short = await asked(member, { model: agent, turns: talk(3) }, door);
		expect(short.told).toMatchObject({ by: SMALL, attempts: 1 });
		await member.admin.agents.update.mutate({ slug: agent.replace('agent:', ''), routing: null });
		const after = await asked(member, { model: agent }, door);
		expect(after.told).toMatchObject({ attempts: 1 });
		expect([SMALL, CLAUDE]).toContain(after.told.by);
		if (after.calls[0]) expect(agreed(after.told, after.calls[0], LONG).dropped).toHaveLength(1);
	});

	it('context fallbacks that do not leave it to the model itself', async () => {
		const member = await stage.member(MODELS);
		const agent = await member.agent({ model: SMALL, fallbacks: [], routing: { contextFallbacks: [MIDDLE] } });
		const { told, calls } = await asked(member, { model: agent });
		expect(told).toMatchObject({ by: SMALL, attempts: 1 });
		expect(calls).toHaveLength(1);
	});

	it('context fallbacks are left alone with all others where fallbacks are switched off', async () => {
		const member = await stage.member(MODELS);
		const agent = await member.agent({ model: SMALL, fallbacks: [LARGE], routing: { contextFallbacks: [LARGE] } });
		const headers = { 'x-switchyard-fallback': 'none' };
		const { told, calls } = await asked(member, { model: agent, headers }, plain);
		expect(told).toMatchObject({ by: SMALL, attempts: 1 });
		if (calls[0]) expect(agreed(told, calls[0], LONG).dropped).toHaveLength(1);
	});

	it('context fallbacks are asked whatever the mode, but off, which counts nothing', async () => {
		const member = await stage.member(MODELS);
		const agent = await member.agent({ model: SMALL, fallbacks: [], routing: { contextFallbacks: [LARGE] } });
		for (const mode of ['trim', 'summarize', 'refuse'] as const)
			expect((await asked(member, { model: agent, mode })).told).toMatchObject({ by: LARGE, attempts: 1 });
		expect((await asked(member, { model: agent, mode: 'off' })).told).toMatchObject({ by: LARGE, attempts: 2 });
	});
});

/** Its window is smaller than the configuration says: 3,000 tokens. */
const LIAR = 'openai/gpt-4o-liar-w3000';
/** The same of 4,000, where each text counts a fifth more. */
const CLAUDE_LIAR = 'anthropic/claude-haiku-4-5-liar-w4000-r120';
/** It makes far more tokens than others of its kind. */
const DENSE = 'anthropic/claude-haiku-4-5-dense-w6000-r170';

const LIARS = {
	[LIAR]: { contextWindow: 9_000, maxOutput: 1_000 },
	[CLAUDE_LIAR]: { contextWindow: 12_000, maxOutput: 1_000 },
	[DENSE]: { maxOutput: 1_000 },
	[LARGE]: { maxOutput: 1_000 },
};

describe('an upstream that still says too long', () => {
	let shared: Member;
	beforeAll(async () => {
		shared = await stage.member(LIARS);
	});

	describe.each(DOORS)('through $name', (door) => {
		it.each([
			[LIAR, false, undefined],
			[LIAR, true, undefined],
			[LIAR, false, 700],
			[CLAUDE_LIAR, false, undefined],
			[CLAUDE_LIAR, true, 900],
		])(
			"is asked once more with what fits %s's own figures (stream: %s, maxTokens: %s)",
			async (model, stream, maxTokens) => {
				const more = maxTokens === undefined ? {} : { maxTokens };
				const { told, calls } = await asked(shared, { model, stream, ...more }, door);
				expect(calls.map(({ status }) => status)).toEqual([400, 200]);
				expect(told).toMatchObject({ error: null, text: 'Noted.', by: model, attempts: 2 });
				const [first, second] = calls;
				if (!first || !second) return;
				expect(first.texts).toHaveLength(81);
				expect(agreed(told, second, LONG)).toMatchObject({ replans: 1 });
				expect(second.texts.length).toBeGreaterThan(10);
				balanced(shared, told, calls, [{ replans: 0, dropped: [] }, { replans: 1 }]);
			},
		);
	});

	it.each([typed, anthropic, plain])(
		'teaches its count: the next one is right at once, through $name',
		async (door) => {
			const member = await stage.member(LIARS);
			const first = await asked(member, { model: DENSE, maxTokens: 500 }, door);
			expect(first.calls.map(({ status }) => status)).toEqual([400, 200]);
			expect(first.told).toMatchObject({ attempts: 2, receipt: { replans: 1 } });
			balanced(member, first.told, first.calls);
			for (let again = 0; again < 3; again += 1) {
				const next = await asked(member, { model: DENSE, maxTokens: 500, turns: talk(81 + 2 * again) }, door);
				expect(next.calls.map(({ status }) => status)).toEqual([200]);
				expect(next.told).toMatchObject({ attempts: 1, receipt: { replans: 0 } });
				if (next.calls[0]) agreed(next.told, next.calls[0], talk(81 + 2 * again));
			}
		},
	);

	it('leaves it to context fallbacks where there are any', async () => {
		const member = await stage.member(LIARS);
		const agent = await member.agent({ model: LIAR, fallbacks: [], routing: { contextFallbacks: [LARGE] } });
		const { told, calls } = await asked(member, { model: agent });
		expect(calls.map(({ model, status }) => [model, status])).toEqual([
			[nameOf(LIAR), 400],
			[nameOf(LARGE), 200],
		]);
		expect(told).toMatchObject({ by: LARGE, attempts: 2, receipt: { replans: 0, dropped: [] } });
		balanced(member, told, calls);
	});

	it.each(['refuse', 'off'] as const)('is the answer in mode %s', async (mode) => {
		for (const door of [typed, openAi, anthropic, plain, responses]) {
			const { told, calls } = await asked(shared, { model: LIAR, mode }, door);
			expect(calls.map(({ status }) => status)).toEqual([400]);
			expect(told.error).toMatchObject({ source: 'upstream' });
			expect(['context_too_long', null]).toContain(told.error?.code);
			expect(told.error?.message).toContain('3000');
			balanced(shared, told, calls);
		}
	});

	const saying = (message: string) =>
		refuses(400, { type: 'invalid_request_error', code: 'context_length_exceeded', message });

	it('without any figures is asked with three quarters of it, once', async () => {
		const member = await stage.member({ ...LIARS, 'openai/gpt-4o-mute': { contextWindow: 9_000, maxOutput: 1_000 } });
		stage.upstream.answering.set('gpt-4o-mute', saying('Please reduce the length of the messages or completion.'));
		const { told, calls } = await asked(member, { model: 'openai/gpt-4o-mute' });
		expect(calls).toHaveLength(2);
		const [first, second] = calls;
		expect((second?.prompt ?? 0) / (first?.prompt ?? 1)).toBeGreaterThan(0.6);
		expect((second?.prompt ?? 0) / (first?.prompt ?? 1)).toBeLessThan(0.76);
		expect(told.error).toMatchObject({ code: 'context_too_long', source: 'upstream' });
		balanced(member, told, calls);
	});

	it.each([
		["This model's maximum context length is 10 tokens. However, your messages resulted in 5430 tokens."],
		["This model's maximum context length is 99999999999999999 tokens. However, your messages resulted in 0 tokens."],
		["This model's maximum context length is 4000 tokens. However, your messages resulted in 99999999 tokens."],
		['prompt is too long: 1 tokens > 200000 maximum'],
		['prompt is too long: -5 tokens > -10 maximum'],
	])('with figures that can not be is asked twice at most, and teaches nothing that harms: %s', async (message) => {
		const model = 'anthropic/claude-haiku-4-5-odd';
		const member = await stage.member({ [model]: { contextWindow: 9_000, maxOutput: 1_000 } });
		stage.upstream.answering.set(nameOf(model), saying(message));
		const { told, calls } = await asked(member, { model });
		expect(calls.length).toBeLessThanOrEqual(2);
		expect(told.error).toMatchObject({ source: 'upstream' });
		balanced(member, told, calls);
		stage.upstream.answering.delete(nameOf(model));
		const next = await asked(member, { model });
		expect(next.told.error).toBeNull();
		expect(next.calls.map(({ status }) => status)).toEqual([200]);
		// One organization moves the count by 1.6 at most.
		expect(next.told.receipt?.factor ?? 0).toBeLessThanOrEqual(1.2 * 1.1 * 1.6 + 0.01);
		expect(next.calls[0]?.texts.length).toBeGreaterThan(50);
	});
});

describe('the ledger', () => {
	it('has one row for each call, in its final state, with what was planned for it', async () => {
		expect(books.length).toBeGreaterThan(30);
		for (const check of books) await check();
	});
});

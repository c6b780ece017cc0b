/** Mode `summarize`: who writes summaries, what they cost, what the model is sent, and what becomes of it where there is none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answering, answers, type CountedCall } from '../support/node/counting-upstream';
import { holds, refuses, silent } from '../support/node/moods';
import { eventually } from '../support/node/worker';
import { DOORS, type Question, type Told, typed, typedInput } from './context-doors';
import { agreed, type ContextRow, type Member, openStage, receiptIn, type Stage } from './context-stage';
import { type Turn, talk } from './context-turns';

let stage: Stage;

const SMALL = 'openai/gpt-4o-w4000';
const CLAUDE = 'anthropic/claude-haiku-4-5-w5000-r120';
const WRITER = 'openai/gpt-4o-mini-w30000';
const nameOf = (model: string): string => model.slice(model.indexOf('/') + 1);

const FACT = /FACT-[a-z]+-\d+/g;

/** Remembers every fact that it has read, in the record or in the summary so far. */
const remembers: Answering = (call, response) => {
	const facts = [...new Set(call.texts.join('\n').match(FACT))];
	answers(`They spoke of foxes. ${facts.join(', ')}.`)(call, response);
};

beforeAll(async () => {
	stage = await openStage();
	stage.upstream.answering.set(nameOf(WRITER), remembers);
}, 90_000);
afterAll(() => stage?.close());

const prices = { input: '1', output: '1' };

async function summarizing(more: object = {}): Promise<Member> {
	const member = await stage.member({
		[SMALL]: { maxOutput: 500, prices },
		[CLAUDE]: { maxOutput: 500, prices },
		[WRITER]: { maxOutput: 2_000, prices },
	});
	await member.admin.organizations.setContext.mutate({ context: { mode: 'summarize', summarizer: WRITER, ...more } });
	return member;
}

/** Every fourth message tells something that must not be lost; `name` tells whose it is. */
const telling = (count: number, name: string, words = 60): readonly Turn[] =>
	talk(count, words).map((turn, at) => (at % 4 === 0 ? { ...turn, text: `${turn.text} FACT-${name}-${at}` } : turn));

interface Asked {
	readonly told: Told;
	/** Of the model itself. */
	readonly call: CountedCall;
	readonly written: readonly CountedCall[];
}

async function ask(member: Member, turns: readonly Turn[], more: Partial<Question> = {}, door = typed): Promise<Asked> {
	const { told, calls } = await stage.during(() => member.through(door, { model: SMALL, turns, ...more }));
	const written = calls.filter(({ model }) => model === nameOf(WRITER));
	const [call, another] = calls.filter(({ model }) => model !== nameOf(WRITER));
	if (!call || another) throw new Error(`${calls.length} calls: ${JSON.stringify(told.error)}`);
	return { told, call, written };
}

const factsIn = ({ texts }: Pick<CountedCall, 'texts'>): readonly string[] => texts.join('\n').match(FACT) ?? [];

/** Rows come a while after their answers. */
let books: (() => Promise<void>) | null = null;

describe('what does not fit', () => {
	it.each(DOORS)('is summarized, and nothing that matters is lost, through $name', async (door) => {
		const member = await summarizing();
		for (const [model, stream, name] of [
			[SMALL, false, 'small'],
			[CLAUDE, true, 'claude'],
		] as const) {
			const turns = telling(81, name);
			const { told, call, written } = await ask(member, turns, { model, stream }, door);
			expect(written).toHaveLength(1);
			const receipt = agreed(told, call, turns);
			expect(told).toMatchObject({ text: 'Noted.', warnings: expect.not.arrayContaining(['context']), attempts: 1 });
			expect(receipt.dropped).toEqual([]);
			expect(receipt.summarized).toMatchObject([{ first: 0, model: WRITER, cached: false }]);
			const [run] = receipt.summarized;
			expect(run?.tokens).toBeGreaterThan(10 * (run?.into ?? 0));
			expect(call.texts[0]).toMatch(
				/^\[Summary of the earlier part of this conversation, \d+ messages\]\nThey spoke of foxes\. /,
			);
			expect(factsIn(call)).toEqual(turns.flatMap(({ text }) => text.match(FACT) ?? []));
			// The same again is there already.
			const again = await ask(member, turns, { model, stream }, door);
			expect(again.written).toEqual([]);
			expect(again.call.body).toEqual(call.body);
			expect(again.told.receipt?.summarized).toMatchObject([{ cached: true }]);
		}
	});

	it('passes its tags and its run on to whoever writes its summary', async () => {
		const member = await summarizing();
		const turns = telling(81, 'own');
		const agent = await member.agent({ model: SMALL });
		const { told, call, written } = await ask(member, turns, {
			model: agent,
			body: { tags: ['mine'], runId: 'run-1' },
		});
		books = async () => {
			const rows = await member.rows(told, 2);
			const of = (model: string) =>
				rows.find((row) => row.model === nameOf(model)) as ContextRow & Record<string, unknown>;
			const [own, summary] = [of(SMALL), of(WRITER)];
			expect(own).toMatchObject({ state: 'settled', tags: '["mine"]', run_id: 'run-1' });
			expect(summary).toMatchObject({ state: 'settled', run_id: 'run-1', agent_id: null });
			expect(JSON.parse(String(summary.tags))).toEqual(['mine', 'switchyard:summary']);
			expect(summary.request_id).not.toBe(own.request_id);
			expect(receiptIn(own)).toEqual(told.receipt);
			expect(receiptIn(summary)).toMatchObject({ dropped: [], summarized: [] });
			expect([own.prompt_tokens, summary.prompt_tokens]).toEqual([call.prompt, written[0]?.prompt]);
			expect(summary.cost_nano_usd).toBe(1_000 * ((summary.prompt_tokens ?? 0) + (summary.completion_tokens ?? 0)));
		};
	});

	it('costs a conversation that grows a few summaries, each of what is new', async () => {
		const member = await summarizing();
		let summaries = 0;
		let read = 0;
		for (let turn = 20; turn < 60; turn += 1) {
			const turns = telling(2 * turn + 1, 'own', 40);
			const { told, call, written } = await ask(member, turns, {}, DOORS[turn % DOORS.length]);
			const receipt = agreed(told, call, turns);
			expect(receipt.dropped).toEqual([]);
			expect(factsIn(call)).toEqual(turns.flatMap(({ text }) => text.match(FACT) ?? []));
			summaries += written.length;
			read += written.reduce((sum, { prompt }) => sum + prompt, 0);
		}
		// 40 turns of some 100 tokens each, where three fifths of 2,868 stay.
		expect(summaries).toBeGreaterThan(1);
		expect(summaries).toBeLessThanOrEqual(8);
		expect(read).toBeLessThan(3 * 120 * 50);
	});

	it('keeps system and pinned messages as they are, and says which messages the summary stands for', async () => {
		const member = await summarizing();
		const turns = telling(81, 'own').map((turn, at): Turn => {
			if (at === 0) return { role: 'system', text: '#0 You count foxes.' };
			return at === 10 ? { ...turn, pinned: true } : turn;
		});
		const { told, call } = await ask(member, turns);
		const receipt = agreed(told, call, turns);
		expect(call.texts.slice(0, 2)).toEqual(['#0 You count foxes.', expect.stringMatching(/^\[Summary of /)]);
		expect(receipt.summarized).toMatchObject([
			{ first: 1, last: 9 },
			{ first: 11, into: 0 },
		]);
	});

	it("is never another organization's summary, though it is the same conversation", async () => {
		const [one, other] = [await summarizing(), await summarizing()];
		const turns = telling(81, 'shared');
		stage.upstream.answering.set(nameOf(WRITER), answers('SECRET-of-one.'));
		try {
			expect((await ask(one, turns)).call.texts[0]).toContain('SECRET-of-one');
		} finally {
			stage.upstream.answering.set(nameOf(WRITER), remembers);
		}
		const { told, call, written } = await ask(other, turns);
		expect(written).toHaveLength(1);
		expect(JSON.stringify(call.body)).not.toContain('SECRET');
		expect(told.receipt?.summarized).toMatchObject([{ cached: false }]);
		const keys = stage.upstream
			.of(nameOf(WRITER))
			.slice(-2)
			.map(({ key }) => key);
		expect(new Set(keys).size).toBe(2);
		expect(await stage.platform.worker.query("SELECT 1 FROM llm_usage_logs WHERE context LIKE '%SECRET%'")).toEqual([]);
		expect((await ask(one, turns)).call.texts[0]).toContain('SECRET-of-one');
	});

	it('asks nobody for an estimate', async () => {
		const member = await summarizing();
		const turns = telling(81, 'own');
		const estimate = () => member.as(member.key).cost.estimate.mutate(typedInput({ model: SMALL, turns }));
		const { told: before, calls } = await stage.during(estimate);
		expect(calls).toEqual([]);
		expect(before.context.dropped).not.toEqual([]);
		const { told } = await ask(member, turns);
		const { told: after, calls: none } = await stage.during(estimate);
		expect(none).toEqual([]);
		expect(after.context.summarized).toMatchObject([{ ...told.receipt?.summarized[0], cached: true }]);
	});
});

describe('where there is no summary it is trimmed, with a warning that says why', () => {
	/** Answers what the warning says. */
	async function trimmed(member: Member, more: Partial<Question> = {}): Promise<string> {
		const turns = telling(81, 'own');
		const { told, call } = await ask(member, turns, more);
		const receipt = agreed(told, call, turns);
		expect(receipt.summarized).toEqual([]);
		expect(receipt.dropped).toMatchObject([{ first: 0, what: 'messages' }]);
		expect(told).toMatchObject({ text: 'Noted.', attempts: 1, warnings: expect.arrayContaining(['context']) });
		return told.warned;
	}

	const FILTERED: Answering = (_, response) =>
		void response.writeHead(200, { 'content-type': 'application/json' }).end(
			JSON.stringify({
				id: 'chatcmpl-1',
				object: 'chat.completion',
				created: 1,
				model: 'm',
				choices: [{ index: 0, message: { role: 'assistant', content: 'No.' }, finish_reason: 'content_filter' }],
				usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
			}),
		);

	it.each([
		['fails', refuses(500), /could not write it.*unavailable/],
		['does not know the model', refuses(404, { code: 'model_not_found' }), /could not write it/],
		['limits its key', refuses(429, { code: 'rate_limit_exceeded' }, { 'retry-after': '30' }), /could not write it/],
		['refuses our key', refuses(401, { code: 'invalid_api_key' }), /could not write it/],
		['filters it', FILTERED, /refused/],
		['says nothing', answers(''), /answered nothing|could not write it/],
	] as const)('%s', async (what, answering, why) => {
		const member = await summarizing();
		stage.upstream.answering.set(nameOf(WRITER), answering);
		try {
			expect([what, await trimmed(member)]).toEqual([what, expect.stringMatching(why)]);
		} finally {
			stage.upstream.answering.set(nameOf(WRITER), remembers);
		}
		// As soon as it can be written it is.
		if (what === 'refuses our key' || what === 'limits its key') return;
		expect((await ask(member, telling(81, 'own'))).told.receipt?.summarized).toHaveLength(1);
	});

	it('is late: it is finished for the next request', async () => {
		const member = await summarizing();
		const agent = await member.agent({ model: SMALL, routing: { commitTimeoutMs: 1_600 } });
		const gate = holds(remembers as never);
		stage.upstream.answering.set(nameOf(WRITER), gate.mood as never);
		try {
			expect(await trimmed(member, { model: agent })).toMatch(/not there within 5\d\d ms/);
			gate.release();
			const cached = await eventually('the summary', async () => {
				const { told, written } = await ask(member, telling(81, 'own'), { model: agent });
				expect(written).toEqual([]);
				return told.receipt?.summarized[0] ?? null;
			});
			expect(cached).toMatchObject({ cached: true });
		} finally {
			stage.upstream.answering.set(nameOf(WRITER), remembers);
		}
	});

	it('never comes: the request is answered in time', async () => {
		const member = await summarizing();
		const agent = await member.agent({ model: SMALL, routing: { commitTimeoutMs: 1_600 } });
		stage.upstream.answering.set(nameOf(WRITER), silent as never);
		try {
			expect(await trimmed(member, { model: agent })).toMatch(/not there within/);
		} finally {
			stage.upstream.answering.set(nameOf(WRITER), remembers);
		}
	});

	it('has nobody to write it', async () => {
		const member = await summarizing();
		await member.admin.organizations.setContext.mutate({ context: { mode: 'summarize' } });
		expect(await trimmed(member)).toMatch(/no summarizer/);
	});

	it('costs more than the budget has left', async () => {
		const member = await summarizing();
		await member.model(WRITER, undefined, { maxOutput: 2_000, prices: { input: '1000', output: '1000' } });
		await member.admin.organizations.update.mutate({ slug: member.slug, budgetDayUsd: '0.05' });
		const { told, calls } = await stage.during(() => trimmed(member));
		expect(told).toMatch(/budget/);
		expect(calls.map(({ model }) => model)).toEqual([nameOf(SMALL)]);
	});

	it('would be one request too many', async () => {
		const member = await summarizing();
		await member.admin.organizations.update.mutate({ slug: member.slug, requestsPerMinute: 1 });
		const { told, calls } = await stage.during(() => trimmed(member));
		expect(told).toMatch(/could not write it/);
		expect(calls).toHaveLength(1);
	});

	it('reads less than there is to summarize', async () => {
		const member = await summarizing();
		await member.model(WRITER, 1_200, { maxOutput: 300 });
		expect(await trimmed(member)).toMatch(/too long for openai\/gpt-4o-mini-w30000 to read/);
	});

	it("is not allowed by the key's providers", async () => {
		const member = await summarizing({ summarizer: 'anthropic/claude-haiku-4-5' });
		const { key } = await member.admin.gatewayKeys.create.mutate({ name: 'bound', allowedProviders: ['openai'] });
		const turns = telling(81, 'own');
		const { origin } = stage.platform.worker;
		const { told, calls } = await stage.during(() => typed.ask(origin, key, { model: SMALL, turns }));
		expect(calls.map(({ model }) => model)).toEqual([nameOf(SMALL)]);
		expect(told).toMatchObject({ error: null, warnings: expect.arrayContaining(['context']) });
	});

	it("is written though the key's models and agents do not name the summarizer", async () => {
		const member = await summarizing();
		const { key } = await member.admin.gatewayKeys.create.mutate({ name: 'bound', allowedModels: [SMALL] });
		const { origin } = stage.platform.worker;
		const turns = telling(81, 'own');
		const { told } = await stage.during(() => typed.ask(origin, key, { model: SMALL, turns }));
		expect(told.receipt?.summarized).toMatchObject([{ model: WRITER }]);
		const { error } = await typed.ask(origin, key, { model: WRITER, turns: talk(1) });
		expect(error).toMatchObject({ code: 'forbidden' });
	});
});

describe('the ledger', () => {
	it('has a row of its own for a summary, with a tag', async () => {
		expect(books).not.toBeNull();
		await books?.();
	});
});

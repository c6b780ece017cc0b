/** A conversation never overflows, what is taken away goes by the rules, and a receipt says the same of it everywhere. */
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, type ModelMessage } from 'ai';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/node/worker';
import { text } from '../support/texts';
import { DOORS, openAi, plain, type Told, typed } from './context-doors';
import { agreed, type ContextRow, type Member, openStage, receiptIn, type Stage, textAt } from './context-stage';
import { changed, placesIn, saying, spread, type Turn, talk } from './context-turns';

let stage: Stage;
let member: Member;

/** Its window is what the upstream has, counted by o200k. */
const SMALL = 'openai/gpt-4o-w4000';
/** The upstream makes a fifth more tokens than o200k. */
const CLAUDE = 'anthropic/claude-haiku-4-5-w6000-r120';
const MOCK = 'mock/echo';

beforeAll(async () => {
	stage = await openStage();
	const maxOutput = 1_500;
	member = await stage.member({
		[SMALL]: { maxOutput },
		[CLAUDE]: { maxOutput },
		[MOCK]: { contextWindow: 4_000, maxOutput },
	});
}, 90_000);
afterAll(() => stage?.close());

const ask = async (turns: readonly Turn[], more: object = {}) => {
	const { told, calls } = await stage.during(() => member.through(typed, { model: SMALL, turns, ...more }));
	const [call] = calls;
	if (!call) throw new Error(`Nobody was asked: ${JSON.stringify(told.error)}`);
	expect(calls).toHaveLength(1);
	return { told, call, receipt: agreed(told, call, turns) };
};

/** Places that were dropped. */
const gone = ({ receipt }: { readonly receipt: NonNullable<Told['receipt']> }): readonly number[] =>
	spread(receipt.dropped.filter(({ what }) => what === 'messages'));

describe('the first requests of an isolate', () => {
	it('wait for the encodings all at once, and none of them overflows', async () => {
		const turns = talk(81);
		const questions = Array.from({ length: 24 }, (_, at) => ({
			model: [SMALL, CLAUDE, MOCK][at % 3] ?? SMALL,
			turns,
			stream: at % 2 === 1,
		}));
		const { told, calls } = await stage.during(() =>
			Promise.all(questions.map((question, at) => member.through(DOORS[at % DOORS.length] ?? typed, question))),
		);
		expect(told.map(({ error }) => error)).toEqual(questions.map(() => null));
		expect(told.map(({ receipt }) => receipt?.method)).toEqual(
			questions.map(({ model }) => (model === SMALL ? 'exact' : 'calibrated')),
		);
		expect(calls.map(({ status }) => status)).toEqual(calls.map(() => 200));
		expect(calls).toHaveLength(16);
	});

	it('of several choices each has its receipt', async () => {
		const { told, calls } = await stage.during(() =>
			member.through(plain, { model: SMALL, turns: talk(81), body: { n: 3 } }),
		);
		expect(calls).toHaveLength(3);
		expect(new Set(calls.map(({ texts }) => texts.join())).size).toBe(1);
		if (calls[0]) agreed(told, calls[0], talk(81));
	});
});

describe('a chat that grows to 60 turns', () => {
	it.each([
		[SMALL, 30],
		[CLAUDE, 40],
	])('never overflows %s, whatever door each turn comes through', async (model, words) => {
		const receipts = new Map<string, NonNullable<Told['receipt']>>();
		const methods = new Set<string>();
		for (let turn = 0; turn < 60; turn += 1) {
			const turns = talk(2 * turn + 1, words);
			const door = DOORS[turn % DOORS.length] ?? typed;
			const question = { model, turns, stream: Math.floor(turn / DOORS.length) % 2 === 1 };
			const { told, calls } = await stage.during(() => member.through(door, question));
			const [call] = calls;
			expect(calls.map(({ status }) => status)).toEqual([200]);
			expect(told).toMatchObject({ text: 'Noted.', attempts: 1, by: model });
			if (!call) continue;
			const receipt = agreed(told, call, turns);
			// What is kept is the end of it, and it begins with a question.
			expect(placesIn(call)).toEqual([...turns.keys()].slice(-placesIn(call).length));
			expect((placesIn(call)[0] ?? 1) % 2).toBe(0);
			if (receipt.method === 'exact') expect(receipt.after - call.prompt).toBeLessThanOrEqual(2);
			receipts.set(told.requestId, receipt);
			methods.add(receipt.method);
		}
		expect(methods).toEqual(new Set(['bound', model === SMALL ? 'exact' : 'calibrated']));
		const last = [...receipts.values()].at(-1);
		expect(spread(last?.dropped ?? []).length).toBeGreaterThan(20);
		const rows = await eventually('a row of each', async () => {
			const sql = 'SELECT * FROM llm_usage_logs WHERE organization_id = ? AND model = ?';
			const all = await stage.platform.worker.query<ContextRow & { client_request_id: string }>(
				sql,
				member.id,
				model.slice(model.indexOf('/') + 1),
			);
			const own = all.filter(({ client_request_id: id }) => receipts.has(id));
			return own.length >= 60 ? own : null;
		});
		expect(rows).toHaveLength(60);
		for (const row of rows) expect(receiptIn(row)).toEqual(receipts.get(row.client_request_id));
	});

	it('never overflows the mock, which hears the last question', async () => {
		const methods: (string | undefined)[] = [];
		for (let turn = 0; turn < 60; turn += 4) {
			const turns = talk(2 * turn + 1, 30);
			const told = await member.through(DOORS[turn % DOORS.length] ?? typed, { model: MOCK, turns });
			expect(told.error).toBeNull();
			expect(told.text).toBe(turns.at(-1)?.text);
			expect(told.receipt?.after).toBeLessThanOrEqual(told.receipt?.limit ?? 0);
			methods.push(told.receipt?.method);
		}
		expect([methods[0], methods.at(-1)]).toEqual(['bound', 'calibrated']);
	});

	it('goes on through the AI SDK', async () => {
		const model = createOpenAI({ baseURL: `${stage.platform.worker.origin}/v1`, apiKey: member.key }).chat(SMALL);
		const messages = talk(121, 30).map(({ role, text }) => ({ role, content: text })) as ModelMessage[];
		const { told, calls } = await stage.during(() => generateText({ model, messages, maxRetries: 0 }));
		expect(told.text).toBe('Noted.');
		expect(calls.map(({ status }) => status)).toEqual([200]);
		expect(told.response.headers?.['x-switchyard-context']).toMatch(/method=exact, dropped=\d{2}, summarized=0$/);
	});
});

/** Rounds of a tool with long results, images, and talk between them, each thing too much by itself. */
const rich = (): readonly Turn[] => {
	const turns: Turn[] = [];
	const add = (turn: Omit<Turn, 'text'>, words: number): void => {
		turns.push({ ...turn, text: saying(turns.length, words) });
	};
	for (let round = 0; round < 5; round += 1) {
		add({ role: 'user' }, 400);
		add({ role: 'assistant', calls: [`call_${round}`] }, 5);
		add({ role: 'tool', callId: `call_${round}` }, 800);
		add({ role: 'assistant' }, 40);
		add({ role: 'user', images: 2 }, 20);
		add({ role: 'assistant' }, 40);
	}
	add({ role: 'user' }, 20);
	return turns;
};

/** Rows come a while after their answers. */
const books: (() => Promise<void>)[] = [];

describe.each(DOORS)('the receipt through $name', (door) => {
	it.each([
		['whole', SMALL, false],
		['streamed', SMALL, true],
		['whole', CLAUDE, false],
		['streamed', CLAUDE, true],
	])('of a %s answer of %s is what the upstream saw, and what the row says', async (_, model, stream) => {
		const turns = rich();
		const { told, calls } = await stage.during(() => member.through(door, { model, turns, stream, maxTokens: 300 }));
		const [call] = calls;
		expect(calls).toHaveLength(1);
		if (!call) return;
		const receipt = agreed(told, call, turns);
		expect(new Set(receipt.dropped.map(({ what }) => what))).toEqual(new Set(['messages', 'images']));
		expect(receipt.shortened.length).toBeGreaterThan(0);
		expect(receipt).toMatchObject({ reserve: 300, summarized: [], replans: 0 });
		books.push(async () => {
			const [row] = await member.rows(told);
			expect(row && receiptIn(row)).toEqual(receipt);
			expect(row).toMatchObject({ prompt_tokens: call.prompt, state: 'settled' });
		});
	});
});

describe('each of these receipts', () => {
	it('is in the row of its call', async () => {
		expect(books).toHaveLength(4 * DOORS.length);
		for (const check of books) await check();
	});
});

describe('by the rules', () => {
	const pinned = (at: number, turns = talk(61)) => changed(turns, at, { pinned: true });
	const withSystem = (turns: readonly Turn[]): readonly Turn[] => [
		{ role: 'system', text: saying(0, 40) },
		...turns.map((turn, at) => ({ ...turn, text: turn.text.replace(/^#\d+/, `#${at + 1}`) })),
	];

	it.each(DOORS)('system, pinned and last messages stay, through $name', async (door) => {
		const hasSystem = door.name !== "Anthropic's SDK";
		const turns = pinned(5, hasSystem ? withSystem(talk(61)) : talk(61));
		const { told, calls } = await stage.during(() => member.through(door, { model: SMALL, turns, maxTokens: 100 }));
		const [call] = calls;
		if (!call) throw new Error(JSON.stringify(told.error));
		const receipt = agreed(told, call, turns);
		// An answer that is pinned keeps its question.
		const asked = turns[5]?.role === 'assistant' ? [4, 5] : [5];
		const kept = placesIn(call).filter((place) => place < 8);
		expect(kept).toEqual(hasSystem ? [0, ...asked] : asked);
		expect(receipt.dropped).toHaveLength(2);
		expect(JSON.stringify(call.body)).not.toMatch(/pinned|priority|switchyard/);
	});

	it("an agent's prompt stays, and counts among nobody's places", async () => {
		const agent = await member.agent({ model: SMALL, systemPrompt: 'You count foxes. '.repeat(30) });
		const turns = talk(61);
		const { told, call } = await ask(turns, { model: agent });
		expect(call.texts[0]).toContain('You count foxes.');
		expect(told.receipt?.dropped[0]).toMatchObject({ first: 0, what: 'messages' });
	});

	it('the lowest priority goes first, then the oldest', async () => {
		// An exchange counts as its highest message.
		const marks: readonly (readonly [place: number, priority: number])[] = [
			[2, 5],
			[3, -1_000],
			[30, -1],
			[31, -1],
			[50, -2],
			[51, -2.5],
			[54, -1_000],
		];
		const turns = marks.reduce((all, [place, priority]) => changed(all, place, { priority }), talk(61));
		const dropping = async (maxTokens: number) => gone(await ask(turns, { maxTokens }));
		expect(await dropping(1)).toEqual([30, 31, 50, 51]);
		expect(await dropping(400)).toEqual([0, 1, 4, 5, 6, 7, 30, 31, 50, 51]);
	});

	it('a tool call and its results go or stay together', async () => {
		const turns: Turn[] = [];
		for (let round = 0; round < 14; round += 1) {
			const calls = [`a${round}`, `b${round}`];
			turns.push({ role: 'user', text: saying(turns.length, 30) });
			turns.push({ role: 'assistant', text: saying(turns.length, 5), calls });
			for (const callId of calls) turns.push({ role: 'tool', text: saying(turns.length, 120), callId });
			turns.push({ role: 'assistant', text: saying(turns.length, 30) });
		}
		turns.push({ role: 'user', text: saying(turns.length, 30) });
		const { call, receipt } = await ask(turns);
		expect(receipt.shortened).toEqual([]);
		const kept = placesIn(call);
		expect(kept.length).toBeLessThan(turns.length);
		expect(kept[0] ?? -1).toBe(kept.length === turns.length ? 0 : (kept[0] ?? -1) - ((kept[0] ?? 0) % 5));
		const messages = call.body.messages as readonly Readonly<Record<string, unknown>>[];
		const called = messages.flatMap(({ tool_calls: made = [] }) => (made as { id: string }[]).map(({ id }) => id));
		const answered = messages.flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id]));
		expect(answered).toEqual(called);
	});

	it('long results lose their middle before anything is dropped', async () => {
		const result = (at: number, id: string): Turn => ({ role: 'tool', callId: id, text: saying(at, 2_000) });
		const turns: readonly Turn[] = [
			{ role: 'user', text: saying(0, 20) },
			{ role: 'assistant', text: saying(1, 5), calls: ['one'] },
			result(2, 'one'),
			{ role: 'assistant', text: saying(3, 20) },
			{ role: 'user', text: saying(4, 20) },
			{ role: 'assistant', text: saying(5, 5), calls: ['two'] },
			result(6, 'two'),
			{ role: 'assistant', text: saying(7, 20) },
			{ role: 'user', text: saying(8, 20) },
		];
		const { call, receipt } = await ask(turns, { maxTokens: 1_000 });
		expect(receipt.dropped).toEqual([]);
		expect(receipt.shortened.map(({ message }) => message)).toEqual([2]);
		expect(textAt(call, 2)).toMatch(/^#2 .+\n\[… \d+ tokens left out …\]\n.+\.\n?$/s);
		expect(textAt(call, 6).trimEnd()).toBe(turns[6]?.text);
		const { receipt: both } = await ask(turns, { maxTokens: 1_500 });
		expect(both.dropped).toEqual([]);
		expect(both.shortened.map(({ message }) => message)).toEqual([2, 6]);
		// Of the exchange in progress as well, where nothing else is left.
		const atWork = changed(turns.slice(0, 3), 2, { text: saying(2, 5_000) });
		const { receipt: last } = await ask(atWork);
		expect(last).toMatchObject({ dropped: [], shortened: [{ message: 2 }] });
	});

	it('images of older turns become notes before text is dropped', async () => {
		const turns = [0, 2, 4, 6].reduce((all, at) => changed(all, at, { images: 1 }), talk(9, 60));
		const { call, receipt } = await ask(turns, { maxTokens: 1_500 });
		expect(gone({ receipt })).toEqual([]);
		expect(receipt.dropped.every(({ what }) => what === 'images')).toBe(true);
		expect(receipt.dropped[0]).toMatchObject({ first: 0, last: 0 });
		expect(textAt(call, 0)).toContain('[image left out]');
		// The newest keeps its image.
		expect(textAt(call, 6)).not.toContain('left out');
	});

	it('old rounds of an agent at work go, its question and its newest round stay', async () => {
		const turns: Turn[] = [{ role: 'user', text: saying(0, 40) }];
		for (let round = 0; round < 12; round += 1) {
			turns.push({ role: 'assistant', text: saying(turns.length, 5), calls: [`call_${round}`] });
			turns.push({ role: 'tool', callId: `call_${round}`, text: saying(turns.length, 350) });
		}
		const { call, receipt } = await ask(turns);
		expect(receipt.dropped).toMatchObject([{ first: 1, what: 'messages' }]);
		expect(placesIn(call)[0]).toBe(0);
		expect(placesIn(call).slice(-2)).toEqual([23, 24]);
	});

	it('the same conversation gives the same plan, and what was sent fits as it is', async () => {
		const turns = talk(61);
		const [one, other] = [await ask(turns), await ask(turns)];
		expect(other.call.body).toEqual(one.call.body);
		const messages = one.call.body.messages as readonly object[];
		const { told, calls } = await stage.during(() =>
			member.through(plain, { model: SMALL, turns: [], body: { messages } }),
		);
		expect(told.receipt).toMatchObject({ dropped: [], shortened: [] });
		expect(calls[0]?.body.messages).toEqual(messages);
	});

	it("the reserve is lowered before anything is dropped, and never the caller's own", async () => {
		// Counts some 2,700 tokens: it fits beside 1,024 and not beside 1,500.
		const turns = talk(37, 66);
		const { told, call, receipt } = await ask(turns);
		expect(receipt.dropped).toEqual([]);
		expect(receipt.reserve).toBeGreaterThanOrEqual(1_024);
		expect(receipt.reserve).toBeLessThan(1_500);
		expect(call.maxTokens).toBe(receipt.reserve);
		expect(told.warnings).toEqual(['maxTokens']);
		expect(told.warned).toMatch(new RegExp(`4000 .*${receipt.reserve} .*1500`));
		const kept = await ask(turns, { maxTokens: 1_500 });
		expect(kept.receipt.dropped.length).toBeGreaterThan(0);
		expect(kept.call.maxTokens).toBe(1_500);
	});

	it('a key that streams to the end leaves a receipt in the last chunk alone', async () => {
		const { told } = await stage.during(() => member.through(openAi, { model: SMALL, turns: talk(61), stream: true }));
		expect(told.receipt?.dropped.length).toBe(1);
	});
});

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
const marks = fc.record(
	{ pinned: fc.constantFrom(true, false), priority: fc.constantFrom(-1_000, -1, 0.5, 3, 1_000) },
	{ requiredKeys: [] },
);
const said = fc.tuple(text, fc.oneof({ weight: 4, arbitrary: fc.nat(60) }, fc.nat(900)));
const seldom = { weight: 1, arbitrary: marks };
const step = fc.oneof(
	fc.record({
		kind: fc.constant('user' as const),
		said,
		marks: fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, seldom),
		images: fc.constantFrom(0, 0, 0, 1, 2),
	}),
	fc.record({
		kind: fc.constant('assistant' as const),
		said,
		marks: fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, seldom),
		images: fc.constant(0),
	}),
	fc.record({
		kind: fc.constant('round' as const),
		said,
		marks: fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, seldom),
		ids,
	}),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function turnsOf(steps: readonly Step[]): readonly Turn[] {
	const turns: Turn[] = [{ role: 'user', text: saying(0, 10) }];
	const add = (turn: Omit<Turn, 'text'>, [strange, words]: Step['said']): void => {
		// A number in it would be taken for another turn's.
		turns.push({ ...turn, text: `${saying(turns.length, words)} ${strange.replaceAll('#', '')}` });
	};
	for (const one of steps) {
		if (one.kind === 'user') add({ role: 'user', images: one.images, ...one.marks }, one.said);
		else if (one.kind === 'assistant') add({ role: 'assistant', ...one.marks }, one.said);
		else {
			const calls = one.ids.map((id) => `${id}_${turns.length}`);
			add({ role: 'assistant', calls, ...one.marks }, [one.said[0], 3]);
			for (const callId of calls) add({ role: 'tool', callId }, one.said);
		}
	}
	return turns;
}

describe('whatever is said', () => {
	it.each([SMALL, CLAUDE])('%s is sent a conversation that it takes, or nothing', async (model) => {
		let [sent, cut] = [0, 0];
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { minLength: 3, maxLength: 18, size: 'max' }),
				fc.constantFrom(typed, plain),
				fc.constantFrom(undefined, 1, 700),
				async (steps, door, maxTokens) => {
					const turns = turnsOf(steps);
					const more = maxTokens === undefined ? {} : { maxTokens };
					const { told, calls } = await stage.during(() => member.through(door, { model, turns, ...more }));
					if (told.error) {
						expect(told.error).toMatchObject({ code: 'context_too_long', source: 'gateway' });
						expect(told.error.message).toMatch(/\d{4}/);
						expect(calls).toEqual([]);
						return;
					}
					expect(calls.map(({ status }) => status)).toEqual([200]);
					const [call] = calls;
					if (!call) return;
					const receipt = agreed(told, call, turns);
					sent += 1;
					if (receipt.after < receipt.before) cut += 1;
				},
			),
			// To shrink one takes minutes.
			{ numRuns: 40, endOnFailure: true },
		);
		expect(Math.min(sent, cut)).toBeGreaterThan(5);
	});
});

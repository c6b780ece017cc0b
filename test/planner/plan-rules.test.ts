import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelFacts, TokenizerFamily } from '../../src/catalog/facts';
import type { Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { type CountMemo, counterFor, countMemo, encodingOf } from '../../src/planner/count';
import type { Counter } from '../../src/planner/counter';
import { hasImages, leaveOutImages } from '../../src/planner/image-note';
import { planRequest } from '../../src/planner/plan';
import type { PlanResult, PlanTerms } from '../../src/planner/planning';
import { limitOf, type RoomTerms, reserveInTrim, roomOf } from '../../src/planner/room';
import { shortenResult } from '../../src/planner/shorten';
import { type Conversation, conversations } from '../support/conversations';
import { encodingNamed } from '../support/encodings';
import { checkPlan, sketchOf } from '../support/plan-rules';

const FAMILIES = [
	'o200k',
	'cl100k',
	'claude',
	'claude-5',
	'gemini',
	'llama',
	'mistral',
	'deepseek',
	'qwen',
	'gpt-oss',
	'grok',
	'cohere',
	'nova',
	'mock',
	'unknown',
] as const satisfies readonly TokenizerFamily[];
/** Some 10,000 conversations over all families. */
const RUNS = 670;

/** Small, so that thousands are planned in seconds. */
const factsOf = (
	tokenizer: TokenizerFamily,
	window: number,
	share: number | null,
	maxOutput: number | null,
): ModelFacts => ({
	provider: 'any',
	model: 'small',
	known: window % 2 === 0,
	kind: 'chat',
	contextWindow: window,
	inputLimit: share === null ? null : Math.floor(window * share),
	maxOutput,
	input: ['text', 'image'],
	tools: true,
	structuredOutput: true,
	reasoning: false,
	reasoningOptions: [],
	sampling: true,
	tokenizer,
	prices: null,
	priceVersion: null,
});

const terms = fc.record({
	/** Beside what the family adds by itself. */
	window: fc.integer({ min: 900, max: 1_800 }),
	inputShare: fc.constantFrom(null, null, 0.5),
	maxOutput: fc.constantFrom(null, null, 300),
	maxTokens: fc.constantFrom(undefined, undefined, undefined, 100, 500, 9_000),
	asked: fc.boolean(),
	wireOutput: fc.constantFrom(null, null, 400, 4_096),
	mode: fc.constantFrom('trim' as const, 'trim' as const, 'trim' as const, 'summarize' as const, 'refuse' as const),
	/** Of half the window, about. */
	length: fc.noBias(fc.integer({ min: 0, max: 50 })).map((tenths) => tenths / 10),
});

/** Whatever the request (tokens). */
const addedBy = (family: TokenizerFamily): number =>
	Math.ceil(counterOf({ messages: [] }, factsOf(family, 0, null, null), countMemo()).fixed);

interface Case extends Conversation {
	readonly request: ChatRequest;
	readonly facts: ModelFacts;
	readonly room: RoomTerms;
	readonly mode: PlanTerms['mode'];
	readonly memo: CountMemo;
}

const UNITS_PER_TOKEN = 3;

const cases = (family: TokenizerFamily): fc.Arbitrary<Case> =>
	terms.chain(({ window, inputShare, maxOutput, maxTokens, asked, wireOutput, mode, length }) =>
		conversations(fc.constant((window / 2) * length * UNITS_PER_TOKEN)).map((conversation) => ({
			...conversation,
			request: {
				messages: conversation.messages,
				...(conversation.tools.length > 0 && { tools: conversation.tools }),
				...(maxTokens !== undefined && { maxTokens }),
			},
			facts: factsOf(family, window + addedBy(family), inputShare, maxOutput),
			room: { asked, wireOutput },
			mode,
			memo: countMemo(),
		})),
	);

const counterOf = (request: ChatRequest, facts: ModelFacts, memo: CountMemo): Counter =>
	counterFor(request, { facts, encoding: encodingNamed(encodingOf(facts)), calibration: null, memo });

function plan(
	request: ChatRequest,
	places: ReadonlyMap<Message, number>,
	{ facts, room, mode, memo }: Case,
): PlanResult {
	const counter = counterOf(request, facts, memo);
	return planRequest(request, {
		counter,
		room: roomOf(request, facts, { ...room, method: counter.method }),
		mode,
		places,
	});
}

/** By nothing that the planner has touched: another counter, other objects. */
const recount = (request: ChatRequest, facts: ModelFacts): number => {
	const copy = structuredClone(request);
	return counterOf(copy, facts, countMemo()).total(copy.messages);
};

function checkFigures(one: Case, result: PlanResult & { kind: 'fits' }): void {
	const { request, receipt } = result;
	const { facts } = one;
	const prompt = recount(request, facts);
	const output = request.maxTokens ?? Math.min(one.room.wireOutput ?? 0, facts.maxOutput ?? 9_999);
	const sent = Math.min(output, facts.maxOutput ?? (facts.known ? output : Math.floor(facts.contextWindow / 2)));
	expect(prompt + sent + 128, 'prompt and answer fit the window').toBeLessThanOrEqual(facts.contextWindow);
	expect(prompt + 128).toBeLessThanOrEqual(facts.inputLimit ?? facts.contextWindow);
	expect(receipt.after).toBeGreaterThanOrEqual(prompt);
	expect(receipt.after).toBeLessThanOrEqual(receipt.limit);
	expect(receipt.before).toBe(counterOf(one.request, facts, one.memo).total(one.messages));
	expect(receipt.reserve).toBeGreaterThan(0);
	if (one.room.asked && one.request.maxTokens !== undefined) expect(request.maxTokens).toBe(one.request.maxTokens);
	expect(result.warnings.length).toBe(request.maxTokens === one.request.maxTokens ? 0 : 1);
}

const WHATEVER = Number.MAX_SAFE_INTEGER;

/** What must stay, as short as it can be made: long results at their least, images as notes. */
function leastOf({ messages, places }: Case, counter: Counter): number {
	const { kept, inProgress, pinned } = sketchOf(messages, places);
	const mayGo = new Set(inProgress.flat());
	const least = [...kept].filter((at) => !mayGo.has(at)).map((at) => shortest(messages[at] as Message, pinned.has(at)));
	return counter.total(least);

	function shortest(message: Message, stays: boolean): Message {
		if (stays || (message.role !== 'tool' && message.role !== 'user')) return message;
		const cut = message.role === 'tool' && shortenResult(message, counter.message(message), WHATEVER, counter);
		const short = cut ? cut.message : message;
		const bare = hasImages(short) && leaveOutImages(short, counter.message(short), WHATEVER, counter);
		return bare ? bare.message : short;
	}
}

function checkRefusal(one: Case, result: PlanResult & { kind: 'too-long' }, limit: number): void {
	const counter = counterOf(one.request, one.facts, one.memo);
	expect(result.least > limit || limit === 0).toBe(true);
	expect(result.message).toContain(String(result.least));
	expect(result.message).toContain(String(limit));
	expect(result.param).toMatch(/^(messages(\[\d+\])?|tools|maxTokens)$/);
	expect(result.receipt).toMatchObject({ before: counter.total(one.messages), dropped: [], shortened: [] });
	if (one.mode === 'refuse') expect(result.least).toBe(counter.total(one.messages));
	else if (limit > 0) expect(leastOf(one, counter), 'nothing more could go').toBeGreaterThan(limit);
}

/** Planned again as what it has become, under the same terms. */
function checkAgain(one: Case, { request }: PlanResult & { kind: 'fits' }): void {
	const again = plan(request, one.places, one);
	expect(again.kind).toBe('fits');
	if (again.kind === 'fits') expect(again.request).toBe(request);
}

const seen = { untouched: 0, lowered: 0, shortened: 0, images: 0, dropped: 0, refused: 0, tooLong: 0, runs: 0 };

function note(one: Case, result: PlanResult): void {
	seen.runs += 1;
	if (result.kind === 'too-long') {
		if (one.mode === 'refuse') seen.refused += 1;
		else seen.tooLong += 1;
		return;
	}
	const { dropped, shortened } = result.receipt;
	if (result.request === one.request) seen.untouched += 1;
	if (result.warnings.length > 0) seen.lowered += 1;
	if (shortened.length > 0) seen.shortened += 1;
	if (dropped.some(({ what }) => what === 'images')) seen.images += 1;
	if (dropped.some(({ what }) => what === 'messages')) seen.dropped += 1;
}

describe('any conversation, for a model of any family', () => {
	it.each(FAMILIES)(
		'fits by an independent count or is refused with figures, by the rules, and stays as planned: %s',
		(family) => {
			fc.assert(
				fc.property(cases(family), (one) => {
					const result = plan(one.request, one.places, one);
					note(one, result);
					const room = roomOf(one.request, one.facts, { ...one.room, method: result.receipt.method });
					const limit = limitOf(room, room.leastReserve);
					if (result.kind === 'too-long') return checkRefusal(one, result, limit);
					checkFigures(one, result);
					const counter = counterOf(one.request, one.facts, one.memo);
					const texts = new Map<string, number>();
					const text = (value: string): number => {
						const tokens = texts.get(value) ?? counter.text(value);
						texts.set(value, tokens);
						return tokens;
					};
					// With room for a usual answer, unless that could not be had.
					const usual = limitOf(room, reserveInTrim(room));
					const aim = result.receipt.after <= usual ? usual : limit;
					checkPlan({ original: one.messages, places: one.places, counter: { ...counter, text }, limit: aim, result });
					if (one.mode === 'refuse') expect(result.request.messages).toBe(one.messages);
					checkAgain(one, result);
				}),
				{ numRuns: RUNS },
			);
		},
		60_000,
	);

	it('has met every rule dozens of times', () => {
		expect(seen.runs).toBeGreaterThanOrEqual(10_000);
		const { runs: _, ...each } = seen;
		for (const [rule, times] of Object.entries(each)) expect(times, rule).toBeGreaterThan(50);
	});
});

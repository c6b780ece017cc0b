import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { ModelFacts } from '../../src/catalog/facts';
import { holds, limitOf, reserveBeside, roomOf } from '../../src/planner/room';

const { facts } = catalog();
const GPT_4O: ModelFacts = {
	...facts('openai', 'gpt-4o'),
	contextWindow: 128_000,
	maxOutput: 16_384,
	inputLimit: null,
};
const CLAUDE: ModelFacts = { ...facts('anthropic', 'claude-sonnet-4-5'), contextWindow: 200_000, maxOutput: 64_000 };
const unasked = { asked: false, wireOutput: null };

describe('the reserve', () => {
	it('is what was asked for, bounded by what the model gives', () => {
		expect(roomOf({ maxTokens: 500 }, GPT_4O, unasked).reserve).toBe(500);
		expect(roomOf({ maxTokens: 50_000 }, GPT_4O, unasked).reserve).toBe(16_384);
		expect(roomOf({ maxTokens: 50_000 }, { ...GPT_4O, maxOutput: null }, unasked).reserve).toBe(50_000);
	});

	it('is at most half of a window that is a guess, however long an answer is asked for', () => {
		const guess = facts('groq', 'nobody-knows-it');
		expect(roomOf({ maxTokens: 20_000 }, guess, { asked: true, wireOutput: null })).toMatchObject({
			window: 8_192,
			reserve: 4_096,
			leastReserve: 4_096,
		});
	});

	it('is what the wire sends by itself where nobody asks', () => {
		expect(roomOf({}, CLAUDE, { asked: false, wireOutput: 64_000 }).reserve).toBe(64_000);
		expect(roomOf({}, { ...CLAUDE, maxOutput: 8_000 }, { asked: false, wireOutput: 64_000 }).reserve).toBe(8_000);
		expect(roomOf({ maxTokens: 10 }, CLAUDE, { asked: true, wireOutput: 64_000 }).reserve).toBe(10);
	});

	it('is a usual answer where the wire sends nothing either, of a small window half', () => {
		expect(roomOf({}, GPT_4O, unasked).reserve).toBe(4_096);
		expect(roomOf({}, { ...GPT_4O, maxOutput: 2_000 }, unasked).reserve).toBe(2_000);
		expect(roomOf({}, { ...GPT_4O, contextWindow: 3_001 }, unasked).reserve).toBe(1_500);
	});

	it('has room for thinking, which counts as output', () => {
		const thinker = { ...GPT_4O, reasoning: true, maxOutput: null };
		expect(roomOf({ reasoning: { effort: 'high' } }, thinker, unasked)).toMatchObject({ reserve: 4_096 + 16_384 });
		expect(roomOf({ reasoning: { budgetTokens: 9_000 } }, thinker, unasked)).toMatchObject({
			reserve: 4_096 + 9_000,
			leastReserve: 1_024 + 9_000,
		});
		expect(roomOf({ reasoning: { effort: 'none' } }, thinker, unasked)).toMatchObject({
			reserve: 4_096,
			leastReserve: 1_024,
		});
		// The least budget that a model thinks by, beside the least answer.
		expect(roomOf({ reasoning: { effort: 'low' } }, thinker, unasked).leastReserve).toBe(1_024 + 1_024);
		expect(roomOf({ reasoning: { budgetTokens: 9_000 } }, GPT_4O, unasked)).toMatchObject({
			reserve: 4_096,
			leastReserve: 1_024,
		});
	});

	it('may be lowered to 1,024, but not where it is the caller’s own', () => {
		expect(roomOf({}, GPT_4O, unasked).leastReserve).toBe(1_024);
		expect(roomOf({ maxTokens: 700 }, GPT_4O, unasked).leastReserve).toBe(700);
		expect(roomOf({ maxTokens: 9_000 }, GPT_4O, unasked).leastReserve).toBe(1_024);
		expect(roomOf({ maxTokens: 9_000 }, GPT_4O, { ...unasked, asked: true }).leastReserve).toBe(9_000);
		expect(roomOf({}, GPT_4O, { ...unasked, asked: true }).leastReserve).toBe(1_024);
	});
});

describe('the limit', () => {
	it('is the window without reserve and safety, or the input limit without safety', () => {
		expect(limitOf(roomOf({ maxTokens: 1_000 }, GPT_4O, unasked))).toBe(128_000 - 1_000 - 128);
		expect(limitOf(roomOf({ maxTokens: 1_000 }, { ...GPT_4O, inputLimit: 90_000 }, unasked))).toBe(90_000 - 128);
		expect(limitOf(roomOf({ maxTokens: 1_000 }, { ...GPT_4O, inputLimit: 127_500 }, unasked))).toBe(126_872);
		expect(limitOf(roomOf({ maxTokens: 1_000 }, GPT_4O, unasked), 10)).toBe(128_000 - 10 - 128);
	});

	it('keeps a thousandth more free where the count is exact', () => {
		expect(roomOf({}, GPT_4O, { ...unasked, method: 'exact' }).safety).toBe(128 + 128);
		expect(roomOf({}, GPT_4O, { ...unasked, method: 'calibrated' }).safety).toBe(128);
		expect(roomOf({}, GPT_4O, { ...unasked, method: 'bound' }).safety).toBe(128);
	});

	it('is 0 where the answer leaves nothing, and then nothing fits', () => {
		const room = roomOf({ maxTokens: 130_000 }, { ...GPT_4O, maxOutput: null }, { ...unasked, asked: true });
		expect(limitOf(room)).toBe(0);
		expect(holds(room, 0)).toBe(false);
	});

	it('says that a window is a guess where nobody lists the model', () => {
		expect(roomOf({}, facts('openai', 'gpt-4o'), unasked).assumed).toBeUndefined();
		expect(roomOf({}, facts('groq', 'nobody-knows-it'), unasked)).toMatchObject({ assumed: true, window: 8_192 });
	});
});

describe('after an upstream has said that it is still too long', () => {
	it('is what it stated, where that is less', () => {
		expect(roomOf({}, GPT_4O, { ...unasked, statedLimit: 32_000 }).window).toBe(32_000);
		expect(roomOf({}, GPT_4O, { ...unasked, statedLimit: 900_000 }).window).toBe(128_000);
	});

	it('is a part of the limit where it stated nothing, and of what it refused where that is less', () => {
		const room = roomOf({ maxTokens: 1_000 }, GPT_4O, { ...unasked, asked: true, shrink: 0.75 });
		expect(limitOf(room)).toBe(Math.floor(126_872 * 0.75));
		const shorter = roomOf({ maxTokens: 1_000 }, GPT_4O, { ...unasked, asked: true, shrink: 0.75, refused: 20_000 });
		expect(limitOf(shorter)).toBe(15_000);
	});

	it('is less than what was refused beside a lowered reserve', () => {
		const room = roomOf({}, CLAUDE, { asked: false, wireOutput: 64_000, shrink: 0.75, refused: 190_000 });
		expect(limitOf(room, room.leastReserve)).toBe(142_500);
	});
});

it('any figures give whole limits, within the window, that a reserve beside the prompt keeps to', () => {
	const figure = fc.oneof(fc.integer({ min: 0, max: 3_000_000 }), fc.constant(1));
	fc.assert(
		fc.property(
			fc.record({
				contextWindow: figure,
				inputLimit: fc.option(figure),
				maxOutput: fc.option(figure),
				maxTokens: fc.option(figure, { nil: undefined }),
				asked: fc.boolean(),
				wireOutput: fc.option(figure),
				method: fc.constantFrom('bound' as const, 'exact' as const, 'calibrated' as const),
				prompt: figure,
			}),
			({ contextWindow, inputLimit, maxOutput, maxTokens, prompt, ...terms }) => {
				const model: ModelFacts = { ...GPT_4O, contextWindow, inputLimit, maxOutput };
				const room = roomOf(maxTokens === undefined ? {} : { maxTokens }, model, terms);
				for (const figure of Object.values(room))
					if (typeof figure === 'number') expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true);
				expect(room.leastReserve).toBeLessThanOrEqual(room.reserve);
				expect(limitOf(room)).toBeLessThanOrEqual(limitOf(room, room.leastReserve));
				const reserve = reserveBeside(room, prompt);
				expect(reserve).toBeGreaterThanOrEqual(room.leastReserve);
				expect(reserve).toBeLessThanOrEqual(room.reserve);
				if (!holds(room, prompt)) return;
				expect(prompt + reserve + room.safety).toBeLessThanOrEqual(contextWindow);
				expect(prompt).toBeLessThanOrEqual(limitOf(room, reserve));
			},
		),
	);
});

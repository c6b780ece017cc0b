import { describe, expect, it } from 'vitest';
import { messagesOf } from '../../src/language/context';
import type {
	AssistantMessage,
	ImagePart,
	Message,
	SystemMessage,
	ToolMessage,
	UserMessage,
} from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { planRequest } from '../../src/planner/plan';
import type { PlanResult, PlanTerms, Room } from '../../src/planner/planning';
import { limitOf } from '../../src/planner/room';
import { o200k } from '../support/encodings';
import { PER_IMAGE, PER_MESSAGE, plainCounter } from '../support/plain-counter';

const text = (value: string) => ({ type: 'text' as const, text: value });
/** Counts exactly so many tokens. */
const words = (tokens: number): string => ' word'.repeat(tokens);
const user = (tokens: number, more: Partial<UserMessage> = {}): UserMessage => ({
	role: 'user',
	content: [text(words(tokens))],
	...more,
});
const system = (tokens: number): SystemMessage => ({ role: 'system', content: [text(words(tokens))] });
const answer = (tokens: number, more: Partial<AssistantMessage> = {}): AssistantMessage => ({
	role: 'assistant',
	content: [text(words(tokens))],
	...more,
});
const calls = (...ids: string[]): AssistantMessage => ({
	role: 'assistant',
	content: ids.map((id) => ({ type: 'tool-call', id, name: 'look', arguments: '{}' })),
});
const result = (callId: string, tokens: number, more: Partial<ToolMessage> = {}): ToolMessage => ({
	role: 'tool',
	callId,
	content: [text(words(tokens))],
	...more,
});
const image: ImagePart = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } };

const counter = plainCounter(o200k);

/** A model with room for a prompt of that length, whose reserve is fixed. */
const roomFor = (limit: number): Room => ({
	window: limit + 1_000 + 128,
	inputLimit: null,
	reserve: 1_000,
	leastReserve: 1_000,
	safety: 128,
});

const placesOf = (messages: readonly Message[]): Map<Message, number> =>
	new Map(messages.map((message, place) => [message, place]));

function plan(messages: readonly Message[], limit: number, more: Partial<PlanTerms & ChatRequest> = {}): PlanResult {
	const { room = roomFor(limit), mode = 'trim', places = placesOf(messages), ...rest } = more;
	const { maxTokens, tools, ...terms } = rest;
	const request = { messages, ...(maxTokens && { maxTokens }), ...(tools && { tools }) };
	return planRequest(request, { counter, room, mode, places, ...terms });
}

function fitted(result: PlanResult): Extract<PlanResult, { kind: 'fits' }> {
	if (result.kind !== 'fits') throw new Error(`does not fit: ${result.message}`);
	expect(result.receipt.after).toBe(counter.total(result.request.messages));
	expect(result.receipt.after).toBeLessThanOrEqual(result.receipt.limit);
	return result;
}

function refused(result: PlanResult): Extract<PlanResult, { kind: 'too-long' }> {
	if (result.kind !== 'too-long') throw new Error('fits');
	return result;
}

const size = (messages: readonly Message[]): number => counter.total(messages);
/** Which of the messages are left, by their places. */
const leftOf = (result: PlanResult, messages: readonly Message[]): number[] =>
	fitted(result).request.messages.map((message) => messages.indexOf(message));

describe('a conversation that fits', () => {
	it('is the very request that came', () => {
		const request: ChatRequest = { messages: [system(10), user(20)] };
		const {
			request: planned,
			receipt,
			warnings,
		} = fitted(planRequest(request, { counter, room: roomFor(100), mode: 'trim', places: new Map() }));
		expect(planned).toBe(request);
		expect(warnings).toEqual([]);
		expect(receipt).toEqual({
			before: size(request.messages),
			after: size(request.messages),
			limit: 100,
			reserve: 1_000,
			method: 'exact',
			factor: 1,
			dropped: [],
			shortened: [],
			summarized: [],
			replans: 0,
		});
	});

	it('says what it counted before others took from it, and how often it was planned anew', () => {
		const summarized = [{ first: 0, last: 3, tokens: 80, into: 9, model: 'openai/small', cached: false }];
		const { receipt } = fitted(plan([user(5)], 100, { before: 400, replans: 1, summarized }));
		expect(receipt).toMatchObject({ before: 400, after: size([user(5)]), replans: 1, summarized });
	});

	it('fits to the last token', () => {
		const messages = [user(50), answer(50), user(50)];
		expect(fitted(plan(messages, size(messages))).receipt.dropped).toEqual([]);
		expect(fitted(plan(messages, size(messages) - 1)).receipt.dropped).toHaveLength(1);
	});
});

describe('the reserve', () => {
	const room: Room = { window: 5_000, inputLimit: null, reserve: 4_000, leastReserve: 1_024, safety: 100 };

	it('is lowered to what is free, before anything is taken away', () => {
		const messages = [user(1_000), answer(500), user(500)];
		const { request, receipt, warnings } = fitted(plan(messages, 0, { room }));
		const free = 5_000 - 100 - size(messages);
		expect(request.messages).toBe(messages);
		expect(request.maxTokens).toBe(free);
		expect(receipt).toMatchObject({ reserve: free, limit: size(messages), dropped: [], shortened: [] });
		expect(warnings).toEqual([
			{
				field: 'maxTokens',
				message: expect.stringMatching(new RegExp(`${size(messages)}.*5000.*bounded to ${free} in place of 4000`)),
			},
		]);
	});

	it('is lowered no further than its least: then the oldest exchanges go, until a usual answer has room, half the window at most', () => {
		const messages = [user(1_000), answer(500), user(500), answer(1_000), user(1_500)];
		const { request, receipt } = fitted(plan(messages, 0, { room }));
		expect(request.messages).toEqual(messages.slice(4));
		expect(request.maxTokens).toBe(5_000 - 100 - size(messages.slice(4)));
		expect(receipt.reserve).toBe(request.maxTokens);
		expect(receipt.limit).toBe(receipt.after);
	});

	it('is its least where the rules give a usual answer no room, and no more goes for it than that takes', () => {
		const messages = [user(1_000), answer(500), user(300), answer(200), user(2_600)];
		const { request } = fitted(plan(messages, 0, { room }));
		expect(request.messages).toEqual(messages.slice(2));
		expect(request.maxTokens).toBe(5_000 - 100 - size(messages.slice(2)));
	});

	it('stays where the caller set it', () => {
		const kept = { ...room, leastReserve: 4_000 };
		const messages = [user(500), answer(300), user(200)];
		const { request, warnings } = fitted(plan(messages, 0, { room: kept, maxTokens: 4_000 }));
		expect(request).toMatchObject({ maxTokens: 4_000, messages: messages.slice(2) });
		expect(warnings).toEqual([]);
	});

	it('is lowered in mode refuse too, since nothing is taken away by that', () => {
		const { request } = fitted(plan([user(2_000)], 0, { room, mode: 'refuse' }));
		expect(request.maxTokens).toBe(5_000 - 100 - size([user(2_000)]));
	});

	it('does not help where the prompt itself is limited', () => {
		const limited = { ...room, inputLimit: 600 };
		const messages = [user(300), answer(300), user(300)];
		const { request, receipt } = fitted(plan(messages, 0, { room: limited }));
		expect(request.messages).toEqual(messages.slice(2));
		expect(request.maxTokens).toBeUndefined();
		expect(receipt).toMatchObject({ reserve: 4_000, limit: 500 });
	});
});

describe('shortening of tool results', () => {
	it('comes before any drop, the oldest first, as much as is missing', () => {
		const messages = [
			user(20),
			calls('a'),
			result('a', 2_000),
			answer(20),
			user(20),
			calls('b'),
			result('b', 2_000),
			answer(20),
			user(20),
		];
		const { request, receipt } = fitted(plan(messages, size(messages) - 500));
		expect(request.messages.map((message, at) => message === messages[at])).toEqual(messages.map((_, at) => at !== 2));
		expect(receipt.dropped).toEqual([]);
		expect(receipt.shortened).toHaveLength(1);
		const [short] = receipt.shortened;
		expect(short).toMatchObject({ message: 2, before: counter.message(result('a', 2_000)) });
		expect(receipt.before - receipt.after).toBe((short?.before ?? 0) - (short?.after ?? 0));
		expect(receipt.after).toBeGreaterThan(receipt.limit - 20);
	});

	it('reaches the exchange in progress only when older results are as short as they get', () => {
		const messages = [user(20), calls('a'), result('a', 2_000), user(20), calls('b'), result('b', 2_000)];
		const { receipt } = fitted(plan(messages, 1_500));
		expect(receipt.shortened.map(({ message }) => message)).toEqual([2, 5]);
		expect(receipt.shortened[0]?.after).toBeLessThan(300);
		expect(receipt.dropped).toEqual([]);
	});

	it('leaves pinned results and those of up to 512 tokens alone', () => {
		const messages = [
			user(20),
			calls('a', 'b'),
			result('a', 500),
			result('b', 2_000, { pinned: true }),
			user(20),
			answer(20),
			user(20),
		];
		const { receipt, request } = fitted(plan(messages, size(messages) - 10));
		expect(receipt.shortened).toEqual([]);
		expect(request.messages).toEqual([...messages.slice(0, 4), ...messages.slice(6)]);
	});
});

describe('images', () => {
	it('of older exchanges become a note before text is dropped, oldest first and no more than is needed', () => {
		const messages: Message[] = [
			{ role: 'user', content: [text('see'), { ...image, cache: true }, image] },
			answer(10),
			{ role: 'user', content: [image] },
		];
		const { request, receipt } = fitted(plan(messages, size(messages) - 100));
		expect(request.messages[0]?.content).toEqual([
			text('see'),
			{ type: 'text', text: '[image left out]', cache: true },
			image,
		]);
		expect(request.messages.slice(1)).toEqual(messages.slice(1));
		const note = o200k.count('[image left out]');
		expect(receipt.dropped).toEqual([{ first: 0, last: 0, tokens: PER_IMAGE - note, what: 'images' }]);
	});

	it('of the exchange in progress go at the very end', () => {
		const messages: Message[] = [
			user(100),
			answer(100),
			{ role: 'user', content: [text(words(50)), image] },
			calls('a'),
			result('a', 400),
			calls('b'),
			result('b', 100),
		];
		const { request, receipt } = fitted(plan(messages, 250));
		expect(request.messages[0]?.content).toEqual([text(words(50)), text('[image left out]')]);
		expect(receipt.dropped.map(({ first, last, what }) => [first, last, what])).toEqual([
			[0, 1, 'messages'],
			[2, 2, 'images'],
			[3, 4, 'messages'],
		]);
	});

	it('in a pinned message stay', () => {
		const messages: Message[] = [{ role: 'user', content: [image], pinned: true }, answer(10), user(10)];
		expect(leftOf(plan(messages, PER_IMAGE + 30), messages)).toEqual([0, 2]);
	});
});

describe('drops', () => {
	it('take whole exchanges, the oldest first, no more than is needed, and leave system messages where they are', () => {
		const messages = [
			system(10),
			user(100),
			answer(100),
			user(100),
			system(10),
			answer(100),
			user(100),
			answer(100),
			user(100),
		];
		const planned = plan(messages, 350);
		expect(leftOf(planned, messages)).toEqual([0, 4, 6, 7, 8]);
		expect(fitted(planned).receipt.dropped).toEqual([
			{ first: 1, last: 3, tokens: 3 * (100 + PER_MESSAGE), what: 'messages' },
			{ first: 5, last: 5, tokens: 100 + PER_MESSAGE, what: 'messages' },
		]);
		expect(messagesOf(fitted(planned).receipt.dropped)).toBe(4);
	});

	it('go by priority before age, an exchange counting as its highest message', () => {
		const messages = [
			user(100, { priority: 5 }),
			answer(100),
			user(100),
			answer(100, { priority: -3 }),
			user(100, { priority: -1 }),
			answer(100, { priority: -1 }),
			user(100),
		];
		expect(leftOf(plan(messages, 600), messages)).toEqual([0, 1, 2, 3, 6]);
		expect(leftOf(plan(messages, 400), messages)).toEqual([0, 1, 6]);
	});

	it('take what is no priority for 0, and what is out of range for its end', () => {
		const messages = [
			user(100, { priority: Number.NaN }),
			user(100, { priority: Number.POSITIVE_INFINITY }),
			user(100, { priority: 1_000 }),
			user(100, { priority: 1 }),
			user(100),
		];
		expect(leftOf(plan(messages, 430), messages)).toEqual([1, 2, 3, 4]);
		expect(leftOf(plan(messages, 330), messages)).toEqual([1, 2, 4]);
		expect(leftOf(plan(messages, 230), messages)).toEqual([2, 4]);
	});

	it('leave a pinned message with its tool partner, all results of the same turn, and the question before', () => {
		const messages = [
			user(10),
			answer(100),
			calls('a', 'b'),
			result('b', 10),
			result('a', 10, { pinned: true }),
			answer(100),
			user(10),
		];
		expect(leftOf(plan(messages, 130), messages)).toEqual([0, 2, 3, 4, 6]);
	});

	it('leave the gateway’s own messages, and number the others as the caller did', () => {
		const prompt: Message[] = [system(10), user(10), answer(10)];
		const own = [user(100), answer(100), user(10)];
		const messages = [...prompt, ...own];
		const planned = plan(messages, 100, { places: placesOf(own) });
		expect(leftOf(planned, messages)).toEqual([0, 1, 2, 5]);
		expect(fitted(planned).receipt.dropped).toMatchObject([{ first: 0, last: 1 }]);
	});

	it('take answers that nobody asked for, at the beginning, as an exchange of their own', () => {
		const messages = [answer(100), answer(100), user(100), answer(100), user(10)];
		expect(leftOf(plan(messages, 250), messages)).toEqual([2, 3, 4]);
	});

	it('take one of several questions in a row as an exchange', () => {
		const messages = [user(100), user(100), user(100), answer(10), user(100)];
		expect(leftOf(plan(messages, 350), messages)).toEqual([1, 2, 3, 4]);
	});

	it('find the call of a result by the latest use of its id', () => {
		const messages = [
			user(100),
			calls('call_0'),
			result('call_0', 100),
			user(100),
			calls('call_0'),
			result('call_0', 100),
			user(10),
		];
		expect(leftOf(plan(messages, 260), messages)).toEqual([3, 4, 5, 6]);
	});

	it('take exchanges together that a round reaches over', () => {
		const messages = [user(100), calls('a'), user(100), answer(100), user(100), result('a', 100), user(10)];
		expect(leftOf(plan(messages, 450), messages)).toEqual([2, 3, 6]);
	});

	it('keep the call of a result in the exchange in progress', () => {
		const messages = [user(100), answer(100), calls('a'), user(10), result('a', 10)];
		expect(leftOf(plan(messages, 170), messages)).toEqual([0, 2, 3, 4]);
	});

	it('begin with results that no call precedes, whatever their priority', () => {
		const messages = [
			user(100, { priority: -9 }),
			answer(10),
			result('gone', 50, { priority: 900 }),
			user(100),
			result('later', 10),
			calls('later'),
			user(10),
		];
		expect(leftOf(plan(messages, size(messages) - 1), messages)).toEqual([0, 1, 3, 4, 5, 6]);
		expect(leftOf(plan(messages, size(messages) - 60), messages)).toEqual([0, 1, 3, 5, 6]);
	});
});

describe('the exchange in progress', () => {
	const messages = [
		user(10),
		answer(10),
		user(50),
		calls('a', 'b'),
		result('b', 100),
		result('a', 100),
		calls('c'),
		result('c', 100),
		calls('d'),
		result('d', 100),
	];

	it('loses rounds only when nothing else is left, the oldest first', () => {
		expect(leftOf(plan(messages, 400), messages)).toEqual([2, 6, 7, 8, 9]);
		expect(leftOf(plan(messages, 250), messages)).toEqual([2, 8, 9]);
	});

	it('keeps the newest round, without which the model would ask for it again', () => {
		expect(refused(plan(messages, 120)).least).toBe(size([user(50), calls('d'), result('d', 100)]));
	});

	it('keeps a pinned round', () => {
		const pinned = messages.with(7, result('c', 100, { pinned: true }));
		expect(leftOf(plan(pinned, 320), pinned)).toEqual([2, 6, 7, 8, 9]);
	});

	it('keeps the gateway’s own rounds', () => {
		const shown = [user(10), calls('a'), result('a', 100)];
		const own = [calls('b'), result('b', 100), calls('c'), result('c', 100)];
		const all = [...shown, ...own];
		expect(leftOf(plan(all, 270, { places: placesOf(own) }), all)).toEqual([0, 1, 2, 5, 6]);
	});

	it('is the whole conversation where there is no question', () => {
		const alone = [answer(10), calls('a'), result('a', 200), calls('b'), result('b', 200)];
		expect(leftOf(plan(alone, 300), alone)).toEqual([0, 3, 4]);
		expect(refused(plan([answer(500)], 300)).param).toBe('messages[0]');
	});
});

describe('what does not fit', () => {
	it('is refused with all figures and the largest message that must stay, by its place among the caller’s own', () => {
		const prompt = system(100);
		const messages = [prompt, user(300), answer(300), user(2_000)];
		const too = refused(plan(messages, 500, { places: placesOf(messages.slice(1)) }));
		const least = size([prompt, user(2_000)]);
		expect(too).toMatchObject({ least, param: 'messages[2]' });
		expect(too.receipt).toMatchObject({ before: size(messages), after: size(messages), limit: 500, dropped: [] });
		for (const figure of [size(messages), least, 2_000 + PER_MESSAGE, 100 + PER_MESSAGE, 500, 1_628, 1_000, 128])
			expect(too.message).toMatch(new RegExp(`\\b${figure}\\b`));
		expect(too.message).toContain('larger window');
	});

	it('is refused without a try in mode refuse', () => {
		const messages = [user(300), answer(400), user(10)];
		const too = refused(plan(messages, 500, { mode: 'refuse' }));
		expect(too).toMatchObject({ least: size(messages), param: 'messages[1]' });
		expect(too.message).toContain("'trim'");
	});

	it('names tools that leave no room, and an answer that was asked too long', () => {
		const tools = [{ name: 'big' }];
		const heavy = plainCounter(o200k, { fixed: 700 });
		expect(refused(plan([user(10)], 500, { counter: heavy, tools })).param).toBe('tools');
		const room: Room = { window: 900, inputLimit: null, reserve: 1_000, leastReserve: 1_000, safety: 128 };
		const too = refused(plan([user(10)], 0, { room, maxTokens: 1_000 }));
		expect(too.param).toBe('maxTokens');
		expect(too.message).toContain(`at most ${900 - 128 - size([user(10)])} output tokens`);
	});

	it('says that a window is a guess, and whose limit it is', () => {
		expect(refused(plan([user(900)], 0, { room: { ...roomFor(500), assumed: true } })).message).toMatch(/guess/);
		expect(refused(plan([user(900)], 0, { room: { ...roomFor(5_000), inputLimit: 600 } })).message).toMatch(
			/input limit of 600/,
		);
	});

	it('is refused where there are no messages at all', () => {
		const heavy = plainCounter(o200k, { fixed: 700 });
		expect(refused(plan([], 500, { counter: heavy })).param).toBe('messages');
	});
});

describe('a count whose parts do not add up', () => {
	it('still ends in a plan that fits by the whole', () => {
		const odd = { ...counter, total: (list: readonly Message[]) => counter.total(list) + 7 * list.length };
		const messages = Array.from({ length: 41 }, (_, at) => (at % 2 === 0 ? user(20) : answer(20)));
		const limit = 400;
		const planned = plan(messages, limit, { counter: odd });
		if (planned.kind !== 'fits') throw new Error(planned.message);
		expect(odd.total(planned.request.messages)).toBeLessThanOrEqual(limit);
		expect(planned.request.messages.length).toBeGreaterThan(6);
		expect(limitOf(roomFor(limit))).toBe(limit);
	});
});

describe('huge conversations', () => {
	it('are planned in linear time: 100,000 messages, and 5 MB in one', () => {
		const many = Array.from({ length: 100_001 }, (_, at): Message => (at % 2 === 0 ? user(3) : answer(3)));
		expect(fitted(plan(many, 2_000)).request.messages.length).toBeGreaterThan(250);
		const results = Array.from({ length: 50_000 }, (_, at) => [calls(`${at % 7}`), result(`${at % 7}`, 3)]).flat();
		expect(fitted(plan([user(3), ...results], 2_000)).receipt.dropped).toHaveLength(1);
		const big = [user(3), calls('a'), result('a', 1_000_000), user(3)];
		expect(fitted(plan(big, 2_000)).receipt.shortened).toHaveLength(1);
	}, 30_000);
});

/** What a plan must keep to, written from the rules alone: slow and plain, so that it shares nothing with the planner. */
import { expect } from 'vitest';
import type { ContextReceipt } from '../../src/language/context';
import type { Message } from '../../src/language/message';
import type { Counter } from '../../src/planner/counter';
import type { PlanResult } from '../../src/planner/planning';

export interface Planned {
	readonly original: readonly Message[];
	readonly places: ReadonlyMap<Message, number>;
	readonly counter: Counter;
	/** Most that the prompt may count at all (tokens). */
	readonly limit: number;
	readonly result: PlanResult & { readonly kind: 'fits' };
}

/** A call counts as answered by what follows it, up to the next use of its id. */
function callOf(messages: readonly Message[], at: number): number | null {
	const result = messages[at];
	if (result?.role !== 'tool') return null;
	for (let before = at - 1; before >= 0; before -= 1) {
		const message = messages[before];
		if (message?.role !== 'assistant') continue;
		if (message.content.some((part) => part.type === 'tool-call' && part.id === result.callId)) return before;
	}
	return null;
}

/** The conversation as the rules see it. By indexes. */
export interface Sketch {
	readonly lastUser: number;
	readonly pinned: ReadonlySet<number>;
	/** Which messages are of one round with each, itself included. */
	readonly rounds: readonly (readonly number[])[];
	readonly orphans: ReadonlySet<number>;
	/** First index of the exchange that each is in. */
	readonly exchanges: readonly number[];
	/** May never go. */
	readonly kept: ReadonlySet<number>;
	/** Of the exchange in progress what may go: results without a call, then rounds but the newest; oldest first. */
	readonly inProgress: readonly (readonly number[])[];
}

export function sketchOf(messages: readonly Message[], places: ReadonlyMap<Message, number>): Sketch {
	const calls = messages.map((_, at) => callOf(messages, at));
	const orphans = new Set(messages.flatMap(({ role }, at) => (role === 'tool' && calls[at] === null ? [at] : [])));
	const head = (at: number): number => calls[at] ?? at;
	const rounds = messages.map((_, at) =>
		orphans.has(at)
			? [at]
			: messages.flatMap((__, other) => (!orphans.has(other) && head(other) === head(at) ? [other] : [])),
	);
	const lastUser = messages.findLastIndex(({ role }) => role === 'user');
	const exchanges = messages.map((_, at) =>
		Math.max(
			0,
			messages.findLastIndex(({ role }, user) => role === 'user' && user <= at),
		),
	);
	const pinned = new Set(
		messages.flatMap((one, at) => (one.pinned || one.role === 'system' || !places.has(one) ? [at] : [])),
	);
	const from = Math.max(0, lastUser);
	const roundHeads = messages.flatMap(({ role, content }, at) =>
		at >= from && role === 'assistant' && content.some(({ type }) => type === 'tool-call') ? [at] : [],
	);
	const lone = [...orphans].filter((at) => at >= from);
	const inProgress = [...lone, ...roundHeads.slice(0, -1)]
		.map((at) => rounds[at] ?? [])
		.filter((round) => !round.some((at) => pinned.has(at)));
	const kept = new Set<number>();
	for (const at of messages.keys())
		if (pinned.has(at) || at >= from) for (const other of rounds[at] ?? []) kept.add(other);
	for (const at of [...kept]) {
		const opener = exchanges[at] ?? 0;
		if (messages[at]?.role !== 'system' && messages[opener]?.role === 'user' && opener < at) kept.add(opener);
	}
	return { lastUser, pinned, rounds, orphans, exchanges, kept, inProgress };
}

const priority = ({ priority: said = 0 }: Message): number =>
	Number.isNaN(said) ? 0 : Math.min(1_000, Math.max(-1_000, said));

interface Unit {
	readonly droppable: readonly number[];
	readonly priority: number;
	readonly age: number;
}

/** Exchanges that may go, those that a round reaches over as one; in no order. */
export function unitsOf(messages: readonly Message[], places: ReadonlyMap<Message, number>, sketch: Sketch): Unit[] {
	const { exchanges, kept, rounds, orphans, lastUser } = sketch;
	let groups = [...new Set(exchanges)].map((start) => new Set([start]));
	for (const [at, round] of rounds.entries()) {
		if (orphans.has(at) || kept.has(at)) continue;
		const touched = new Set(round.map((other) => exchanges[other] ?? 0));
		const [joined, apart] = [groups.filter((group) => [...group].some((start) => touched.has(start))), groups];
		if (joined.length < 2) continue;
		groups = [...apart.filter((group) => !joined.includes(group)), new Set(joined.flatMap((group) => [...group]))];
	}
	return groups.flatMap((group) => {
		const members = messages.flatMap((one, at) =>
			group.has(exchanges[at] ?? 0) && one.role !== 'system' && places.has(one) ? [at] : [],
		);
		const droppable = members.filter((at) => !kept.has(at) && at < Math.max(0, lastUser));
		if (droppable.length === 0) return [];
		const highest = Math.max(...members.map((at) => priority(messages[at] as Message)));
		return [{ droppable, priority: highest, age: droppable[0] ?? 0 }];
	});
}

/** Of the receipt's runs, by the caller's numbers. */
function runsToSet(dropped: ContextReceipt['dropped'], kind: 'messages' | 'images'): Set<number> {
	const set = new Set<number>();
	for (const { first, last, what } of dropped) if (what === kind) for (let at = first; at <= last; at += 1) set.add(at);
	return set;
}

const textOf = ({ content }: Message): string =>
	content.map((part) => (part.type === 'text' ? part.text : '')).join('');
const imagesOf = ({ content }: Message): number => content.filter(({ type }) => type === 'image').length;
const NOTE = '[image left out]';
const CUT = /\n\[… (\d+) tokens left out …\]\n/;

/** Throws where the plan keeps not to a rule. */
export function checkPlan(planned: Planned): void {
	const { original, places, result } = planned;
	const { receipt, request } = result;
	const sketch = sketchOf(original, places);
	const droppedPlaces = runsToSet(receipt.dropped, 'messages');
	const isDropped = (at: number): boolean => {
		const place = places.get(original[at] as Message);
		return place !== undefined && droppedPlaces.has(place);
	};
	const left = [...original.keys()].filter((at) => !isDropped(at));
	expect(request.messages.length, 'dropped and kept are all').toBe(left.length);
	expect(receipt.dropped.every(({ first, last }) => first <= last && first >= 0 && last < places.size)).toBe(true);
	checkChanges(planned, left);
	checkWhatStays(original, sketch, isDropped);
	checkBeginning(original, sketch, left);
	checkOrder(planned, sketch, isDropped);
}

/** What is left is the same objects, but for results cut in the middle and images that became a note, as the receipt says. */
function checkChanges({ original, places, counter, result }: Planned, left: readonly number[]): void {
	const { receipt, request } = result;
	const illustrated = runsToSet(receipt.dropped, 'images');
	const short = new Map(receipt.shortened.map((one) => [one.message, one]));
	for (const [index, at] of left.entries()) {
		const [was, is] = [original[at] as Message, request.messages[index] as Message];
		const place = places.get(was) ?? -1;
		if (was === is) {
			expect(illustrated.has(place) || short.has(place), 'an untouched message is in no list').toBe(false);
			continue;
		}
		expect(was.pinned ?? false, 'a pinned message is untouched').toBe(false);
		expect({ ...is, content: [] }).toEqual({ ...was, content: [] });
		expect(illustrated.has(place)).toBe(imagesOf(is) < imagesOf(was));
		const bare = is.content.filter((part) => part.type !== 'text' || part.text !== NOTE);
		const said = textOf({ ...is, content: bare } as Message);
		const cut = short.get(place);
		if (!cut) expect(said).toBe(textOf(was));
		else checkCut(textOf(was), said, counter);
		expect(is.content.filter((part) => 'cache' in part && part.cache).length, 'cache marks').toBe(
			was.content.filter((part) => 'cache' in part && part.cache).length,
		);
		if (cut) expect(cut.after).toBeLessThanOrEqual(cut.before);
	}
}

function checkCut(was: string, is: string, counter: Counter): void {
	const match = CUT.exec(is);
	const [head, tail] = [is.slice(0, match?.index), is.slice((match?.index ?? 0) + (match?.[0].length ?? 0))];
	expect(was.startsWith(head) && was.endsWith(tail) && head.length + tail.length < was.length, 'head and tail').toBe(
		true,
	);
	const splits = (at: number): boolean => (was.codePointAt(at - 1) ?? 0) > 0xffff;
	expect(splits(head.length) || splits(was.length - tail.length), 'a pair is whole').toBe(false);
	const leftOut = counter.text(was) - counter.text(head) - counter.text(tail);
	expect(Math.abs(Number(match?.[1]) - leftOut), 'tokens left out').toBeLessThanOrEqual(5 + leftOut * 0.02);
	expect(counter.text(head), 'head').toBeGreaterThan(256 * 0.5);
}

/** System, pinned and own messages, the last question; a call and its results; the newest round. */
function checkWhatStays(original: readonly Message[], sketch: Sketch, isDropped: (at: number) => boolean): void {
	const { lastUser, pinned, rounds, orphans, kept, inProgress } = sketch;
	for (const at of original.keys()) {
		if (pinned.has(at) || at === lastUser) expect(isDropped(at), `message ${at} stays`).toBe(false);
		if (!orphans.has(at))
			for (const other of rounds[at] ?? []) expect(isDropped(other), 'a round is whole').toBe(isDropped(at));
	}
	const mayGo = new Set(inProgress.flat());
	for (const at of kept) if (!mayGo.has(at)) expect(isDropped(at), `message ${at} stays`).toBe(false);
}

function checkBeginning(original: readonly Message[], { orphans, pinned }: Sketch, left: readonly number[]): void {
	if (left.length === original.length) return;
	const first = left.find((at) => original[at]?.role !== 'system');
	const began = original.find(({ role }) => role !== 'system');
	if (first === undefined) return;
	if (began?.role === 'user') expect(original[first]?.role, 'begins with a question').toBe('user');
	if (left.length < original.length - orphans.size && orphans.has(first)) expect(pinned.has(first)).toBe(true);
}

/** What was done, in the terms of the rules. */
interface Course {
	/** Exchanges that may go, with whether they did. */
	readonly exchanges: readonly (Unit & { readonly gone: boolean })[];
	/** Rounds of the exchange in progress, oldest first: whether they went. */
	readonly rounds: readonly boolean[];
	/** Left over and changeable, as they came and as they are; `older`: than the exchange in progress. */
	readonly left: readonly {
		readonly at: number;
		readonly was: Message;
		readonly is: Message;
		readonly older: boolean;
	}[];
	/** Images of the exchange in progress went. */
	readonly lastImages: boolean;
}

function courseOf({ original, places, result }: Planned, sketch: Sketch, isDropped: (at: number) => boolean): Course {
	const from = Math.max(0, sketch.lastUser);
	const exchanges = unitsOf(original, places, sketch).flatMap((unit) => {
		const gone = unit.droppable.filter((at) => !sketch.orphans.has(at)).map(isDropped);
		expect(new Set(gone).size, 'an exchange goes whole').toBeLessThanOrEqual(1);
		return gone[0] === undefined ? [] : [{ ...unit, gone: gone[0] }];
	});
	const kept = [...original.keys()].filter((at) => !isDropped(at));
	const left = kept.flatMap((at, index) => {
		const [was, is] = [original[at] as Message, result.request.messages[index] as Message];
		return places.has(was) && !was.pinned ? [{ at, was, is, older: at < from }] : [];
	});
	return {
		exchanges,
		rounds: sketch.inProgress.map((round) => isDropped(round[0] ?? 0)),
		left,
		lastImages: left.some(({ was, is, older }) => !older && imagesOf(is) < imagesOf(was)),
	};
}

/** Shorten, images, orphans, exchanges, rounds, last images: nothing of a rule before the one ahead of it is used up. */
function checkOrder(planned: Planned, sketch: Sketch, isDropped: (at: number) => boolean): void {
	const course = courseOf(planned, sketch, isDropped);
	const { exchanges, rounds, lastImages } = course;
	checkExchanges(exchanges);
	expect(rounds, 'rounds go oldest first').toEqual([...rounds].sort((left, right) => Number(right) - Number(left)));
	const anyRound = rounds.includes(true);
	const anyExchange = exchanges.some(({ gone }) => gone);
	const older = [...sketch.orphans].filter((at) => at < Math.max(0, sketch.lastUser));
	if (anyRound || lastImages)
		expect(
			exchanges.every(({ gone }) => gone),
			'exchanges before rounds',
		).toBe(true);
	if (lastImages) expect(rounds.every(Boolean), 'rounds before the last images').toBe(true);
	if (anyExchange || anyRound || lastImages)
		for (const at of older) if (!sketch.kept.has(at)) expect(isDropped(at), 'orphans first').toBe(true);
	if (anyExchange || anyRound || lastImages || older.some(isDropped)) checkBeforeDrops(course, planned.counter);
	checkShortening(planned, course);
	if (!anyRound && !lastImages)
		checkNoMore(
			planned,
			exchanges.filter(({ gone }) => gone),
		);
}

function checkExchanges(exchanges: Course['exchanges']): void {
	for (const one of exchanges)
		for (const other of exchanges) {
			if (!one.gone || other.gone) continue;
			const earlier = one.priority === other.priority ? one.age < other.age : one.priority < other.priority;
			expect(earlier, 'by priority, then age').toBe(true);
		}
}

/** Above this, one that is 512 by the planner's own sum would be longer. */
const SURELY_LONG = 560;

function checkBeforeDrops({ left }: Course, counter: Counter): void {
	for (const { was, is, older } of left) {
		if (older) expect(imagesOf(is), 'older images before text').toBe(0);
		if (was.role === 'tool' && counter.text(textOf(was)) > SURELY_LONG)
			expect(is, 'shortened before a drop').not.toBe(was);
	}
}

/** Results of the exchange in progress only after older ones, and no result that is short. */
function checkShortening({ places, counter, result }: Planned, { left }: Course): void {
	const short = new Set(result.receipt.shortened.map(({ message }) => message));
	const cut = left.filter(({ was }) => short.has(places.get(was) ?? -1));
	for (const { was } of cut) expect(counter.text(textOf(was)), 'only long ones').toBeGreaterThan(400);
	if (cut.every(({ older }) => older)) return;
	for (const { was, is, older } of left)
		if (older && was.role === 'tool')
			expect(counter.text(textOf(is).replaceAll(NOTE, '')), 'older ones first').toBeLessThan(SURELY_LONG);
}

/** With the exchange back that went last it would not have fitted. */
function checkNoMore({ original, limit, result, counter }: Planned, gone: readonly Unit[]): void {
	const [latest] = [...gone].sort((one, other) => other.priority - one.priority || other.age - one.age);
	if (!latest) return;
	const tokens = latest.droppable.reduce((sum, at) => sum + counter.message(original[at] as Message), 0);
	expect(result.receipt.after + tokens, 'no more than is needed').toBeGreaterThan(limit);
}

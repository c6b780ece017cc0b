/**
 * Which part of a conversation a summary is written of. Oldest first: what may go of each exchange (and, once the plan
 * takes from it, the rounds of the one in progress but for the newest), as far as it is of no higher priority than what
 * the plan would drop. System messages, pinned ones with their partners and the last user turn stay, and are not
 * summarised. Pure; linear in the length of the conversation.
 */
import type { ContextReceipt } from '../language/context';
import type { Message, UserMessage } from '../language/message';
import type { ChatRequest } from '../language/request';
import type { Counter } from './counter';
import { outlineOf, priorityOf } from './exchange';
import type { PlanTerms, Room } from './planning';
import { limitOf } from './room';
import { canonical, weightOf } from './transcript';

/** A stretch of the beginning: a summary may end where it ends. */
export interface Stretch {
	/** What it adds to the stretch before it, oldest first. */
	readonly messages: readonly Message[];
	/** The same as one text, for the name of all up to here. */
	readonly text: string;
	/** Tokens of the whole prompt without all messages up to here. */
	readonly left: number;
	/**
	 * Found by content and limit alone, so that a conversation that has grown has the same: where summaries end, and are
	 * looked for.
	 */
	readonly usual: boolean;
}

export interface Beginning {
	/** Oldest first, at least one. */
	readonly stretches: readonly Stretch[];
	/** What is left is to take so much at most, so that the summary serves for several turns. */
	readonly target: number;
	/** Most tokens of the summary. */
	readonly most: number;
}

const LEAST_SUMMARY = 128;
const MOST_SUMMARY = 1_024;
/** Share of the limit that what is left may take. */
const LEFT = 0.6;
/** Where what must stay takes most of it: share of the rest that is freed at least. */
const FREED = 2 / 3;
/** Bytes of a stretch, which is never shorter than one exchange. */
const STRETCH = 512;

/** Tokens. */
export const mostOf = (limit: number): number =>
	Math.max(LEAST_SUMMARY, Math.min(MOST_SUMMARY, Math.floor(limit / 10)));

/**
 * `plan`: what would be done without a summary. null: nothing of what it drops may be summarised, or so little that a
 * summary would be no shorter.
 */
export function beginningOf(
	{ messages }: Pick<ChatRequest, 'messages'>,
	{ dropped }: Pick<ContextReceipt, 'dropped'>,
	{ counter, places, room }: Pick<PlanTerms, 'counter' | 'places' | 'room'>,
): Beginning | null {
	const gone = droppedOf(messages, dropped, places);
	if (gone.size === 0) return null;
	const limit = limitOf(room, room.leastReserve);
	const blocks = blocksOf(messages, gone, (message) => !places.has(message));
	const total = counter.total(messages);
	const stretches = stretchesOf(blocks, total, counter, usualLength(limit));
	const most = mostOf(limit);
	const mustStay = total - blocks.reduce((sum, block) => sum + countOf(block, counter), 0);
	if (total - (stretches.at(-1)?.left ?? total) <= most) return null;
	const target = Math.max(LEFT * limit, mustStay + (1 - FREED) * (limit - mustStay)) - most;
	return { stretches, target, most };
}

/** Indexes in `messages`. */
function droppedOf(
	messages: readonly Message[],
	dropped: ContextReceipt['dropped'],
	places: PlanTerms['places'],
): ReadonlySet<number> {
	const gone = new Set<number>();
	const own = new Set<number>();
	for (const { first, last, what } of dropped)
		if (what === 'messages') for (let place = first; place <= last; place += 1) own.add(place);
	if (own.size === 0) return gone;
	for (const [at, message] of messages.entries()) {
		const place = places.get(message);
		if (place !== undefined && own.has(place)) gone.add(at);
	}
	return gone;
}

type Block = readonly Message[];

/** What is summarised or stays as one, oldest first. */
function blocksOf(
	messages: readonly Message[],
	gone: ReadonlySet<number>,
	own: (message: Message) => boolean,
): readonly Block[] {
	const { exchanges, rounds, last } = outlineOf(messages, own);
	const of = (places: readonly number[]): Block => places.flatMap((at) => messages[at] ?? []);
	const importance = (places: readonly number[]): number =>
		of(places).reduce((highest, message) => Math.max(highest, priorityOf(message)), Number.NEGATIVE_INFINITY);
	let highest = Number.NEGATIVE_INFINITY;
	for (const places of exchanges)
		if (places.some((at) => gone.has(at))) highest = Math.max(highest, importance(places));
	let inProgress = false;
	for (const at of gone) if (at > last) inProgress = true;
	const chosen = inProgress ? exchanges : exchanges.filter((places) => importance(places) <= highest);
	const inAge = [...chosen].sort(([left = 0], [right = 0]) => left - right);
	return (inProgress ? [...inAge, ...rounds] : inAge).map(of);
}

const countOf = (block: Block, counter: Counter): number =>
	block.reduce((sum, message) => sum + counter.message(message), 0);

/** Bytes: a fifth to a third of the limit in plain text. Powers of two: those of a larger model are a smaller one's too. */
const usualLength = (limit: number): number => Math.max(STRETCH, 2 ** Math.round(Math.log2(Math.max(1, limit))));

/** The last ones, too short for a stretch, are left for later. */
function stretchesOf(blocks: readonly Block[], total: number, counter: Counter, usual: number): readonly Stretch[] {
	const stretches: Stretch[] = [];
	let left = total;
	let weight = 0;
	let messages: Message[] = [];
	for (const block of blocks) {
		const before = weight;
		left -= countOf(block, counter);
		for (const message of block) {
			messages.push(message);
			weight += weightOf(message);
		}
		const passes = (length: number): boolean => Math.floor(weight / length) > Math.floor(before / length);
		if (!passes(STRETCH)) continue;
		stretches.push({ messages, text: messages.map(canonical).join('\n'), left, usual: passes(usual) });
		messages = [];
	}
	return stretches;
}

/** One and a half times the limit, at least. */
const MOST_LOOKED_FOR = 8;
const NEWEST_LOOKED_FOR = 2;

/** Stretches at whose end an earlier summary may end, the longest first. */
export function lookedFor({ stretches }: Beginning): readonly number[] {
	const all = [...stretches.keys()].reverse();
	const usual = all.filter((at) => stretches[at]?.usual).slice(0, MOST_LOOKED_FOR);
	return [...new Set([...all.slice(0, NEWEST_LOOKED_FOR), ...usual])].sort((left, right) => right - left);
}

/** The stretch at which the next summary ends; null: there is none from `from` on. */
export function endOf({ stretches, target }: Beginning, from: number): number | null {
	const after = [...stretches.keys()].slice(from);
	const enough = (at: number): boolean => (stretches[at]?.left ?? 0) <= target;
	return after.find((at) => stretches[at]?.usual && enough(at)) ?? after.find(enough) ?? after.at(-1) ?? null;
}

/** Of the note, beside the summary (tokens). */
const NOTE = 32;

/** The room that is left beside a summary, as a plan's: what does not fit there leaves none for it. */
export const roomBeside = (room: Room, most: number): Room => ({
	...room,
	inputLimit: limitOf(room, room.leastReserve) - most - NOTE + room.safety,
});

/** All messages of the stretches from `from` up to and with `end`. */
export const messagesBetween = ({ stretches }: Beginning, from: number, end: number): readonly Message[] =>
	stretches.slice(from, end + 1).flatMap(({ messages }) => messages);

/** What stands for them: a user's note, since every wire takes one beside a user's next message. */
export function noteOf(summary: string, messages: number): UserMessage {
	const head = `[Summary of the earlier part of this conversation, ${messages} message${messages === 1 ? '' : 's'}]`;
	return { role: 'user', content: [{ type: 'text', text: `${head}\n${summary}` }], pinned: true };
}

/** The note ahead of what is left, after the system messages that begin the conversation. */
export function withNote(request: ChatRequest, note: Message, summarised: ReadonlySet<Message>): ChatRequest {
	const left = request.messages.filter((message) => !summarised.has(message));
	const firstOther = left.findIndex(({ role }) => role !== 'system');
	const at = firstOther < 0 ? left.length : firstOther;
	return { ...request, messages: [...left.slice(0, at), note, ...left.slice(at)] };
}

/** As `Summarized` names them: by their places among the caller's own, in runs. `tokens`: what each run counted. */
export function runsOf(
	messages: Iterable<Message>,
	{ counter, places }: Pick<PlanTerms, 'counter' | 'places'>,
): readonly { readonly first: number; readonly last: number; readonly tokens: number }[] {
	const placed = [...messages].map((message) => ({
		place: places.get(message) ?? 0,
		tokens: counter.message(message),
	}));
	const runs: { first: number; last: number; tokens: number }[] = [];
	for (const { place, tokens } of placed.sort((left, right) => left.place - right.place)) {
		const run = runs.at(-1);
		if (run && place === run.last + 1) {
			run.last = place;
			run.tokens += tokens;
		} else runs.push({ first: place, last: place, tokens });
	}
	return runs.map(({ first, last, tokens }) => ({ first, last, tokens: Math.ceil(tokens) }));
}

/**
 * What of a conversation belongs together. An exchange is a user message and all that follows up to the next one; a
 * round is an assistant message with tool calls and all their results. System messages belong to no exchange.
 */
import type { Message } from '../language/message';

/** Indexes of messages, in order. */
export type Places = readonly number[];

export interface Outline {
	/** Where the exchange in progress begins: the last user message; 0 where there is none. */
	readonly last: number;
	/** Tool results that no call precedes, those of the exchange in progress left aside; oldest first. */
	readonly orphans: readonly Places[];
	/** What may go of each exchange before the one in progress, in the order in which it goes. */
	readonly exchanges: readonly Places[];
	/** What may go of the exchange in progress: results that no call precedes, then its rounds but the newest; oldest first. */
	readonly rounds: readonly Places[];
}

/** `own`: the gateway's own messages, which stay as system messages and pinned ones do. Linear, but for one sort. */
export function outlineOf(messages: readonly Message[], own: (message: Message) => boolean): Outline {
	const calls = callsOf(messages);
	const { exchangeOf, openers } = exchangesOf(messages);
	const latest = openers.length - 1;
	const last = Math.max(0, openers[latest] ?? 0);
	const stays = Uint8Array.from(messages, (each) => (each.role === 'system' || each.pinned || own(each) ? 1 : 0));
	const held = withPartners(calls, (at) => stays[at] === 1 || exchangeOf[at] === latest);
	holdQuestions(messages, held, exchangeOf, openers);
	const orphans: Places[] = [];
	for (let at = 0; at < last; at += 1) if (calls[at] === ORPHAN && !held[at]) orphans.push([at]);
	const unitOf = joined(openers.length, exchangeOf, calls, held);
	return {
		last,
		orphans,
		exchanges: exchangesInOrder(messages, (at) => unitOf(exchangeOf[at] ?? 0), held, own),
		rounds: roundsFrom(
			last,
			messages,
			calls,
			withPartners(calls, (at) => stays[at] === 1),
		),
	};
}

/** From −1,000 to 1,000; what is no number counts as 0. */
export const priorityOf = ({ priority = 0 }: Message): number =>
	Number.isNaN(priority) ? 0 : Math.max(-1_000, Math.min(1_000, priority));

const ORPHAN = -1;

/**
 * Of each message where its round begins: of a tool result the latest call before it with its id, `ORPHAN` where there
 * is none; of all others itself. Ids may be used again and again.
 */
function callsOf(messages: readonly Message[]): Int32Array {
	const latest = new Map<string, number>();
	const calls = new Int32Array(messages.length);
	for (const [at, message] of messages.entries()) {
		calls[at] = message.role === 'tool' ? (latest.get(message.callId) ?? ORPHAN) : at;
		if (message.role !== 'assistant') continue;
		for (const part of message.content) if (part.type === 'tool-call') latest.set(part.id, at);
	}
	return calls;
}

/** Exchange 0 is what precedes the first user message: nobody opens it. */
function exchangesOf(messages: readonly Message[]): { exchangeOf: Int32Array; openers: number[] } {
	const openers = [ORPHAN];
	const exchangeOf = new Int32Array(messages.length);
	for (const [at, { role }] of messages.entries()) {
		if (role === 'user') openers.push(at);
		exchangeOf[at] = openers.length - 1;
	}
	return { exchangeOf, openers };
}

/** Those that stay, and what is of one round with them. */
function withPartners(calls: Int32Array, stays: (at: number) => boolean): Uint8Array {
	const rounds = new Uint8Array(calls.length);
	for (const [at, call] of calls.entries()) if (call !== ORPHAN && stays(at)) rounds[call] = 1;
	return Uint8Array.from(calls, (call, at) => (stays(at) || rounds[call] === 1 ? 1 : 0));
}

/** An answer that stays keeps the question before it, so that what is left does not begin with an answer. */
function holdQuestions(
	messages: readonly Message[],
	held: Uint8Array,
	exchangeOf: Int32Array,
	openers: readonly number[],
): void {
	for (const [at, { role }] of messages.entries()) {
		const opener = openers[exchangeOf[at] ?? 0] ?? ORPHAN;
		if (held[at] && role !== 'system' && opener !== ORPHAN) held[opener] = 1;
	}
}

/** Exchanges that a round reaches over go together: which one stands for all of them. */
function joined(
	exchanges: number,
	exchangeOf: Int32Array,
	calls: Int32Array,
	held: Uint8Array,
): (exchange: number) => number {
	const parents = Int32Array.from({ length: exchanges }, (_, exchange) => exchange);
	const rootOf = (exchange: number): number => {
		let root = exchange;
		for (let parent = parents[root] ?? root; parent !== root; parent = parents[root] ?? root) {
			parents[root] = parents[parent] ?? parent;
			root = parent;
		}
		return root;
	};
	for (const [at, call] of calls.entries()) {
		if (call === ORPHAN || held[at]) continue;
		const [from, to] = [rootOf(exchangeOf[call] ?? 0), rootOf(exchangeOf[at] ?? 0)];
		if (from !== to) parents[Math.max(from, to)] = Math.min(from, to);
	}
	return rootOf;
}

/** Lowest priority first, which is that of an exchange's highest message; then the oldest. */
function exchangesInOrder(
	messages: readonly Message[],
	unitOf: (at: number) => number,
	held: Uint8Array,
	own: (message: Message) => boolean,
): Places[] {
	const units = new Map<number, { readonly places: number[]; priority: number }>();
	for (const [at, message] of messages.entries()) {
		if (message.role === 'system' || own(message)) continue;
		const root = unitOf(at);
		const unit = units.get(root) ?? { places: [], priority: Number.NEGATIVE_INFINITY };
		units.set(root, unit);
		unit.priority = Math.max(unit.priority, priorityOf(message));
		if (!held[at]) unit.places.push(at);
	}
	return [...units.values()]
		.filter(({ places }) => places.length > 0)
		.sort((one, other) => one.priority - other.priority)
		.map(({ places }) => places);
}

/** All but the newest: without what was found last a model would look for it again. */
function roundsFrom(last: number, messages: readonly Message[], calls: Int32Array, held: Uint8Array): Places[] {
	const orphans: Places[] = [];
	const rounds = new Map<number, number[]>();
	let newest = ORPHAN;
	for (let at = last; at < messages.length; at += 1) {
		const message = messages[at];
		const call = calls[at] ?? ORPHAN;
		if (message?.role === 'assistant' && message.content.some(({ type }) => type === 'tool-call')) {
			newest = at;
			rounds.set(at, [at]);
		} else if (call === ORPHAN) orphans.push([at]);
		else if (message?.role === 'tool') rounds.get(call)?.push(at);
	}
	rounds.delete(newest);
	return [...orphans, ...rounds.values()].filter(([first = 0]) => !held[first]);
}

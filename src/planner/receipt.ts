/** What was done to a conversation, in the caller's own numbers. */
import {
	type ContextReceipt,
	type Dropped,
	type MessageRun,
	RECEIPT_ENTRIES,
	type Shortened,
	type Summarized,
} from '../language/context';
import type { Message } from '../language/message';
import type { Draft } from './draft';
import type { PlanTerms } from './planning';
import { limitOf } from './room';

/** The lists of a receipt. */
export type Taken = Pick<ContextReceipt, 'dropped' | 'shortened'>;

export const NOTHING: Taken = { dropped: [], shortened: [] };

export function takenOf(draft: Draft, places: ReadonlyMap<Message, number>): Taken {
	const dropped: Dropped[] = [];
	const shortened: Shortened[] = [];
	for (const [at, original] of draft.original.entries()) {
		const place = places.get(original);
		if (place === undefined) continue;
		const images = draft.images.get(at);
		const short = draft.shortened.get(at);
		if (!draft.messages[at]) add(dropped, place, 'messages', draft.before[at] ?? 0);
		else {
			if (images !== undefined) add(dropped, place, 'images', images);
			if (short) shortened.push({ message: place, before: Math.ceil(short.before), after: Math.ceil(short.after) });
		}
	}
	return { dropped: dropped.map((run) => ({ ...run, tokens: Math.ceil(run.tokens) })), shortened };
}

/** To the run that it follows, or as a new one. */
function add(dropped: Dropped[], place: number, what: Dropped['what'], tokens: number): void {
	const run = dropped.at(-1);
	if (run?.what === what && run.last + 1 === place)
		dropped[dropped.length - 1] = { first: run.first, last: place, tokens: run.tokens + tokens, what };
	else dropped.push({ first: place, last: place, tokens, what });
}

/** `after`: what is sent; `reserve`: what is kept free beside it (tokens). */
export function receiptOf(
	{ counter, room, summarized = [], replans = 0 }: PlanTerms,
	{ before, after, reserve }: Pick<ContextReceipt, 'before' | 'after' | 'reserve'>,
	{ dropped, shortened }: Taken,
): ContextReceipt {
	return {
		before,
		after,
		limit: limitOf(room, reserve),
		reserve,
		method: counter.method,
		factor: Math.ceil(counter.factor * 10_000 - 1e-6) / 10_000,
		dropped,
		shortened,
		summarized,
		replans,
	};
}

/**
 * The same with at most so many entries a list: the last one (of `dropped` the last of each kind) stands for all that
 * are left, from first to last, with their sums.
 */
export function cutReceipt(receipt: ContextReceipt, most = RECEIPT_ENTRIES): ContextReceipt {
	const { dropped, shortened, summarized } = receipt;
	if (Math.max(dropped.length, shortened.length, summarized.length) <= most) return receipt;
	return {
		...receipt,
		dropped: dropped.length > most ? cutDropped(dropped, most) : dropped,
		shortened: cut(shortened, most, mergedShortened),
		summarized: cut(summarized, most, mergedSummarized),
	};
}

function cut<T>(list: readonly T[], most: number, merged: (first: T, list: readonly T[]) => T): readonly T[] {
	const rest = list.slice(most - 1);
	const [first] = rest;
	return list.length <= most || first === undefined ? list : [...list.slice(0, most - 1), merged(first, rest)];
}

function cutDropped(list: readonly Dropped[], most: number): Dropped[] {
	const kept = list.slice(0, most - 2);
	for (const what of ['messages', 'images'] as const) {
		const runs = list.slice(most - 2).filter((run) => run.what === what);
		const [first] = runs;
		if (first) kept.push({ ...mergedRun(first, runs), what });
	}
	return kept;
}

const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((total, one) => total + of(one), 0);

const mergedRun = (first: MessageRun, runs: readonly MessageRun[]): MessageRun => ({
	first: first.first,
	last: runs.reduce((latest, { last }) => Math.max(latest, last), first.last),
	tokens: sum(runs, ({ tokens }) => tokens),
});

const mergedShortened = ({ message }: Shortened, list: readonly Shortened[]): Shortened => ({
	message,
	before: sum(list, ({ before }) => before),
	after: sum(list, ({ after }) => after),
});

const mergedSummarized = (first: Summarized, list: readonly Summarized[]): Summarized => ({
	...mergedRun(first, list),
	into: sum(list, ({ into }) => into),
	model: first.model,
	cached: list.every(({ cached }) => cached),
});

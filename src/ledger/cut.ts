/** What is cut so that no row outgrows a batch. */
import { type ContextReceipt, RECEIPT_ENTRIES } from '../language/context';
import type { RoutingDecision, RoutingStep } from '../language/routing';

/** Characters */
const TEXT_LIMIT = 512;
const STEP_LIMIT = 32;

export const cut = (text: string): string =>
	text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT).toWellFormed() : text;
export const cutOrNull = (text: string | null): string | null => (text === null ? null : cut(text));

/** Whoever answered is kept before those that failed, were skipped, or were not needed. */
const RANK = { answered: 0, failed: 1, skipped: 2, unused: 3 } as const satisfies Record<
	RoutingStep['outcome'],
	number
>;

/** At most `STEP_LIMIT`, in their order. */
function fewest(steps: readonly RoutingStep[]): readonly RoutingStep[] {
	if (steps.length <= STEP_LIMIT) return steps;
	const kept = new Set(steps.toSorted((a, b) => RANK[a.outcome] - RANK[b.outcome]).slice(0, STEP_LIMIT));
	return steps.filter((step) => kept.has(step));
}

const stepOf = ({ provider, model, key, outcome, reason, attempts, score }: RoutingStep): RoutingStep => ({
	provider: cut(provider),
	model: cut(model),
	key: cutOrNull(key),
	outcome,
	reason: cutOrNull(reason),
	attempts,
	score,
});

/** A decision as its column holds it. Absent in closes that an isolate of an older release sends. */
export function routingText(routing: RoutingDecision | null | undefined): string | null {
	if (!routing) return null;
	const { strategy, sticky, steps } = routing;
	return JSON.stringify({ strategy, sticky, steps: fewest(steps).map(stepOf) });
}

type ReceiptLists = Pick<ContextReceipt, 'dropped' | 'shortened' | 'summarized'>;
/** As an isolate or a row of an older release has it too, with numbers in the place of lists: all of them 0. */
type AnyReceipt = Partial<Omit<ContextReceipt, keyof ReceiptLists>> & {
	readonly [K in keyof ReceiptLists]?: ReceiptLists[K] | number;
};

const list = <T>(entries: readonly T[] | number | undefined): readonly T[] =>
	typeof entries === 'object' ? entries.slice(0, RECEIPT_ENTRIES) : [];

/** A receipt as its column holds it: the first entries of each list. */
export const receiptText = (context: ContextReceipt | null): string | null =>
	context && JSON.stringify(receiptOf(context));

/** The inverse, of whatever release wrote it. */
export const receiptIn = (text: string | null): ContextReceipt | null =>
	text === null ? null : receiptOf(JSON.parse(text) as AnyReceipt);

function receiptOf({ before, after, limit, reserve, method, factor, replans, ...lists }: AnyReceipt): ContextReceipt {
	return {
		before: before ?? 0,
		after: after ?? 0,
		limit: limit ?? 0,
		reserve: reserve ?? 0,
		method: method ?? 'bound',
		factor: factor ?? 1,
		dropped: list(lists.dropped),
		shortened: list(lists.shortened),
		summarized: list(lists.summarized).map((one) => ({ ...one, model: cut(one.model) })),
		replans: replans ?? 0,
	};
}

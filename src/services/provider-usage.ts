/** What a row was used for: per UTC day and model, a few seconds behind. */
import { and, asc, between, eq } from 'drizzle-orm';
import { exactly } from '../db/money';
import { llmProviderUsage } from '../db/schema';
import { invalid } from '../errors';
import { requireManage, scoped } from './access';
import type { ServiceContext } from './context';
import { type ProviderUsageRange, utcDay } from './provider-input';
import { environmentPair, selectProvider } from './provider-row';
import { usdOf } from './usd';

export interface UsageFigures {
	/** Upstream calls, retries included; health checks count in tokens and cost alone. */
	readonly requests: number;
	/** Those that failed; one that its client broke off is none. */
	readonly errors: number;
	readonly promptTokens: number;
	readonly completionTokens: number;
	/** USD; calls of unknown price are missing from it. */
	readonly costUsd: number;
	/** How many those are. */
	readonly unpriced: number;
}

export interface ProviderUsage {
	/** By day, then by model. */
	readonly data: readonly (UsageFigures & {
		/** `YYYY-MM-DD`, UTC */
		readonly date: string;
		readonly model: string;
	})[];
	readonly totals: UsageFigures;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 366;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Both inclusive. Throws `invalid_request` naming `from` or `to`. */
function rangeOf({ from, to }: Omit<ProviderUsageRange, 'id'>, now: number): readonly [string, string] {
	const last = to === undefined ? dayOf(now) : utcDay(to);
	if (last === null) throw invalid('to', 'to: expected a date such as 2026-03-01.');
	const first = from === undefined ? dayOf(startOf(last) - (USUAL_DAYS - 1) * DAY_MS) : utcDay(from);
	if (first === null) throw invalid('from', 'from: expected a date such as 2026-03-01.');
	if (first > last) throw invalid('from', `from (${first}) lies after to (${last}).`);
	if (startOf(last) - startOf(first) >= MOST_DAYS * DAY_MS)
		throw invalid('from', `from and to span at most ${MOST_DAYS} days.`);
	return [first, last];
}

/** Also of a removed row. Throws `invalid_request`, `not_found`. */
export async function providerUsage(ctx: ServiceContext, input: ProviderUsageRange): Promise<ProviderUsage> {
	requireManage(ctx);
	const shared = environmentPair(ctx, input.id) !== null;
	const provider = shared ? input.id : (await selectProvider(ctx, input.id)).provider;
	const [first, last] = rangeOf(input, ctx.now());
	const rows = await ctx.db
		.select({
			date: llmProviderUsage.date,
			model: llmProviderUsage.model,
			requests: llmProviderUsage.requests,
			errors: llmProviderUsage.errors,
			promptTokens: llmProviderUsage.promptTokens,
			completionTokens: llmProviderUsage.completionTokens,
			cost: exactly(llmProviderUsage.costNanoUsd),
			unpriced: llmProviderUsage.unpriced,
		})
		.from(llmProviderUsage)
		.where(
			and(
				scoped(ctx, llmProviderUsage.organizationId),
				eq(llmProviderUsage.provider, provider),
				eq(llmProviderUsage.providerRowId, shared ? '' : input.id),
				between(llmProviderUsage.date, first, last),
			),
		)
		.orderBy(asc(llmProviderUsage.date), asc(llmProviderUsage.model));
	return {
		data: rows.map(({ cost, ...figures }) => ({ ...figures, costUsd: Number(usdOf(cost)) })),
		totals: totalsOf(rows),
	};
}

function totalsOf(rows: readonly (Omit<UsageFigures, 'costUsd'> & { readonly cost: bigint })[]): UsageFigures {
	const sum = (figure: 'requests' | 'errors' | 'promptTokens' | 'completionTokens' | 'unpriced'): number =>
		rows.reduce((total, row) => total + row[figure], 0);
	return {
		requests: sum('requests'),
		errors: sum('errors'),
		promptTokens: sum('promptTokens'),
		completionTokens: sum('completionTokens'),
		costUsd: Number(usdOf(rows.reduce((total, { cost }) => total + cost, 0n))),
		unpriced: sum('unpriced'),
	};
}

/** A key's usage as its panel shows it. Pure. */
import type { ProviderUsage } from '../data/types';

export const DAYS = 30;
const DAY_MS = 86_400_000;

type Row = ProviderUsage['data'][number];

type Figures = Pick<Row, 'requests' | 'errors' | 'promptTokens' | 'completionTokens' | 'costUsd' | 'unpriced'>;

export interface Day {
	/** `YYYY-MM-DD`, UTC */
	readonly date: string;
	readonly requests: number;
	readonly errors: number;
	/** USD */
	readonly cost: number;
}

export interface ModelFigures extends Figures {
	readonly model: string;
}

const NONE: Figures = { requests: 0, errors: 0, promptTokens: 0, completionTokens: 0, costUsd: 0, unpriced: 0 };

const sum = (one: Figures, other: Figures): Figures => ({
	requests: one.requests + other.requests,
	errors: one.errors + other.errors,
	promptTokens: one.promptTokens + other.promptTokens,
	completionTokens: one.completionTokens + other.completionTokens,
	costUsd: one.costUsd + other.costUsd,
	unpriced: one.unpriced + other.unpriced,
});

function summedBy(rows: readonly Row[], part: 'date' | 'model'): ReadonlyMap<string, Figures> {
	const sums = new Map<string, Figures>();
	for (const row of rows) sums.set(row[part], sum(sums.get(row[part]) ?? NONE, row));
	return sums;
}

/** The last thirty, empty ones too. `now`: ms since epoch. */
export function daysOf(rows: readonly Row[], now: number): readonly Day[] {
	const sums = summedBy(rows, 'date');
	return Array.from({ length: DAYS }, (_, at) => {
		const date = new Date(now - (DAYS - 1 - at) * DAY_MS).toISOString().slice(0, 10);
		const { requests, errors, costUsd } = sums.get(date) ?? NONE;
		return { date, requests, errors, cost: costUsd };
	});
}

/** The dearest first. */
export const modelsOf = (rows: readonly Row[]): readonly ModelFigures[] =>
	[...summedBy(rows, 'model')]
		.map(([model, figures]) => ({ model, ...figures }))
		.sort((one, other) => other.costUsd - one.costUsd || other.requests - one.requests);

/** How far our counts are from what providers reported. */

import { catalog } from '../../../../src/catalog';
import type { TokenizerFamily } from '../../../../src/catalog/facts';
import { ownName } from '../../../../src/catalog/tokenizer';
import { counterFor, countMemo, encodingOf, tableEstimate } from '../../../../src/planner/count';
import { overheadOf } from '../../../../src/planner/overhead';
import { cl100k, o200k } from '../../encodings';
import type { UsageRecording } from './index';

export interface Measured {
	readonly name: string;
	readonly family: TokenizerFamily;
	/** Models that are counted alike. */
	readonly kind: string;
	readonly model: string;
	/** Tools or an answer schema. */
	readonly tools: boolean;
	readonly truth: number;
	/** Tokens: by the tables alone, and as it is planned with. */
	readonly table: number;
	readonly planned: number;
}

export function measured({ name, provider, model, request, truth }: UsageRecording): Measured {
	const facts = catalog().facts(provider, model);
	const encoding = encodingOf(facts) === 'cl100k_base' ? cl100k : o200k;
	const counter = counterFor(request, { facts, encoding, calibration: null, memo: countMemo() });
	return {
		name,
		family: facts.tokenizer,
		kind: `${facts.tokenizer} ${JSON.stringify({ ...overheadOf(facts), image: null })}`,
		model: ownName(facts.listedAs ?? model).replace(/^[a-z]+\.(?=[a-z])/, ''),
		tools: (request.tools?.length ?? 0) > 0 || request.responseFormat?.type === 'json-schema',
		truth,
		table: tableEstimate(request, facts, encoding, countMemo(), 'prompt'),
		planned: counter.total(request.messages),
	};
}

/** Share of the truth; under it is negative. */
export const tableError = ({ table, truth }: Measured): number => (table - truth) / truth;
export const plannedError = ({ planned, truth }: Measured): number => (planned - truth) / truth;

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = sorted.length / 2;
	const [low = 0, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return (low + high) / 2;
}

export const isExact = ({ family }: Measured): boolean => family === 'o200k' || family === 'cl100k';

/** In the order in which the names come up. */
export function grouped<T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
	const groups = new Map<string, T[]>();
	for (const one of all) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
	return groups;
}

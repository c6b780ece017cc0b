/** Our counts against what providers reported of recorded conversations, and the page that says so. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Accuracy, type Errors, familiesPart, RECORDED, recordedPart } from '../../scripts/token-counts-page';
import { usageIsThere, usageRecordings } from '../support/node/usage';
import {
	grouped,
	isExact,
	type Measured,
	measured,
	median,
	plannedError,
	tableError,
} from '../support/node/usage/accuracy';

const PAGE = 'docs/token-counts.md';
const { recordings, skipped } = usageRecordings();
const all = recordings.map(measured);
const exact = all.filter(isExact);
const others = all.filter((one) => !isExact(one));

function errorsOf(some: readonly Measured[]): Errors {
	const errors = some.map(tableError);
	return {
		models: [...new Set(some.map(({ model }) => model))].sort(),
		recordings: some.length,
		median: median(errors),
		least: Math.min(...errors),
		most: Math.max(...errors),
		leastPlanned: Math.min(...some.map(plannedError)),
	};
}

function accuracy(): Accuracy {
	const kinds = grouped(all, ({ kind }) => kind);
	const rows = [...kinds.values()].map((some) => ({
		family: some[0]?.family ?? 'unknown',
		plain: errorsOf(some.filter(({ tools }) => !tools)),
		tools: errorsOf(some.filter(({ tools }) => tools)),
	}));
	const nameOf = ({ family, plain, tools }: (typeof rows)[number]): string =>
		`${family} ${plain.models} ${tools.models}`;
	rows.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
	const reasons = grouped(skipped, ({ reason }) => reason);
	return {
		rows,
		recordings: all.length,
		skipped: new Map([...reasons].map(([reason, some]) => [reason, some.length])),
	};
}

describe.skipIf(!usageIsThere)('against recorded usage', () => {
	it('enough is compared, and nothing is left out without a reason', () => {
		expect(all.length).toBeGreaterThanOrEqual(95);
		expect(new Set(all.map(({ family }) => family)).size).toBeGreaterThanOrEqual(12);
		expect(skipped.length).toBeLessThan(50);
	});

	describe('models whose encoding is known', () => {
		it('are within 2 tokens or 1 % of the truth where there are no tools', () => {
			for (const { name, planned, truth } of exact.filter(({ tools }) => !tools))
				expect(Math.abs(planned - truth), name).toBeLessThanOrEqual(Math.max(2, truth * 0.01));
		});

		it('are never under the truth with tools, and at the median over by 10 % at most', () => {
			const some = exact.filter(({ tools }) => tools);
			for (const { name, planned, truth } of some) expect(planned, name).toBeGreaterThanOrEqual(truth);
			expect(median(some.map(plannedError))).toBeLessThanOrEqual(0.1);
		});
	});

	describe('models that are counted by a factor', () => {
		it('are with their margin never under the truth by more than 2 %', () => {
			for (const one of others) expect(plannedError(one), one.name).toBeGreaterThanOrEqual(-0.02);
		});

		it('are without it at the median over by 15 % at most, all together and family by family', () => {
			expect(median(others.map(tableError))).toBeLessThanOrEqual(0.15);
			for (const [family, some] of grouped(others, (one) => one.family))
				if (family !== 'unknown') expect(median(some.map(tableError)), family).toBeLessThanOrEqual(0.15);
		});
	});
});

describe(PAGE, () => {
	const written = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
	const recorded = usageIsThere ? recordedPart(accuracy()) : written.slice(written.indexOf(RECORDED));

	it('is what families and recordings say now: run with UPDATE_DOCS=1 to write it anew', () => {
		const page = `${familiesPart()}\n${recorded}`;
		if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, page);
		else expect(written).toBe(page);
	});

	it('says how many recordings stand behind each row', () => {
		const rows = readFileSync(PAGE, 'utf8')
			.slice(written.indexOf(RECORDED))
			.matchAll(/\| (?:no|yes) \| (\d+) \|/g);
		expect([...rows].reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThanOrEqual(95);
	});
});

/** Medians over the rounds, ratios between subjects, and the bars they are held against. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { median } from './streams.mjs';

/** Figure → subject → median over the rounds. */
export function medians(rounds) {
	const figures = {};
	for (const { figure, subject, value } of rounds) {
		figures[figure] ??= {};
		figures[figure][subject] ??= [];
		figures[figure][subject].push(value);
	}
	for (const values of Object.values(figures)) {
		for (const subject of Object.keys(values)) values[subject] = median(values[subject]);
	}
	return figures;
}

const ratio = (figures, figure, subject, base) => figures[figure]?.[subject] / figures[figure]?.[base];
const added = (figures, figure) => figures[figure]?.switchyard - figures[figure]?.['pass-through'];

/** Each bar: what was reached, and whether that is enough; null where it was not measured. */
export function bars(figures) {
	const list = [
		['requests/s of the pass-through', ratio(figures, 'json requests/s', 'switchyard', 'pass-through'), '>=', 0.45],
		['requests/s of Portkey', ratio(figures, 'json requests/s', 'switchyard', 'portkey'), '>=', 0.8],
		['ms added to the first chunk', added(figures, 'first chunk p50 ms'), '<', 2],
		['chunks/s of parse-and-write', ratio(figures, 'chunks/s', 'switchyard', 'parse-and-write'), '>=', 0.8],
		['ms added per paced chunk (p99)', added(figures, 'paced chunk p99 ms'), '<', 5],
	];
	return list.map(([what, value, relation, bar]) => ({
		what,
		value: Number.isFinite(value) ? value : null,
		bar: `${relation} ${bar}`,
		met: Number.isFinite(value) ? (relation === '<' ? value < bar : value >= bar) : null,
	}));
}

const rounded = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
const word = (met) => (met === null ? 'not measured' : met ? 'met' : 'MISSED');

export function print(figures, subjects) {
	const names = subjects.map(({ name }) => name);
	const width = 28;
	const cell = (text) => String(text).padStart(17);
	console.log(`\n${'median'.padEnd(width)}${names.map(cell).join('')}`);
	for (const [figure, values] of Object.entries(figures)) {
		const base = values['pass-through'];
		const cells = names.map((name) => {
			if (values[name] === undefined) return cell('-');
			return cell(base ? `${rounded(values[name])} (${(values[name] / base).toFixed(2)})` : rounded(values[name]));
		});
		console.log(`${figure.padEnd(width)}${cells.join('')}`);
	}
	console.log('\nIn brackets: the ratio to the pass-through Worker.\n');
	for (const { what, value, bar, met } of bars(figures))
		console.log(`${word(met).padEnd(13)} ${what}: ${value === null ? '-' : value.toFixed(2)} (bar ${bar})`);
}

/** Writes everything to `bench/results/<time>.json` and answers the path. */
export function save(root, result) {
	const folder = join(root, 'bench/results');
	mkdirSync(folder, { recursive: true });
	const path = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
	const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
	writeFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), machine, ...result }, null, '\t')}\n`);
	return path;
}

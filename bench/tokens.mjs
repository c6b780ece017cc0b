/**
 * `node bench/tokens.mjs`: what exact counting costs, beside js-tiktoken, whose ranks it uses. Processor time of rounds
 * taken in turns; ratios hold on any machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Tiktoken } from 'js-tiktoken/lite';
import { writeRanks } from '../scripts/ranks.mjs';
import { save } from './report.mjs';
import { loaded } from './sources.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const NAMES = ['o200k_base', 'cl100k_base'];

/** What is measured. */
const SOURCES = `
	export { encodingOf } from './planner/bpe';
	export { bound } from './planner/bound';
	export { counterFor, countMemo } from './planner/count';
	export { measure } from './planner/measure';
	export { planRequest } from './planner/plan';
	export { readRanks } from './planner/ranks';
	export { limitOf, roomOf } from './planner/room';
	export { catalog } from './catalog';`;

/** ms of processor time: other processes on the machine don't count. */
function cost(work) {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

const median = (values) => values.sort((left, right) => left - right)[Math.floor(values.length / 2)];

/** Median ms of each, taken in turns after one round that nobody counts. */
function compared(subjects) {
	for (const work of Object.values(subjects)) work();
	const rounds = Array.from({ length: Number(options.rounds) }, () => Object.values(subjects).map(cost));
	return Object.fromEntries(Object.keys(subjects).map((name, at) => [name, median(rounds.map((round) => round[at]))]));
}

/** 105 kB of the prose in this repository, tables and code left out. */
function prose() {
	const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`)];
	const text = pages
		.filter((name) => name.endsWith('.md'))
		.map((name) => readFileSync(ROOT + name, 'utf8').replace(/^```.*?^```$/gms, ''))
		.join('\n')
		.split('\n')
		.filter((line) => !/^[|#>]/.test(line))
		.join('\n');
	return text.repeat(Math.ceil(105_000 / text.length)).slice(0, 105_000);
}

/** The same on every machine. */
function randomly(alphabet, length) {
	let state = 7;
	return Array.from({ length }, () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return alphabet[Math.floor((state / 2 ** 32) * alphabet.length)];
	}).join('');
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const UNBROKEN = {
	"'a' over and over": (length) => 'a'.repeat(length),
	blanks: (length) => ' '.repeat(length),
	'random letters': (length) => randomly(LETTERS, length),
	base64: (length) => randomly([...LETTERS, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/'], length),
	'CJK without spaces': (length) =>
		randomly(
			Array.from({ length: 3_000 }, (_, at) => String.fromCharCode(0x4e00 + at)),
			length,
		),
};

const collect = () => {
	setFlagsFromString('--expose-gc');
	runInNewContext('gc')();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
};

const fileOf = (name) => {
	const { buffer, byteOffset, byteLength } = readFileSync(`${ROOT}dist/console/ranks/${name}.bin`);
	return buffer.slice(byteOffset, byteOffset + byteLength);
};

/** ms of the first time in this process, as a new isolate pays it, and of later ones; bytes that stay. */
function loading({ encodingOf, readRanks }) {
	const first = {};
	const encodings = {};
	const before = collect();
	for (const name of NAMES) {
		const file = fileOf(name);
		first[name] = cost(() => {
			encodings[name] = encodingOf(readRanks(file, name));
		});
	}
	for (const name of NAMES) for (const text of Object.values(UNBROKEN)) encodings[name].count(text(20_000));
	const bytes = collect() - before;
	const files = Object.fromEntries(NAMES.map((name) => [name, fileOf(name)]));
	const again = compared(
		Object.fromEntries(NAMES.map((name) => [name, () => encodingOf(readRanks(files[name], name))])),
	);
	return { encodings, first, again, bytes };
}

/** ms for the same prose, and how many times quicker. */
async function beside(encodings) {
	const text = prose();
	const figures = {};
	for (const name of NAMES) {
		const { default: ranks } = await import(`js-tiktoken/ranks/${name}`);
		const theirs = new Tiktoken(ranks);
		if (theirs.encode(text, [], []).length !== encodings[name].count(text)) throw new Error(`${name} counts differ`);
		const { ours, others } = compared({
			ours: () => encodings[name].count(text),
			others: () => theirs.encode(text, [], []),
		});
		figures[name] = { switchyard: ours, 'js-tiktoken': others, times: others / ours };
	}
	return figures;
}

/** ms for 10,000 and 200,000 characters without a break, and how many times as long the latter take. */
function growth({ count }) {
	return Object.fromEntries(
		Object.entries(UNBROKEN).map(([name, text]) => {
			const long = text(200_000);
			// Of the same text, each another part: the same one again would find everything in the processor's caches.
			const shorts = Array.from({ length: 10 }, (_, at) => long.slice(at * 20_000, at * 20_000 + 10_000));
			const figures = compared({
				short: () => {
					for (const short of shorts) count(short);
				},
				long: () => count(long),
			});
			return [
				name,
				{ '10,000': figures.short / 10, '200,000': figures.long, times: (figures.long * 10) / figures.short },
			];
		}),
	);
}

const SMALL = {
	messages: [
		{ role: 'system', content: [{ type: 'text', text: 'You are a helpful assistant. Answer in one sentence.' }] },
		{ role: 'user', content: [{ type: 'text', text: 'What is the capital of France, and since when?' }] },
		{ role: 'assistant', content: [{ type: 'text', text: 'Paris, since the tenth century with interruptions.' }] },
		{ role: 'user', content: [{ type: 'text', text: 'And of Germany?' }] },
	],
	maxTokens: 500,
};
const TIMES = 20_000;

/** µs that a request costs which fits by its lengths. */
function small({ bound, catalog, limitOf, measure, roomOf }) {
	const facts = catalog([]).facts('openai', 'gpt-4o');
	const work = () => {
		for (let times = 0; times < TIMES; times += 1) {
			const { before } = bound(SMALL, facts, measure(SMALL));
			const room = roomOf(SMALL, facts, { asked: true, wireOutput: null });
			if (before > limitOf(room)) throw new Error('A small request must fit.');
		}
	};
	return (compared({ work }).work * 1_000) / TIMES;
}

/** Some 128,000 tokens in 300 messages: prose, and every tenth turn a call of a tool with a long result. */
function conversation() {
	const text = prose();
	const words = (at, length) => [{ type: 'text', text: text.slice((at * 997) % 60_000).slice(0, length) }];
	return Array.from({ length: 75 }, (_, at) => [
		{ role: 'user', content: words(at, 1_200) },
		{
			role: 'assistant',
			content: [{ type: 'tool-call', id: `call-${at}`, name: 'search', arguments: '{"query":"rates"}' }],
		},
		{ role: 'tool', callId: `call-${at}`, content: words(at + 7, at % 4 === 0 ? 9_000 : 1_500) },
		{ role: 'assistant', content: words(at + 3, 3_200) },
	]).flat();
}

/** ms to count a conversation of some 128,000 tokens and to make it fit, nothing of it counted before. */
function planning({ catalog, counterFor, countMemo, planRequest, roomOf }, encoding) {
	const request = { messages: conversation() };
	const facts = { ...catalog([]).facts('openai', 'gpt-4o'), contextWindow: 128_000 };
	const places = new Map(request.messages.map((message, at) => [message, at]));
	const planned = (shortBy) => {
		const counter = counterFor(request, { facts, encoding, calibration: null, memo: countMemo() });
		const tokens = counter.total(request.messages);
		const sheet = { ...facts, contextWindow: Math.round(tokens * (1 - shortBy)) };
		const room = roomOf(request, sheet, { asked: false, wireOutput: null, method: counter.method });
		const plan = planRequest(request, { counter, room, mode: 'trim', places });
		if (plan.kind !== 'fits') throw new Error(plan.message);
		return { tokens, kept: plan.request.messages.length };
	};
	const times = compared({
		'a tenth too long': () => planned(0.1),
		'twice too long': () => planned(0.5),
	});
	return Object.fromEntries(
		Object.entries(times).map(([name, ms]) => [name, { ms, ...planned(name === 'twice too long' ? 0.5 : 0.1) }]),
	);
}

const rounded = (table) =>
	Object.fromEntries(
		Object.entries(table).map(([row, cells]) => [
			row,
			Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, Math.round(value * 100) / 100])),
		]),
	);

function bars({ bytes, prose: speeds, growth: grown, small: µs, planning: plans }) {
	const slowest = Math.min(...NAMES.map((name) => speeds[name].times));
	const steepest = Math.max(...Object.values(grown).map(({ times }) => times));
	return [
		['times as quick as js-tiktoken, at least', slowest, '>=', 3],
		['times as long for 20 times as many characters, at most', steepest, '<=', 25],
		['MB that both encodings keep', bytes / 1e6, '<=', 16],
		['µs for a request that fits by its lengths', µs, '<', 50],
		['ms to count and plan 128,000 tokens', plans['a tenth too long'].ms, '<', 50],
	].map(([what, value, relation, bar]) => ({
		what,
		value,
		bar: `${relation} ${bar}`,
		met: relation === '>=' ? value >= bar : relation === '<=' ? value <= bar : value < bar,
	}));
}

writeRanks(ROOT);
const code = await loaded(ROOT, SOURCES);
const { encodings, ...load } = loading(code);
const figures = {
	...load,
	prose: await beside(encodings),
	growth: growth(encodings.o200k_base),
	small: small(code),
	planning: planning(code, encodings.o200k_base),
};

console.log('\nms to load');
console.table(rounded({ 'first time': figures.first, later: figures.again }));
console.log('ms for 105 kB of English prose');
console.table(rounded(figures.prose));
console.log('ms for characters without a break, o200k_base');
console.table(rounded(figures.growth));
console.log('ms to count a conversation and make it fit, o200k_base');
console.table(rounded(figures.planning));
for (const { what, value, bar, met } of bars(figures))
	console.log(`${(met ? 'met' : 'MISSED').padEnd(7)} ${what}: ${value.toFixed(1)} (bar ${bar})`);
console.log(save(ROOT, { options, figures, bars: bars(figures) }));

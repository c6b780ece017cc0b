/**
 * `npm run bench:failover`: what a dead provider costs those who asked for it. The primary dies under a steady load
 * (refused connections, then 503), which tells how soon its breaker opens; then the same Worker is asked for the chain
 * and for the secondary alone, in interleaved rounds; then the primary comes back. It reports and never fails a bar.
 */
import { fork } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWorker } from '../scripts/worker-bundle.mjs';
import { save } from './report.mjs';
import { median, percentile } from './streams.mjs';
import { startSwitchyard } from './subjects.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' },
		/** Of each figure of a round. */
		seconds: { type: 'string', default: '3' },
		/** Steady load while the primary dies and comes back. */
		perSecond: { type: 'string', default: '50' },
	},
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const perSecond = Number(options.perSecond);

const PRIMARY = 'openai/gpt-4o-mini';
const SECONDARY = 'groq/llama-3.3-70b-versatile';
/** Bar: ms that a dead primary adds at p50, its breaker open. */
const BAR_MS = 2;
/** Steady load before a death: as long as the breaker looks back. */
const BEFORE_MS = 12_000;
/** Longest that is waited for a breaker to open, or to close again. */
const PATIENCE_MS = 60_000;
/** That many in a row without a second try: the breaker is open. */
const CALM = 25;

async function startUpstream() {
	const child = fork(new URL('mortal-upstream.mjs', import.meta.url));
	const become = (mode) =>
		new Promise((resolve, reject) => {
			child.once('message', resolve).once('exit', reject);
			child.send(mode);
		});
	const { port } = await become('up');
	return { origin: `http://127.0.0.1:${port}`, become, stop: () => child.connected && child.disconnect() };
}

const agent = new Agent({ keepAlive: true });

/** One request for the chain, or for the secondary alone. */
function ask({ origin, headers }, model) {
	const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Is anybody there?' }] });
	const alone = model === SECONDARY && { 'x-switchyard-fallback': 'none' };
	const startedAt = performance.now();
	return new Promise((resolve, reject) => {
		const outgoing = httpRequest(
			`${origin}/v1/chat/completions`,
			{ method: 'POST', agent, headers: { ...headers, 'content-type': 'application/json', ...alone } },
			(response) => {
				response.resume();
				response.on('end', () =>
					resolve({
						startedAt,
						ms: performance.now() - startedAt,
						status: response.statusCode,
						attempts: Number(response.headers['x-switchyard-attempts']),
						provider: response.headers['x-switchyard-provider'],
					}),
				);
				response.on('error', reject);
			},
		);
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}

/** A steady load for the chain: so many a second whatever becomes of them, until `stop`. */
function steadily(subject) {
	const asked = [];
	const running = new Set();
	let at = performance.now();
	let stopped = false;
	const next = () => {
		if (stopped) return;
		for (; at <= performance.now(); at += 1_000 / perSecond) {
			const one = ask(subject, PRIMARY).then((answer) => {
				asked.push(answer);
				running.delete(one);
			});
			running.add(one);
		}
		setTimeout(next, Math.max(0, at - performance.now()));
	};
	next();
	return {
		asked,
		async stop() {
			stopped = true;
			await Promise.all(running);
		},
	};
}

/** Waits until `found` answers something; null where it never does. */
async function until(found) {
	const deadline = performance.now() + PATIENCE_MS;
	for (;;) {
		const answer = found();
		if (answer !== undefined) return answer;
		if (performance.now() > deadline) return null;
		await sleep(50);
	}
}

const byStart = (answers, from) =>
	answers.filter(({ startedAt }) => startedAt >= from).sort((left, right) => left.startedAt - right.startedAt);

/** The first of those after which nobody in a row had to try twice. */
function calm(answers) {
	let since;
	let count = 0;
	for (const answer of answers) {
		count = answer.attempts === 1 ? count + 1 : 0;
		if (count === 1) since = answer;
		if (count === CALM) return since;
	}
	return undefined;
}

async function death(subject, primary, mode) {
	const load = steadily(subject);
	await sleep(BEFORE_MS);
	const diedAt = performance.now();
	await primary.become(mode);
	const first = await until(() => calm(byStart(load.asked, diedAt)));
	await load.stop();
	const after = byStart(load.asked, diedAt);
	const meanwhile = first ? after.filter(({ startedAt }) => startedAt < first.startedAt) : after;
	return {
		openedAfterMs: first ? first.startedAt - diedAt : null,
		requestsMeanwhile: meanwhile.length,
		p50MsMeanwhile: percentile(
			meanwhile.map(({ ms }) => ms),
			0.5,
		),
		p99MsMeanwhile: percentile(
			meanwhile.map(({ ms }) => ms),
			0.99,
		),
		failures: load.asked.filter(({ status }) => status !== 200).length,
	};
}

async function revival(subject, primary) {
	const load = steadily(subject);
	await sleep(1_000);
	await primary.become('up');
	const backAt = performance.now();
	const first = await until(() => byStart(load.asked, backAt).find(({ provider }) => provider === 'openai'));
	await sleep(2_000);
	await load.stop();
	return {
		answersAgainAfterMs: first ? first.startedAt + first.ms - backAt : null,
		failures: load.asked.filter(({ status }) => status !== 200).length,
	};
}

/** One after the other, for so many seconds. */
async function alone(subject, model) {
	const answers = [];
	const end = performance.now() + seconds * 1_000;
	while (performance.now() < end) answers.push(await ask(subject, model));
	const times = answers.map(({ ms }) => ms);
	return {
		requests: answers.length,
		p50: percentile(times, 0.5),
		p99: percentile(times, 0.99),
		probes: answers.filter(({ attempts }) => attempts > 1).length,
		failures: answers.filter(({ status }) => status !== 200).length,
	};
}

/** Both in turn, the first of a round being the second of the next. */
async function compared(subject) {
	const values = [];
	for (let round = 1; round <= rounds; round += 1) {
		const order = round % 2 === 1 ? [SECONDARY, PRIMARY] : [PRIMARY, SECONDARY];
		const pair = {};
		for (const model of order) pair[model] = await alone(subject, model);
		values.push({ round, secondary: pair[SECONDARY], chain: pair[PRIMARY] });
	}
	return values;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

function summary(died, values, revived) {
	const chain = values.map((value) => value.chain);
	const requests = sum(chain.map((each) => each.requests));
	const probes = sum(chain.map((each) => each.probes));
	return {
		'ms until the breaker opened': died.openedAfterMs,
		'requests until then': died.requestsMeanwhile,
		'p50 ms of those': died.p50MsMeanwhile,
		'p99 ms of those': died.p99MsMeanwhile,
		'secondary alone, p50 ms': median(values.map(({ secondary }) => secondary.p50)),
		'chain with a dead primary, p50 ms': median(chain.map((each) => each.p50)),
		'added p50 ms': median(values.map((value) => value.chain.p50 - value.secondary.p50)),
		'added p99 ms': median(values.map((value) => value.chain.p99 - value.secondary.p99)),
		'requests that paid for a probe, %': (100 * probes) / requests,
		'ms until the primary answered again': revived.answersAgainAfterMs,
		'failed requests':
			died.failures +
			revived.failures +
			sum(values.flatMap(({ secondary, chain: each }) => [secondary.failures, each.failures])),
	};
}

const rounded = (value) =>
	value === null || Number.isNaN(value) ? '-' : Number.isInteger(value) ? String(value) : value.toFixed(2);

function print(figures) {
	const modes = Object.keys(figures);
	console.log(`\n${'primary'.padEnd(40)}${modes.map((mode) => mode.padStart(14)).join('')}`);
	for (const figure of Object.keys(figures[modes[0]]))
		console.log(`${figure.padEnd(40)}${modes.map((mode) => rounded(figures[mode][figure]).padStart(14)).join('')}`);
}

await buildWorker(ROOT);
const primary = await startUpstream();
const secondary = await startUpstream();
const subject = await startSwitchyard(ROOT, {
	OPENAI_API_KEY: 'bench',
	OPENAI_BASE_URL: `${primary.origin}/v1`,
	GROQ_API_KEY: 'bench',
	GROQ_BASE_URL: `${secondary.origin}/openai/v1`,
	FALLBACK_CHAIN: SECONDARY,
});
try {
	console.log(`${rounds} rounds of ${seconds} s a figure, one request at a time; deaths under ${perSecond} requests/s`);
	// Code that is still being compiled is nobody's figure.
	for (const model of [PRIMARY, SECONDARY]) await alone(subject, model);
	const figures = {};
	const measured = {};
	for (const mode of ['refusing', 'unavailable']) {
		console.log(`the primary is ${mode}`);
		const died = await death(subject, primary, mode);
		const values = await compared(subject);
		const revived = await revival(subject, primary);
		figures[mode] = summary(died, values, revived);
		measured[mode] = { died, values, revived };
	}
	print(figures);
	const bars = Object.entries(figures).map(([mode, each]) => {
		const value = each['added p50 ms'];
		return { what: `ms added at p50 while the primary is ${mode}`, value, bar: `< ${BAR_MS}`, met: value < BAR_MS };
	});
	console.log('');
	for (const { what, value, bar, met } of bars)
		console.log(`${met ? 'met   ' : 'MISSED'} ${what}: ${value.toFixed(2)} (bar ${bar})`);
	console.log(`\n${save(ROOT, { options, figures, bars, measured })}`);
} finally {
	agent.destroy();
	await subject.stop();
	primary.stop();
	secondary.stop();
}

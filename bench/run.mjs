/** `npm run bench`: the built Worker beside others on loopback, in interleaved rounds. It reports and never fails a bar. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWorker } from '../scripts/worker-bundle.mjs';
import { GENERATOR, load } from './load.mjs';
import { bars, medians, print, save } from './report.mjs';
import { chunkDelay, chunksPerSecond, firstChunk } from './streams.mjs';
import { requestOf, startSubjects, startUpstream } from './subjects.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
	options: {
		rounds: { type: 'string', default: '5' },
		seconds: { type: 'string', default: '5' },
		connections: { type: 'string', default: '16' },
		/** Comma-separated names of subjects; all where absent. */
		only: { type: 'string' },
		/** Path of another checkout (its packages installed): measured beside this one as `before`. */
		against: { type: 'string' },
	},
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const connections = Number(options.connections);

/** All figures of one subject in one round, as `[figure, value]`. Milliseconds where not said otherwise. */
async function measure(subject) {
	const json = await load(requestOf(subject, 'json'), connections, seconds);
	const streamed = await load(requestOf(subject, 'stream 20 0'), connections, seconds);
	const alone = await firstChunk(requestOf(subject, 'stream 3 0'), 40 * seconds, 1);
	const few = await firstChunk(requestOf(subject, 'stream 3 0'), 80 * seconds, 4);
	const chunks = await chunksPerSecond(requestOf(subject, `stream ${4000 * seconds} 0`), 2);
	const paced = await chunkDelay(requestOf(subject, `stream ${Math.round(seconds * 25)} 20`), 128);
	if (json.errors + streamed.errors > 0)
		console.log(`  ${subject.name}: ${json.errors + streamed.errors} requests failed; its figures mean little`);
	return [
		['json requests/s', json.perSecond],
		['json p50 ms', json.p50],
		['json p99 ms', json.p99],
		['stream requests/s', streamed.perSecond],
		['stream p50 ms', streamed.p50],
		['stream p99 ms', streamed.p99],
		['first chunk p50 ms', alone.p50],
		['first chunk p99 ms', alone.p99],
		['first chunk p50 ms, 4 lanes', few.p50],
		['chunks/s', chunks],
		['paced chunk p50 ms', paced.p50],
		['paced chunk p99 ms', paced.p99],
	];
}

/** Every upstream call that Switchyard made must have its row; the difference is part of the result. */
async function audit(upstream, subject) {
	if (!subject) return null;
	const deadline = Date.now() + 120_000;
	let rows = await subject.rows();
	while (rows < (await upstream.calls()) && Date.now() < deadline) {
		await sleep(500);
		rows = await subject.rows();
	}
	const calls = await upstream.calls();
	return { calls, rows, difference: calls - rows };
}

const against = options.against ? resolve(options.against) : null;
await buildWorker(ROOT);
if (against) await buildWorker(against);
const upstream = await startUpstream();
const started = await startSubjects(ROOT, upstream.origin, against);
const wanted = options.only?.split(',');
const subjects = started.filter(({ name }) => !wanted || wanted.includes(name));
try {
	console.log(`${rounds} rounds of ${seconds} s a figure, ${connections} connections, load by ${GENERATOR}`);
	// Code that is still being compiled is nobody's figure.
	for (const subject of subjects) {
		await load(requestOf(subject, 'json'), connections, 1);
		await load(requestOf(subject, 'stream 20 0'), connections, 1);
	}
	const values = [];
	for (let round = 1; round <= rounds; round += 1) {
		// Whoever comes first in a round is measured on another machine than who comes last, a little.
		for (const subject of round % 2 ? subjects : subjects.toReversed()) {
			console.log(`round ${round}: ${subject.name}`);
			for (const [figure, value] of await measure(subject))
				values.push({ round, subject: subject.name, figure, value });
		}
	}
	const figures = medians(values);
	print(figures, subjects);
	const audited = await audit(
		upstream,
		subjects.find(({ name }) => name === 'switchyard'),
	);
	if (audited)
		console.log(`\nLedger: ${audited.calls} upstream calls, ${audited.rows} rows, difference ${audited.difference}`);
	const path = save(ROOT, { options, generator: GENERATOR, figures, bars: bars(figures), audit: audited, values });
	console.log(`\n${path}`);
} finally {
	for (const subject of started) await subject.stop();
	upstream.stop();
}

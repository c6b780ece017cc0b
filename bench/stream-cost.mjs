/**
 * `npm run bench:streams`: what a stream costs. 16 streams of 2,000 chunks as fast as they go; 512 streams paced, at
 * two rates; and the memory of the runtime after streams ten times as long. Interleaved rounds, medians.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWorker } from '../scripts/worker-bundle.mjs';
import { medians, save } from './report.mjs';
import { chunkDelay, chunksPerSecond } from './streams.mjs';
import { requestOf, startSubjects, startUpstream } from './subjects.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const SUBJECTS = ['pass-through', 'parse-and-write', 'switchyard'];
const STREAMS = 16;
const CROWD = 512;
/** In which all of them have opened. */
const OPENING_MS = 1_500;

/** Process ids of the runtimes of this process, in the order of their start. */
const runtimes = () =>
	execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,comm='], { encoding: 'utf8' })
		.split('\n')
		.filter((line) => line.includes('workerd'))
		.map((line) => Number.parseInt(line, 10))
		.sort((left, right) => left - right);

/** MiB of a process that are in memory. */
const residentMiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function measure(subject) {
	const chunks = await chunksPerSecond(requestOf(subject, 'stream 2000 0'), STREAMS);
	const slow = await chunkDelay(requestOf(subject, 'stream 60 100'), CROWD, OPENING_MS);
	const fast = await chunkDelay(requestOf(subject, 'stream 300 10'), CROWD, OPENING_MS);
	return [
		['chunks/s, 16 streams of 2,000', chunks],
		['512 streams, 10 chunks/s each, p50 ms', slow.p50],
		['512 streams, 10 chunks/s each, p99 ms', slow.p99],
		['512 streams, 100 chunks/s each, p50 ms', fast.p50],
		['512 streams, 100 chunks/s each, p99 ms', fast.p99],
	];
}

async function memory(subject, pid) {
	const values = [];
	for (const chunks of [2_000, 20_000, 200_000]) {
		await chunksPerSecond(requestOf(subject, `stream ${chunks} 0`), 1);
		values.push([`MiB after a stream of ${chunks.toLocaleString('en')} chunks`, residentMiB(pid)]);
	}
	return values;
}

await buildWorker(ROOT);
const upstream = await startUpstream();
const started = await startSubjects(ROOT, upstream.origin);
const pids = runtimes();
const workers = started.filter(({ name }) => name !== 'direct');
try {
	const values = [];
	const subjects = workers.filter(({ name }) => SUBJECTS.includes(name));
	for (const subject of subjects) await chunksPerSecond(requestOf(subject, 'stream 2000 0'), STREAMS);
	for (let round = 1; round <= Number(options.rounds); round += 1)
		for (const subject of subjects)
			for (const [figure, value] of await measure(subject))
				values.push({ round, subject: subject.name, figure, value });
	for (const subject of subjects)
		for (const [figure, value] of await memory(subject, pids[workers.indexOf(subject)]))
			values.push({ round: 1, subject: subject.name, figure, value });
	const figures = medians(values);
	console.table(
		Object.fromEntries(
			Object.entries(figures).map(([figure, of]) => [
				figure,
				Object.fromEntries(SUBJECTS.map((name) => [name, Math.round(of[name] * 100) / 100])),
			]),
		),
	);
	const share = figures['chunks/s, 16 streams of 2,000'];
	console.log(`chunks/s of parse-and-write: ${(share.switchyard / share['parse-and-write']).toFixed(2)} (bar >= 0.8)`);
	for (const rate of ['10', '100']) {
		const delay = figures[`512 streams, ${rate} chunks/s each, p99 ms`];
		console.log(
			`ms added per chunk (p99), ${rate}/s: ${(delay.switchyard - delay['pass-through']).toFixed(2)} (bar < 5)`,
		);
	}
	console.log(save(ROOT, { options, figures, values }));
} finally {
	for (const subject of started) await subject.stop();
	upstream.stop();
}

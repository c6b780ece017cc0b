/**
 * `npm run bench:cpu -- --against <checkout>`: processor time of the runtime for each answer, of this build and
 * another one. Each runs twice, in processes of their own, so that what two processes of one build differ by is told
 * too. Linux alone: times come from `/proc`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildWorker } from '../scripts/worker-bundle.mjs';
import { load } from './load.mjs';
import { median } from './streams.mjs';
import { requestOf, startSwitchyard, startUpstream } from './subjects.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
	options: {
		/** Path of the other checkout, its packages installed. */
		against: { type: 'string' },
		rounds: { type: 'string', default: '30' },
		seconds: { type: 'string', default: '1' },
		/** What the upstream answers: `json`, or `stream <chunks> <ms between>`. */
		script: { type: 'string', default: 'json' },
	},
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);

/** ms of a tick in `/proc/<pid>/stat`. */
const TICK = 10;
/** Rows are written when the answers are out. */
const SETTLE_MS = 600;

/** The fields of a process's `stat` behind its name; null: there is none. */
function statOf(pid) {
	try {
		const [name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
		return { isRuntime: name.endsWith('(workerd'), fields: rest.split(' ') };
	} catch {
		return null;
	}
}

/** Runtimes that this process has started. */
const runtimes = () =>
	readdirSync('/proc').filter((pid) => {
		const stat = /^\d+$/.test(pid) ? statOf(pid) : null;
		return stat?.isRuntime && stat.fields[1] === String(process.pid);
	});

/** ms in user and kernel mode. */
function spentBy(pid) {
	const { fields } = statOf(pid);
	return (Number(fields[11]) + Number(fields[12])) * TICK;
}

async function started(name, root, upstream) {
	const before = new Set(runtimes());
	const variables = { OPENAI_API_KEY: 'bench', OPENAI_BASE_URL: `${upstream}/v1` };
	const subject = await startSwitchyard(root, variables);
	return { ...subject, name, pid: runtimes().find((pid) => !before.has(pid)), micros: [] };
}

const other = resolve(options.against ?? ROOT);
await buildWorker(ROOT);
await buildWorker(other);
const upstream = await startUpstream();
const subjects = [
	await started('here', ROOT, upstream.origin),
	await started('before', other, upstream.origin),
	await started('before, again', other, upstream.origin),
	await started('here, again', ROOT, upstream.origin),
];
try {
	for (let round = 0; round < rounds; round += 1) {
		for (const subject of round % 2 ? subjects.toReversed() : subjects) {
			const spent = spentBy(subject.pid);
			const { perSecond, errors } = await load(requestOf(subject, options.script), 16, seconds);
			if (errors > 0) throw new Error(`${errors} requests of '${subject.name}' failed.`);
			await sleep(SETTLE_MS);
			subject.micros.push(((spentBy(subject.pid) - spent) * 1_000) / (perSecond * seconds));
		}
	}
	for (const { name, micros } of subjects) console.log(`${name.padEnd(14)} ${median(micros).toFixed(0)} µs a request`);
} finally {
	for (const subject of subjects) await subject.stop();
	upstream.stop();
}

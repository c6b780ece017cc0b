/** A client for streams that notes when bytes arrive and does little else, so as not to measure itself. */
import { Agent, request as httpRequest } from 'node:http';

const MARK = Buffer.from('\n\n');
const CONTENT = Buffer.from('"content":" t=');

function frames(bytes) {
	let count = 0;
	for (let at = bytes.indexOf(MARK); at !== -1; at = bytes.indexOf(MARK, at + 2)) count += 1;
	return count;
}

/** Runs one stream to its end; calls `onBytes(bytes, now)` for each read. */
function stream({ url, headers, body }, agent, onBytes) {
	return new Promise((resolve, reject) => {
		const started = performance.now();
		const outgoing = httpRequest(url, { method: 'POST', headers, agent }, (response) => {
			if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
			response.on('data', (bytes) => onBytes(bytes, performance.now()));
			response.on('end', () => resolve(performance.now() - started));
			response.on('error', reject);
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}

export const percentile = (values, share) => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (values) => percentile(values, 0.5);
const spread = (values) => ({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) });

async function timeToContent(request, agent) {
	const started = performance.now();
	let first = null;
	await stream(request, agent, (bytes, now) => {
		if (first === null && bytes.includes(CONTENT)) first = now - started;
	});
	return first;
}

/** Milliseconds from sending to the first content chunk: `streams` of them, `lanes` at a time. */
export async function firstChunk(request, streams, lanes) {
	const agent = new Agent({ keepAlive: true, maxSockets: lanes });
	const times = [];
	const lane = async () => {
		for (let at = 0; at < streams / lanes; at += 1) times.push(await timeToContent(request, agent));
	};
	// Opens the connections, which is nobody's overhead.
	await Promise.all(Array.from({ length: lanes }, () => timeToContent(request, agent)));
	await Promise.all(Array.from({ length: lanes }, lane));
	agent.destroy();
	return spread(times.filter((time) => time !== null));
}

/** Chunks per second over `lanes` long streams at once. */
export async function chunksPerSecond(request, lanes) {
	const agent = new Agent({ keepAlive: true });
	let count = 0;
	const started = performance.now();
	await Promise.all(
		Array.from({ length: lanes }, () =>
			stream(request, agent, (bytes) => {
				count += frames(bytes);
			}),
		),
	);
	const seconds = (performance.now() - started) / 1000;
	agent.destroy();
	return count / seconds;
}

const SENT = / t=([0-9.]+);/g;

/**
 * Milliseconds between the upstream's write and our read of a chunk, over `lanes` paced streams at once. Chunks of the
 * first `settleMs` don't count: all streams open at the same moment, and what that costs is another figure.
 */
export async function chunkDelay(request, lanes, settleMs = 0) {
	const agent = new Agent({ keepAlive: true });
	const delays = [];
	const from = performance.timeOrigin + performance.now() + settleMs;
	await Promise.all(
		Array.from({ length: lanes }, () =>
			stream(request, agent, (bytes, now) => {
				for (const [, sent] of bytes.toString('latin1').matchAll(SENT))
					if (Number(sent) >= from) delays.push(performance.timeOrigin + now - Number(sent));
			}),
		),
	);
	agent.destroy();
	return spread(delays);
}

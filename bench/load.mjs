/** Requests per second and latency at a number of connections: wrk where it is installed, else autocannon. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

function hasWrk() {
	try {
		execFileSync('wrk', ['--version'], { stdio: 'ignore' });
		return true;
	} catch (error) {
		// wrk answers its version with exit code 1.
		return error.code !== 'ENOENT';
	}
}

const lua = (text) => `[==[${text}]==]`;

/** One line of JSON at the end; latencies come in microseconds. */
const scriptOf = ({ headers, body }) => `
wrk.method = "POST"
wrk.body = ${lua(body)}
${Object.entries(headers)
	.map(([name, value]) => `wrk.headers[ ${lua(name)} ] = ${lua(value)}`)
	.join('\n')}
done = function(summary, latency)
	local e = summary.errors
	io.write(string.format('\\nRESULT {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\\n',
		summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
		e.connect + e.read + e.write + e.status + e.timeout))
end
`;

async function wrk(request, connections, seconds) {
	const folder = mkdtempSync(join(tmpdir(), 'switchyard-wrk-'));
	try {
		const script = join(folder, 'post.lua');
		writeFileSync(script, scriptOf(request), { mode: 0o600 });
		const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout=10s', '-s', script, request.url];
		const { stdout } = await promisify(execFile)('wrk', options);
		const result = JSON.parse(/RESULT (\{.*\})/.exec(stdout)[1]);
		return { perSecond: result.requests / result.seconds, p50: result.p50, p99: result.p99, errors: result.errors };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function cannon(request, connections, seconds) {
	const { default: autocannon } = await import('autocannon');
	const result = await autocannon({ ...request, method: 'POST', connections, duration: seconds });
	return {
		perSecond: result.requests.total / result.duration,
		p50: result.latency.p50,
		p99: result.latency.p99,
		errors: result.errors + result.non2xx,
	};
}

export const GENERATOR = hasWrk() ? 'wrk' : 'autocannon';

/** `{ perSecond, p50, p99, errors }`, latencies in milliseconds. */
export const load = GENERATOR === 'wrk' ? wrk : cannon;

/** Runs wrangler of this checkout: no prompt, no banner, no telemetry, nothing from stdin. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const CLI = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'wrangler-dist/cli.js');

const QUIET = {
	CI: '1',
	WRANGLER_SEND_METRICS: 'false',
	WRANGLER_SEND_ERROR_REPORTS: 'false',
	WRANGLER_HIDE_BANNER: 'true',
	CLOUDFLARE_CF_FETCH_ENABLED: 'false',
	CLOUDFLARE_INCLUDE_PROCESS_ENV: 'false',
};

/** Starts wrangler in `root`; `stdio` is for its output. */
export function startWrangler(root, args, stdio = 'inherit') {
	return spawn(process.execPath, ['--no-warnings', CLI, ...args], {
		cwd: root,
		env: { ...process.env, ...QUIET },
		stdio: ['ignore', stdio, stdio],
	});
}

/** Runs it to its end and returns what it printed. Throws with that text where it fails. */
export async function runWrangler(root, args) {
	const child = startWrangler(root, args, 'pipe');
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
	const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
	if (code !== 0) throw new Error(`wrangler ${args[0]} failed (exit code ${code}):\n${output}`);
	return output;
}

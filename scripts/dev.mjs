/** `npm run dev`: from a fresh clone to an answering gateway, with nothing to set up. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 8_000;
const REFUSALS_BORNE = 10;

function fail(message) {
	console.error(`\n  ${message}\n`);
	process.exit(1);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed; this is ${process.version}.`);

const port = Number(process.env.PORT || 8787);
if (!Number.isInteger(port) || port < 1 || port > 65_535)
	fail(`PORT must be a port number, not '${process.env.PORT}'.`);
/** Where D1, KV and the Durable Objects keep their data, and where the secrets are: tests use their own. */
const stateDir = resolve(ROOT, process.env.SWITCHYARD_STATE_DIR || '.wrangler/state');
const secretsFile = resolve(ROOT, process.env.SWITCHYARD_DEV_VARS || '.dev.vars');

const isFree = (host) =>
	new Promise((answer) => {
		const probe = createServer();
		probe.once('error', (error) => answer(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'));
		probe.listen({ port, host, exclusive: true }, () => probe.close(() => answer(true)));
	});

const requireFreePort = async () => {
	for (const host of ['127.0.0.1', '::1']) {
		if (!(await isFree(host)))
			fail(`Port ${port} is in use. Stop what listens there, or choose another: PORT=8788 npm run dev`);
	}
};

/** The env file of this run, gone again at exit; those that a killed run left behind go too. */
function writeEnvFile(text) {
	const folder = join(ROOT, '.wrangler');
	mkdirSync(folder, { recursive: true });
	for (const name of readdirSync(folder)) {
		const pid = /^dev-(\d+)\.env$/.exec(name)?.[1];
		if (pid && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
	}
	const path = join(folder, `dev-${process.pid}.env`);
	writeFileSync(path, text, { mode: 0o600 });
	process.once('exit', () => rmSync(path, { force: true }));
	return path;
}

function isRunning(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}

/** Migrates, seeds, and says whether the key can be used. */
async function prepareDatabase(key) {
	const script = fileURLToPath(new URL('prepare-database.mjs', import.meta.url));
	const options = { env: { ...process.env, DEV_GATEWAY_KEY: key } };
	try {
		const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script, ROOT, stateDir], options);
		return JSON.parse(stdout).usable;
	} catch (error) {
		throw new Error(`The local database can't be prepared: ${error.stderr?.trim() || error.message}`);
	}
}

/** `null` while nothing answers, else the status and the text. */
async function probe(url) {
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
		return { status: response.status, text: await response.text() };
	} catch {
		return null;
	}
}

/** Resolves once `url` answers well; throws what the Worker says where it keeps answering with an error. */
async function waitUntilReady(url, child) {
	const deadline = Date.now() + READY_WITHIN_MS;
	let refusals = 0;
	while (child.exitCode === null && child.signalCode === null) {
		const answer = await probe(url);
		if (answer && answer.status < 400) return true;
		refusals += answer ? 1 : 0;
		if (refusals > REFUSALS_BORNE)
			throw new Error(`The Worker does not start: ${answer?.text ?? 'it answers with errors'}`);
		if (Date.now() > deadline) throw new Error(`${url} did not answer within ${READY_WITHIN_MS / 1000} s.`);
		await sleep(100);
	}
	return false;
}

function announce(origin, key, usable) {
	const lines = [
		'',
		`  Switchyard      ${origin}`,
		`  Console         ${origin}/`,
		`  Gateway key     ${key}`,
		'',
		'  Try it:',
		`    curl -N ${origin}/v1/chat/completions -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '{"model":"mock/echo","stream":true,"messages":[{"role":"user","content":"Hello, Switchyard"}]}'`,
		'',
	];
	if (!usable)
		lines.push('  This key was revoked or has expired. Remove DEV_GATEWAY_KEY from .dev.vars to get a new one.', '');
	console.log(lines.join('\n'));
}

/** Passes a signal on once; a child that does not go in time is killed. npm, ended, tells nobody: it is watched. */
function stopWith(child) {
	const stop = (signal) => {
		child.kill(signal);
		setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS).unref();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop(signal));
	if (process.env.npm_lifecycle_event) {
		const npm = process.ppid;
		const watch = setInterval(() => {
			if (process.ppid === npm) return;
			clearInterval(watch);
			stop('SIGTERM');
		}, 500);
	}
	return stop;
}

async function main() {
	await requireFreePort();
	const { completeSecrets } = await import('./secrets.mjs');
	const { envFileText, selectVariables, workerVariableNames } = await import('./variables.mjs');
	const { buildConsole } = await import('./console.mjs');
	const { startWrangler } = await import('./wrangler.mjs');

	const secrets = completeSecrets(secretsFile, process.env);
	const key = process.env.DEV_GATEWAY_KEY || secrets.DEV_GATEWAY_KEY;
	const variables = selectVariables(workerVariableNames(ROOT), secrets, process.env);
	const consoleBuilt = buildConsole(ROOT).catch((error) => {
		console.error(`  Static files can't be built, so pages are missing or old: ${error.message}`);
	});
	const [usable] = await Promise.all([prepareDatabase(key), consoleBuilt]);
	const envFile = writeEnvFile(envFileText(variables));

	const child = startWrangler(ROOT, [
		'dev',
		'--local',
		`--port=${port}`,
		`--persist-to=${stateDir}`,
		`--env-file=${envFile}`,
		'--show-interactive-dev-session=false',
		'--test-scheduled',
	]);
	const stop = stopWith(child);
	const ended = new Promise((done) => {
		child.once('error', (error) => done({ code: 1, error }));
		child.once('exit', (code, signal) => done({ code: code ?? (signal === 'SIGINT' ? 130 : 143) }));
	});
	const origin = `http://localhost:${port}`;
	try {
		if (await waitUntilReady(`${origin}/healthz`, child)) announce(origin, key, usable);
	} catch (error) {
		console.error(`\n  ${error.message}\n`);
		stop('SIGTERM');
		await ended;
		process.exit(1);
	}
	const { code, error } = await ended;
	if (error) console.error(error.message);
	process.exit(code);
}

try {
	await main();
} catch (error) {
	fail(error.message);
}

/** The product as its users run it: by `npm run dev`, or, faster, the built Worker in Miniflare. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Miniflare } from 'miniflare';
import { migrate, openLocalDatabase, seed } from '../../../scripts/database.mjs';
import { builtWorkerOptions } from '../../../scripts/miniflare-options.mjs';
import { newGatewayKey } from '../../../scripts/secrets.mjs';
import { workerVariableNames } from '../../../scripts/variables.mjs';
import { buildWorker } from '../../../scripts/worker-bundle.mjs';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const ADMIN_KEY = 'e2e-operator-secret-0123456789abcdef';

export type LocalDatabase = Awaited<ReturnType<Miniflare['getD1Database']>>;
export type Variables = Readonly<Record<string, string>>;

export interface RunningWorker {
	/** No slash at its end. */
	readonly origin: string;
	/** The development key of the organization `demo`. */
	readonly key: string;
	readonly adminKey: string;
	/** Reads D1 beside the running Worker. */
	query<Row>(sql: string, ...parameters: readonly (string | number)[]): Promise<Row[]>;
	stop(): Promise<void>;
}

export interface DevWorker extends RunningWorker {
	/** Everything it printed so far. */
	output(): string;
	readonly process: ChildProcess;
}

export interface BuiltWorker extends RunningWorker {
	/** Where everything it stores lies: D1, KV and Durable Objects. */
	readonly stateDir: string;
	/** Everything it logged so far. */
	output(): string;
	/** Drops every Durable Object of the Worker from memory, mid-work, as a crash of its host would. */
	killObjects(): Promise<void>;
	/** What the cron does each minute, to its end. */
	runCron(): Promise<void>;
	/**
	 * Ends the workerd process and starts another on the same data, with `changed` variables; `origin` is another then.
	 * `assets`: a folder in place of `dist/console`.
	 */
	restart(changed?: Variables, assets?: string): Promise<void>;
}

/** A Worker beside the product: reads its D1, and does what only the runtime itself can do. */
const BESIDE = {
	name: 'beside',
	modules: true,
	compatibilityDate: '2026-04-21',
	compatibilityFlags: ['unsafe_module'],
	unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
	script: `import unsafe from 'workerd:unsafe';
		export default { async fetch(request, env) {
			if (request.method === 'DELETE') await unsafe.abortAllDurableObjects();
			if (request.method !== 'POST') return new Response('done');
			const { sql, parameters } = await request.json();
			try {
				const { results } = await env.DB.prepare(sql).bind(...parameters).all();
				return Response.json(results);
			} catch (error) {
				return new Response(error.message, { status: 500 });
			}
		} };`,
};

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'switchyard-'));

/** A port nobody listens on just now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	await new Promise((closed) => server.close(closed));
	return port;
}

async function rowsOf<Row>(db: LocalDatabase, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
	const { results } = await db
		.prepare(sql)
		.bind(...parameters)
		.all<Row>();
	return results;
}

/**
 * Reads a copy of a running Worker's D1: a second process on the same file would make its writes fail with
 * SQLITE_BUSY. A copy taken in the middle of a write may not open; then another is taken.
 */
async function readCopy<T>(stateDir: string, read: (db: LocalDatabase) => Promise<T>, tries = 5): Promise<T> {
	const copy = await temporaryFolder();
	try {
		const files = { recursive: true, filter: (path: string) => !path.endsWith('-shm') };
		await cp(join(stateDir, 'v3/d1'), join(copy, 'v3/d1'), files);
		const { db, close } = await openLocalDatabase(ROOT, copy);
		try {
			return await read(db);
		} finally {
			await close();
		}
	} catch (error) {
		if (tries === 1) throw error;
		return readCopy(stateDir, read, tries - 1);
	} finally {
		await rm(copy, { recursive: true, force: true });
	}
}

/** The developer's own provider keys have no place in a test. */
function withoutOwnVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const names = workerVariableNames(ROOT);
	return Object.fromEntries(
		Object.entries(environment).filter(([name]) => !names.has(name) && name !== 'DEV_GATEWAY_KEY'),
	);
}

/** What the process prints, and a promise of its first line that matches. */
function outputOf(child: ChildProcess): { text(): string; matched(pattern: RegExp): Promise<RegExpExecArray> } {
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.on('data', (chunk: Buffer) => {
			text += chunk.toString();
		});
	}
	const matched = (pattern: RegExp): Promise<RegExpExecArray> =>
		new Promise((found, failed) => {
			const look = (): void => {
				const match = pattern.exec(text);
				if (match) found(match);
			};
			child.stdout?.on('data', look);
			child.once('exit', (code) => failed(new Error(`it ended with ${code}:\n${text}`)));
			look();
		});
	return { text: () => text, matched };
}

/**
 * Starts `npm run dev` with its own port, state and secrets. Without `folder` it gets a fresh one, which
 * `stop` removes; a given one is kept, for a second start. `npm`: by npm itself, which `process` then is.
 */
export async function startDev(
	variables: Variables = {},
	options: { readonly folder?: string; readonly port?: number; readonly npm?: boolean } = {},
): Promise<DevWorker> {
	const folder = options.folder ?? (await temporaryFolder());
	const port = options.port ?? (await freePort());
	const command = options.npm
		? ['npm', '--prefix', ROOT, 'run', 'dev']
		: [process.execPath, join(ROOT, 'scripts/dev.mjs')];
	const child = spawn(command[0] ?? '', command.slice(1), {
		cwd: folder,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...withoutOwnVariables(process.env),
			ADMIN_API_KEY: ADMIN_KEY,
			...variables,
			PORT: String(port),
			SWITCHYARD_STATE_DIR: join(folder, 'state'),
			SWITCHYARD_DEV_VARS: join(folder, 'dev.vars'),
		},
	});
	const ended = new Promise<void>((done) => child.once('exit', () => done()));
	const output = outputOf(child);
	const stop = async (): Promise<void> => {
		child.kill('SIGTERM');
		await ended;
		if (!options.folder) await rm(folder, { recursive: true, force: true });
	};
	const [, key = ''] = await output.matched(/Gateway key\s+(sy_\S+)/).catch(async (error: unknown) => {
		await stop();
		throw error;
	});
	return {
		origin: `http://localhost:${port}`,
		key,
		adminKey: ADMIN_KEY,
		process: child,
		output: output.text,
		query: (sql, ...parameters) => readCopy(join(folder, 'state'), (db) => rowsOf(db, sql, parameters)),
		stop,
	};
}

const VARIABLES: Variables = {
	ADMIN_API_KEY: ADMIN_KEY,
	JWT_SECRET: 'e2e-jwt-secret-0123456789abcdef0123456789abcdef',
	LLM_ENCRYPTION_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
	LOG_LEVEL: 'error',
};

/** Starts a checkout's `dist/worker/index.js`, built anew where it is stale, in Miniflare with a migrated, seeded D1. */
export async function startBuilt(variables: Variables = {}, root = ROOT): Promise<BuiltWorker> {
	await buildWorker(root);
	const stateDir = await temporaryFolder();
	const key = newGatewayKey();
	let all: Variables = { ...VARIABLES, ...variables };
	let output = '';
	const start = async (assets?: string) => {
		const { host, port, cf, d1Persist, kvPersist, durableObjectsPersist, ...worker } = builtWorkerOptions(root, {
			variables: all,
			stateDir,
		});
		const shared = { host, port, cf, d1Persist, kvPersist, durableObjectsPersist };
		const handleRuntimeStdio = (...streams: readonly NodeJS.ReadableStream[]): void => {
			for (const stream of streams)
				stream.on('data', (chunk: Buffer) => {
					output += chunk.toString();
					// More than errors is for whoever asked for it.
					if (all.LOG_LEVEL === 'error') process.stderr.write(chunk);
				});
		};
		if (assets !== undefined) worker.assets = { ...worker.assets, directory: assets };
		const beside = { ...BESIDE, d1Databases: worker.d1Databases };
		const miniflare = new Miniflare({ ...shared, handleRuntimeStdio, workers: [worker, beside] });
		const { origin } = await miniflare.ready;
		return { miniflare, origin, beside: await miniflare.unsafeGetDirectURL('beside') };
	};
	let running = await start();
	const db = await running.miniflare.getD1Database('DB', 'switchyard');
	await migrate(db, root);
	await seed(db, key);
	return {
		get origin() {
			return running.origin;
		},
		key,
		adminKey: all.ADMIN_API_KEY ?? ADMIN_KEY,
		stateDir,
		output: () => output,
		async query<Row>(sql: string, ...parameters: readonly (string | number)[]) {
			const response = await fetch(running.beside, { method: 'POST', body: JSON.stringify({ sql, parameters }) });
			if (!response.ok) throw new Error(await response.text());
			return (await response.json()) as Row[];
		},
		async killObjects() {
			await (await fetch(running.beside, { method: 'DELETE' })).text();
		},
		async runCron() {
			const worker = await running.miniflare.getWorker('switchyard');
			const { outcome } = await worker.scheduled({ scheduledTime: new Date(), cron: '* * * * *' });
			if (outcome !== 'ok') throw new Error(`The cron ended with ${outcome}`);
		},
		async restart(changed = {}, assets) {
			await running.miniflare.dispose();
			all = { ...all, ...changed };
			running = await start(assets);
		},
		async stop() {
			await running.miniflare.dispose();
			await rm(stateDir, { recursive: true, force: true });
		},
	};
}

/** Asks again until `answer` is not null; throws with `what` after `withinMs`. */
export async function eventually<T>(what: string, answer: () => Promise<T | null>, withinMs = 15_000): Promise<T> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const value = await answer();
		if (value !== null) return value;
		if (Date.now() > deadline) throw new Error(`${what} did not come within ${withinMs} ms`);
		await new Promise((wake) => setTimeout(wake, 100));
	}
}

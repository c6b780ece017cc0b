/** What is measured, each started on its own port: the upstream itself, two bare Workers, Switchyard, Portkey. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Miniflare } from 'miniflare';
import { migrate, seed } from '../scripts/database.mjs';
import { builtWorkerOptions } from '../scripts/miniflare-options.mjs';
import { newGatewayKey } from '../scripts/secrets.mjs';

/** How its upstream calls are told from the others'. */
const SWITCHYARD_UPSTREAM_KEY = 'bench-switchyard';

export async function startUpstream() {
	const child = fork(new URL('upstream.mjs', import.meta.url));
	const port = await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
	const origin = `http://127.0.0.1:${port}`;
	return {
		origin,
		/** Calls that Switchyard has made. */
		async calls() {
			const counted = await (await fetch(`${origin}/calls`)).json();
			return counted[`Bearer ${SWITCHYARD_UPSTREAM_KEY}`] ?? 0;
		},
		stop: () => child.connected && child.disconnect(),
	};
}

/** The runtime complains of each connection that the load generator drops at its end: only the rest is shown. */
function showErrors(stdout, stderr) {
	stdout.resume();
	createInterface(stderr).on('line', (line) => {
		if (!/disconnected|^stack:/.test(line)) console.error(line);
	});
}

async function startMiniflare(options) {
	const miniflare = new Miniflare({
		modules: true,
		host: '127.0.0.1',
		port: 0,
		cf: false,
		handleRuntimeStdio: showErrors,
		...options,
	});
	return { miniflare, origin: (await miniflare.ready).origin };
}

async function bareWorker(name, file, upstream) {
	const { miniflare, origin } = await startMiniflare({
		scriptPath: new URL(`workers/${file}`, import.meta.url).pathname,
		compatibilityDate: '2026-04-21',
		bindings: { UPSTREAM: upstream },
	});
	return {
		name,
		origin,
		model: 'gpt-4o-mini',
		headers: { authorization: 'Bearer bench' },
		stop: () => miniflare.dispose(),
	};
}

const withoutAssets = () => new Response(null, { status: 404 });

/**
 * The built Worker with these variables beside its own; the key belongs to its `demo` organization. Authentication,
 * limits and ledger are on: limits and budget are set, only too high to be reached.
 */
export async function startSwitchyard(root, variables) {
	const key = newGatewayKey();
	const { miniflare, origin } = await startMiniflare({
		...builtWorkerOptions(root, {
			variables: {
				ADMIN_API_KEY: 'bench-operator-secret-0123456789abcdef',
				LLM_ENCRYPTION_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
				LLM_RATE_LIMIT_PER_MINUTE: '1000000000',
				LLM_RATE_LIMIT_PER_DAY: '1000000000',
				LOG_LEVEL: 'error',
				...variables,
			},
		}),
		// The router in front of static assets is Miniflare's own Worker, and no part of what is compared.
		assets: undefined,
		serviceBindings: { ASSETS: withoutAssets },
	});
	const db = await miniflare.getD1Database('DB');
	await migrate(db, root);
	await seed(db, key);
	await db
		.prepare(
			"UPDATE organizations SET budget_day_nano_usd = 1000000000000000, budget_month_nano_usd = 9000000000000000 WHERE slug = 'demo'",
		)
		.run();
	return {
		name: 'switchyard',
		origin,
		model: 'openai/gpt-4o-mini',
		headers: { authorization: `Bearer ${key}` },
		/** Attempts of which D1 holds a row. */
		rows: async () => (await db.prepare('SELECT count(*) AS rows FROM llm_usage_logs').first()).rows,
		stop: () => miniflare.dispose(),
	};
}

async function portkey(root, upstream) {
	const scriptPath = join(root, '../shared/opponents/portkey-worker/index.js');
	if (!existsSync(scriptPath)) return null;
	const { miniflare, origin } = await startMiniflare({
		scriptPath,
		modulesRoot: dirname(scriptPath),
		compatibilityDate: '2025-09-01',
		compatibilityFlags: ['nodejs_compat'],
	});
	return {
		name: 'portkey',
		origin,
		model: 'gpt-4o-mini',
		headers: {
			authorization: 'Bearer bench',
			'x-portkey-provider': 'openai',
			'x-portkey-custom-host': `${upstream}/v1`,
		},
		stop: () => miniflare.dispose(),
	};
}

/** `against`: another checkout, built, to stand beside this one as `before`; null: none. */
export async function startSubjects(root, upstream, against = null) {
	const direct = {
		name: 'direct',
		origin: upstream,
		model: 'gpt-4o-mini',
		headers: { authorization: 'Bearer bench' },
		stop() {},
	};
	const started = [
		direct,
		await bareWorker('pass-through', 'pass-through.js', upstream),
		await bareWorker('parse-and-write', 'parse-and-write.js', upstream),
		await startSwitchyard(root, { OPENAI_API_KEY: SWITCHYARD_UPSTREAM_KEY, OPENAI_BASE_URL: `${upstream}/v1` }),
		against && {
			...(await startSwitchyard(against, { OPENAI_API_KEY: 'bench-before', OPENAI_BASE_URL: `${upstream}/v1` })),
			name: 'before',
		},
		await portkey(root, upstream),
	];
	return started.filter((subject) => subject !== null);
}

/** The request that makes the upstream answer with `script`. */
export function requestOf(subject, script) {
	const body = {
		model: subject.model,
		messages: [
			{ role: 'system', content: 'You are a helpful assistant.' },
			{ role: 'user', content: script },
		],
		...(script.startsWith('stream') && { stream: true, stream_options: { include_usage: true } }),
	};
	return {
		url: `${subject.origin}/v1/chat/completions`,
		headers: { ...subject.headers, 'content-type': 'application/json' },
		body: JSON.stringify(body),
	};
}

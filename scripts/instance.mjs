/** A running Switchyard as its operator's scripts reach it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseVariables } from './variables.mjs';

const DEV_VARS = fileURLToPath(new URL('../.dev.vars', import.meta.url));

/** What the user can do something about; the scripts print the message alone. */
export class Refusal extends Error {}

/** `SWITCHYARD_KEY`, else the operator's of the environment, else that of the local `.dev.vars`. */
function credentialOf(environment) {
	const own = environment.SWITCHYARD_KEY || environment.ADMIN_API_KEY;
	if (own) return own;
	const path = environment.SWITCHYARD_DEV_VARS || DEV_VARS;
	const local = existsSync(path) ? parseVariables(readFileSync(path, 'utf8')).ADMIN_API_KEY : undefined;
	if (local) return local;
	throw new Refusal('No credential: set SWITCHYARD_KEY (or ADMIN_API_KEY), or start `npm run dev` once.');
}

function checkedOrigin(url) {
	if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
		throw new Refusal(`'${url}' is no address: it should be like https://llm.example.com.`);
	return url.replace(/\/+$/, '');
}

/**
 * `url`: default `SWITCHYARD_URL`, else where `npm run dev` serves. `organization`: id or slug, for the operator.
 * Answers with `call(procedure, input, 'query' | 'mutation')`, which throws Refusal with the gateway's own message.
 */
export function connect({ url, organization, environment = process.env }) {
	const origin = checkedOrigin(url || environment.SWITCHYARD_URL || `http://localhost:${environment.PORT || 8787}`);
	const named = organization || environment.SWITCHYARD_ORGANIZATION;
	const headers = {
		authorization: `Bearer ${credentialOf(environment)}`,
		'content-type': 'application/json',
		...(named && { 'x-switchyard-organization': named }),
	};
	return async (procedure, input, kind) => {
		const query = kind === 'query' && input !== undefined ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
		const init = kind === 'query' ? { headers } : { method: 'POST', headers, body: JSON.stringify(input ?? {}) };
		const { status, text } = await answer(`${origin}/trpc/${procedure}${query}`, init);
		const body = parsed(text);
		if (body?.result) return body.result.data;
		throw new Refusal(body?.error?.message ?? `${origin} answered with ${status}: is a Switchyard running there?`);
	};
}

async function answer(url, init) {
	try {
		const response = await fetch(url, { ...init, redirect: 'manual' });
		return { status: response.status, text: await response.text() };
	} catch (error) {
		throw new Refusal(`${new URL(url).origin} can't be reached (${error.cause?.code ?? error.message}).`);
	}
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Runs `main`; a refusal is printed as it is, anything else with its stack. Exit code 1 for both. */
export async function run(main) {
	try {
		await main();
	} catch (error) {
		console.error(error instanceof Refusal ? error.message : error);
		process.exitCode = 1;
	}
}

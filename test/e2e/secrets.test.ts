import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenOf } from '../support/access-callers';
import type { AccessRequest, Rows } from '../support/access-types';
import {
	type Answered,
	type Ask,
	bearer,
	called,
	cases,
	fresh,
	type Headers,
	NOWHERE,
	newOrganization,
	newRows,
	type Owner,
} from '../support/access-world';
import { asker } from '../support/node/ask';
import { FAULTS, type QuotingUpstream, startQuotingUpstream } from '../support/node/quoting-upstream';
import {
	FORM_NAMES,
	type Found,
	filesOf,
	type Secret,
	SecretScanner,
	type Spelling,
	secretOf,
} from '../support/node/secret-scan';
import { type BuiltWorker, eventually, startBuilt } from '../support/node/worker';

/** Providers of every way to send a key, with what their roots end in, and how their keys are spelt here. */
const PROVIDERS: readonly (readonly [id: string, root: string, spelling: Spelling])[] = [
	['openai', '/v1', 'prefixed'],
	['anthropic', '', 'bare'],
	['google', '/v1beta', 'bare'],
	['azure-openai', '', 'bare'],
	['mistral', '/v1', 'odd'],
	['cohere', '', 'bare'],
	['groq', '/openai/v1', 'odd'],
	['huggingface', '/v1', 'prefixed'],
	['custom', '/v1', 'odd'],
];

const variable = (id: string): string => id.toUpperCase().replaceAll('-', '_');

const AWS = ['access', 'secret', 'session'] as const;
const awsOf = (where: string): readonly Secret[] => AWS.map((part) => secretOf(`${where} bedrock ${part}`));

const encryptionKey = (byte: number): Secret => ({
	name: `encryption key ${byte}`,
	value: Buffer.from(Array.from({ length: 32 }, (_, at) => (byte + at * 37) % 256)).toString('base64'),
});

const ADMIN = secretOf('ADMIN_API_KEY');
const JWT_SECRET = secretOf('JWT_SECRET');
const KEYS = [encryptionKey(17), encryptionKey(99)] as const;
const ENVIRONMENT = PROVIDERS.map(([id, , spelling]) => secretOf(`environment ${id}`, spelling));
const ENVIRONMENT_AWS = awsOf('environment');

/** Whatever is secret and has entered so far. */
const secrets: Secret[] = [ADMIN, JWT_SECRET, ...KEYS, ...ENVIRONMENT, ...ENVIRONMENT_AWS];

function secret(name: string, spelling?: Spelling): string {
	const made = secretOf(name, spelling);
	secrets.push(made);
	return made.value;
}

/** Bytes of the encryption keys, which are stored and compared as such. */
const raw = (): readonly Secret[] =>
	KEYS.map(({ name, value }) => ({
		name: `${name}, raw`,
		value: Buffer.from(value, 'base64').toString('latin1'),
	}));

function variables(origin: string): Record<string, string> {
	const providers = PROVIDERS.flatMap(([id, root], at) => [
		[`${variable(id)}_API_KEY`, ENVIRONMENT[at]?.value ?? ''],
		[`${variable(id)}_BASE_URL`, origin + root],
		[`${variable(id)}_DEBUG`, 'true'],
	]);
	const [access, key, session] = ENVIRONMENT_AWS;
	return {
		...Object.fromEntries(providers),
		BEDROCK_ACCESS_KEY_ID: access?.value ?? '',
		BEDROCK_SECRET_ACCESS_KEY: key?.value ?? '',
		BEDROCK_SESSION_TOKEN: session?.value ?? '',
		BEDROCK_BASE_URL: origin,
		BEDROCK_REGION: 'eu-central-1',
		BEDROCK_DEBUG: 'true',
		ADMIN_API_KEY: ADMIN.value,
		JWT_SECRET: JWT_SECRET.value,
		LLM_ENCRYPTION_KEY: KEYS[0].value,
		LLM_ENCRYPTION_KEYS_OLD: KEYS[1].value,
		ALLOW_PRIVATE_UPSTREAMS: 'true',
		LOG_LEVEL: 'debug',
		LLM_USAGE_FLUSH_MS: '100',
		LLM_MAX_ATTEMPTS: '1',
		LLM_BREAKER_FAILURES: '100000',
	};
}

interface Recorded {
	readonly request: string;
	readonly text: string;
}

const answers: Recorded[] = [];

let upstream: QuotingUpstream;
let worker: BuiltWorker;
let operator: Headers;
/** Has provider rows of its own. */
let owner: Owner;
/** Uses the environment's keys. */
let bare: Owner;
let plain: Ask;

const written = ({ status, headers, text }: Answered): string =>
	[status, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', text].join('\n');

/** Sends and keeps what is answered. */
const ask: Ask = async (request, headers) => {
	// An answer that breaks off has said what it said.
	const answer = await plain(request, headers);
	answers.push({ request: `${request.method} ${request.path}`, text: written(answer) });
	return answer;
};

/** An answer may show what it makes, once: exactly that. */
async function creating(
	name: string,
	request: AccessRequest,
	headers: Headers,
	shown: RegExp,
): Promise<{ readonly whole: string; readonly answer: Answered }> {
	const answer = await plain(request, headers);
	const [, whole = '', part = whole] = shown.exec(written(answer)) ?? [];
	if (whole === '') throw new Error(`${request.path} shows no ${name}: ${answer.status} ${answer.text}`);
	secrets.push({ name, value: part });
	answers.push({ request: `${request.method} ${request.path}`, text: written(answer).replace(whole, '') });
	return { whole, answer };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (path: string, body: unknown): AccessRequest => ({ method: 'POST', path, headers: JSON_TYPE, body });
const trpc = (path: string, input: unknown): AccessRequest => post(`/trpc/${path}`, input);

const GATEWAY_KEY = /"(?:key|token)":"(sy_[a-z0-9]+_([A-Za-z0-9]{40}))"/;
const COOKIE = /__Host-switchyard-session=(([^;]{40,}))/;

/** A key or token that the interface makes; its name is the secret's too. */
async function made(name: string, path: string, input: object, headers: Headers): Promise<string> {
	return (await creating(name, trpc(path, input), headers, GATEWAY_KEY)).whole;
}

const signatureOf = (token: string): string => token.split('.')[2] ?? '';

async function jwt(name: string, options: Parameters<typeof tokenOf>[2]): Promise<Headers> {
	const token = await tokenOf(owner.organization.id, 'ann', { secret: JWT_SECRET.value, ...options });
	secrets.push({ name, value: signatureOf(token) });
	return bearer(token);
}

const PATH = '/api/v1/llm-providers';

/** Rows with keys of their own: by REST, by tRPC, changed, rotated, imported; and keys that are refused. */
async function storeKeys(): Promise<void> {
	const { headers } = owner;
	for (const [at, [provider, root, spelling]] of PROVIDERS.entries()) {
		const baseUrl = upstream.origin + root;
		const apiKey = secret(`first ${provider}`, spelling);
		const name = `stored-${at}`;
		const added = await ask(
			at % 2 === 0
				? post(PATH, { provider, name, apiKey, baseUrl })
				: trpc('providers.add', { provider, name, apiKey, baseUrl }),
			headers,
		);
		const id = /"id":"(\w+)"/.exec(added.text)?.[1] ?? '';
		expect([provider, added.status < 300, id !== '']).toEqual([provider, true, true]);
		const next = { apiKey: secret(`second ${provider}`, spelling) };
		await ask({ ...post(`${PATH}/${id}`, next), method: 'PUT' }, headers);
		await ask(post(`${PATH}/${id}/rotate`, { apiKey: secret(`third ${provider}`, spelling), test: true }), headers);
		await ask(trpc('providers.rotate', { id, apiKey: secret(`refused ${provider}`, spelling), version: 99 }), headers);
		for (const model of [undefined, ...FAULTS]) await ask(post(`${PATH}/${id}/test`, model ? { model } : {}), headers);
	}
	const pair = awsOf('stored');
	secrets.push(...pair);
	const bedrock = { provider: 'bedrock', apiKey: pair.map(({ value }) => value).join(':'), baseUrl: upstream.origin };
	const added = await ask(post(PATH, { ...bedrock, config: { region: 'eu-central-1' } }), headers);
	expect(added.status).toBe(201);
}

/** Keys where none belongs, and wrong ones. */
async function misplaceKeys(): Promise<void> {
	const { headers } = owner;
	const baseUrl = `${upstream.origin}/v1`;
	const misplaced: readonly object[] = [
		{ provider: 'openai', name: 'a', apiKey: `${secret('key with a space')} ${secret('key after it')}` },
		{ provider: 'openai', name: 'b', apiKey: [secret('key in a list')] },
		{ provider: 'openai', name: 'c', apiKey: secret('key of a row with a wrong URL'), baseUrl: 'gopher://x' },
		{ provider: 'openai', name: 'd', apiKey: secret('key of a taken name'), baseUrl },
		{ provider: 'openai', name: 'd', apiKey: secret('key of the name once more'), baseUrl },
		{ provider: 'openai', name: 'e', baseUrl: `https://user:${secret('password in a URL')}@llm.example/v1` },
		{ provider: 'openai', name: 'f', baseUrl: `https://llm.example/v1?key=${secret('key in a URL')}` },
		{ provider: 'openai', name: 'g', apiKey: 'x', config: { organization: secret('key as a setting', 'prefixed') } },
		{ provider: 'openai', name: 'h', apiKey: 'x', config: { apiKey: secret('key as an unknown setting') } },
		{ provider: 'bedrock', name: 'i', apiKey: `:${secret('half a pair')}` },
		{ provider: 'ollama', name: 'j', apiKey: secret('key of who takes none') },
		{ provider: 'mock', name: 'k', apiKey: secret('key of a builtin') },
		{ provider: 'openai', name: 'l', apiKey: secret('key beside a wrong field'), key: secret('key in a wrong field') },
	];
	for (const body of misplaced) {
		await ask(post(PATH, body), headers);
		await ask(trpc('providers.add', body), headers);
	}
	await ask(post(PATH, `{"provider":"openai","apiKey":"${secret('key in broken JSON')}`), headers);
	await ask(trpc('providers.add', `{"provider":"openai","apiKey":"${secret('key in broken tRPC')}`), headers);
}

async function importKeys(): Promise<void> {
	const { headers } = owner;
	const documents = [
		`providers:\n  - { provider: openai, name: imported, apiKey: ${secret('imported')}, baseUrl: "${upstream.origin}/v1" }\n`,
		`llm_service:\n  providers:\n    groq: { api_key: ${secret('imported from llm_service', 'prefixed')}, model: llama-3.1-8b-instant }\n`,
		`model_list:\n  - model_name: listed\n    litellm_params: { model: openai/gpt-4o, api_key: ${secret('imported from model_list')} }\n`,
		`providers:\n  - { provider: openai, apiKey: ${secret('imported beside an unknown name')}, nonsense: 1 }\n`,
		`providers:\n  - { provider: nobody, apiKey: ${secret('imported for nobody')} }\n`,
		`providers:\n  - provider: openai\n    apiKey: "${secret('imported unclosed')}\n`,
		`providers:\n  - provider: openai\n    apiKey: [${secret('imported in a list')}]\n`,
		`providers:\n  - provider: openai\n     apiKey: ${secret('imported badly indented')}\n`,
		`providers:\n  - { provider: openai, name: twice, apiKey: ${secret('imported twice')} }\n  - { provider: openai, name: twice, apiKey: ${secret('imported twice, otherwise')} }\n`,
		`providers:\n  - { provider: openai, name: r2, apiKey: "\${OPENAI_API_KEY}-${secret('beside a reference')}" }\n`,
		`{"providers": [{"provider": "openai", "name": "json", "apiKey": "${secret('imported as JSON')}"`,
	];
	for (const document of documents)
		for (const dryRun of [true, false]) await ask(trpc('config.import', { document, dryRun }), headers);
	const reference = `providers:\n  - { provider: groq, name: referred, apiKey: "\${GROQ_API_KEY}" }\n`;
	await ask(trpc('config.import', { document: reference }), headers);
	for (const format of ['yaml', 'json'])
		await ask(
			{ method: 'GET', path: `/trpc/config.export?input=${encodeURIComponent(JSON.stringify({ format }))}` },
			headers,
		);
}

/** Keys of the gateway itself, sessions, and credentials that are none. */
async function signIn(): Promise<readonly Headers[]> {
	const { headers } = owner;
	const manage = await made(
		'gateway key',
		'gatewayKeys.create',
		{ name: 'K', scopes: ['inference', 'manage'] },
		headers,
	);
	const inference = await made('inference key', 'gatewayKeys.create', { name: 'I' }, headers);
	const rotated = await made('key to rotate', 'gatewayKeys.create', { name: 'R' }, headers);
	const id = rotated.split('_')[1] ?? '';
	const successor = await made('rotated key', 'gatewayKeys.rotate', { id, graceSeconds: 60 }, headers);
	const token = await made('token', 'gatewayKeys.issueToken', { ttlSeconds: 600 }, bearer(manage));
	const member = await jwt('JWT of a member', {});
	const admin = await jwt('JWT of an admin', { role: 'admin' });
	const sealed: Headers[] = [];
	for (const credential of [manage, ADMIN.value, (admin.authorization ?? '').slice('Bearer '.length)]) {
		const { whole } = await creating('session', post('/api/v1/session', { credential }), {}, COOKIE);
		sealed.push({ cookie: `__Host-switchyard-session=${whole}`, origin: worker.origin });
	}
	await ask(post('/api/v1/session', { credential: secret('credential nobody has') }), {});
	await ask(post('/api/v1/session', { credential: `sy_nobody_${secret('key nobody has')}` }), {});
	await ask(post('/api/v1/session', `{"credential":"${secret('credential in broken JSON')}`), {});
	await ask(post('/api/v1/session', { credential: manage, wrong: secret('beside a credential') }), {});
	return [
		bearer(manage),
		bearer(inference),
		bearer(successor),
		bearer(token),
		member,
		admin,
		...sealed,
		await jwt('expired JWT', { expires: '1 hour ago' }),
		bearer(`sy_nobody_${secret('presented key')}`),
		bearer(secret('presented text')),
		{ 'x-api-key': secret('presented x-api-key') },
		{ authorization: `Basic ${Buffer.from(`user:${secret('presented password')}`).toString('base64')}` },
		{ cookie: `__Host-switchyard-session=${secret('presented cookie')}` },
	];
}

const messages = [{ role: 'user', content: 'Hello' }];

/** Faults that are seen before an answer has begun. */
const FAULTED = /-(?:[45]\d\d|plain|redirect)$/;

/** Everything that a model can be asked by, each with every fault of every provider. */
async function provokeFaults({ headers }: Owner): Promise<void> {
	for (const [provider] of [...PROVIDERS, ['bedrock']])
		for (const fault of FAULTS) {
			const model = `${provider}/${fault}`;
			for (const stream of [false, true]) {
				await ask(post('/v1/chat/completions', { model, messages, stream, switchyard: { receipt: true } }), headers);
				await ask(post('/v1/messages', { model, messages, stream, max_tokens: 16 }), headers);
			}
			await ask(post('/v1/responses', { model, input: 'Hello', stream: true }), headers);
			await ask(post('/v1/embeddings', { model, input: 'Hello' }), headers);
			await ask(trpc('chat', { model, messages }), headers);
			await ask(
				{
					...trpc('stream?batch=1', { 0: { model, messages } }),
					headers: { ...JSON_TYPE, 'trpc-accept': 'application/jsonl' },
				},
				headers,
			);
			// What a provider answers with 200 is its own, word for word.
			if (!FAULTED.test(fault)) continue;
			await ask(
				post(`/v1/providers/${provider}/moderations?model=${fault}`, { model: fault, input: 'Hello' }),
				headers,
			);
		}
}

/** Every route and procedure of the access table, let in and refused. */
async function walkTheTable(rows: Rows, callers: readonly Headers[]): Promise<void> {
	for (const { name, example } of cases) {
		const request = example.request(rows, fresh());
		if (GATEWAY_KEYS.has(name)) await creating(name, request, owner.headers, GATEWAY_KEY);
		else await ask(request, owner.headers);
		for (const headers of callers) {
			const again = example.request(NOWHERE, fresh());
			const answer = await plain(again, headers);
			const { text } = answer;
			const [, whole = '', part = ''] = GATEWAY_KEY.exec(text) ?? COOKIE.exec(written(answer)) ?? [];
			if (part !== '') secrets.push({ name: `${name} by another`, value: part });
			answers.push({ request: name, text: written(answer).replace(whole, '') });
		}
	}
}

const GATEWAY_KEYS: ReadonlySet<string> = new Set([
	'gatewayKeys.create',
	'gatewayKeys.rotate',
	'gatewayKeys.issueToken',
]);

/** D1 fails in the middle of everything: what is logged then says what was asked of it. */
async function breakTheDatabase(): Promise<void> {
	const { headers } = owner;
	const tables = ['audit_logs', 'llm_providers', 'gateway_keys', 'organizations'];
	for (const table of tables) {
		await worker.query(`alter table ${table} rename to ${table}_away`);
		await ask(
			post(PATH, { provider: 'openai', name: fresh(), apiKey: secret(`key while ${table} was away`) }),
			headers,
		);
		await ask(trpc('gatewayKeys.create', { name: fresh() }), headers);
		await ask(
			{ method: 'GET', path: '/trpc/gatewayKeys.list' },
			bearer(`sy_away_${secret(`presented while ${table} was away`)}`),
		);
		await ask(
			trpc('config.import', {
				document: `providers:\n  - { provider: openai, name: ${fresh()}, apiKey: ${secret(`imported while ${table} was away`)} }\n`,
			}),
			headers,
		);
		await worker.query(`alter table ${table}_away rename to ${table}`);
	}
}

beforeAll(async () => {
	upstream = await startQuotingUpstream();
	worker = await startBuilt(variables(upstream.origin));
	secrets.push({ name: 'development key', value: worker.key.split('_')[2] ?? '' });
	plain = asker(worker.origin);
	operator = bearer(ADMIN.value);
	bare = await newOrganization(ask, operator, 'bare-organization');
	owner = await newOrganization(ask, operator, 'owner-organization');
	await provokeFaults(bare);
	await storeKeys();
	await misplaceKeys();
	await importKeys();
	const callers = await signIn();
	await provokeFaults(owner);
	const rows = await newRows(plain, owner, operator, { mark: 'witness', upstream });
	await walkTheTable(rows, callers);
	await called(ask, owner.headers, 'providers.resealKeys', {});
	await breakTheDatabase();
	await eventually('the usage of every call', async () => {
		const count = async () => JSON.stringify(await worker.query('select count(*) from llm_usage_logs'));
		const before = await count();
		await new Promise((wake) => setTimeout(wake, 500));
		return (await count()) === before ? before : null;
	});
}, 300_000);

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
});

/** One line for each, so that a failure says where to look. */
const lines = (where: string, found: readonly Found[]): readonly string[] =>
	found.map(({ secret: name, forms, around }) => `${where}: ${name} (${[...forms]}) in …${around}…`);

describe('the scanner', () => {
	const planted: Secret = secretOf('planted', 'odd');
	const scanner = new SecretScanner([secretOf('another'), planted]);
	const { value } = planted;

	/** Each form as other means write it, in the middle of other text. */
	const PLANTS: Readonly<Record<string, readonly string[]>> = {
		plain: [`before ${value} after`],
		base64: ['', 'a', 'ab'].map((before) => btoa(`${before}${value} after`)),
		base64url: ['', 'a', 'ab'].map((before) => Buffer.from(`${before}${value} after`).toString('base64url')),
		hex: [[...value].map((character) => character.charCodeAt(0).toString(16)).join('')],
		'URL-encoded': [
			new URL(`https://x.example/?q=${encodeURIComponent(value)}`).href,
			`${new URLSearchParams({ q: value })}`,
		],
		'percent-encoded': [[...value].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')],
		'JSON-escaped': [
			JSON.stringify({ a: value }),
			JSON.stringify({ a: JSON.stringify({ b: value }) }),
			[...value].map((character) => `\\u00${character.charCodeAt(0).toString(16)}`).join(''),
		],
		'HTML-escaped': [
			value.replace(
				/[&<>"']/g,
				(character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? '',
			),
		],
		'UTF-16': [Buffer.from(`before ${value} after`, 'utf16le').toString('latin1')],
	};

	it('has a plant for each form', () => {
		expect(Object.keys(PLANTS).sort()).toEqual([...FORM_NAMES].sort());
	});

	it.each(Object.entries(PLANTS))('finds a secret that is %s', (form, texts) => {
		for (const text of texts) {
			const [found, ...more] = scanner.scan(text);
			expect([found?.secret, [...(found?.forms ?? [])], more]).toEqual(['planted', expect.arrayContaining([form]), []]);
		}
	});

	it('finds the beginning and the end of one that was cut', () => {
		expect(scanner.scan(value.slice(0, 20))).toMatchObject([{ secret: 'planted' }]);
		expect(scanner.scan(value.slice(-20))).toMatchObject([{ secret: 'planted' }]);
		expect(scanner.scan(value.slice(0, 8))).toEqual([]);
	});

	it('finds one in a file, and nothing where there is none', () => {
		const folder = mkdtempSync(join(tmpdir(), 'switchyard-plant-'));
		try {
			writeFileSync(join(folder, 'db.sqlite-wal'), Buffer.concat([Buffer.from([0, 255, 13]), Buffer.from(value)]));
			const [file] = filesOf(folder);
			expect(file?.path).toBe('db.sqlite-wal');
			expect(scanner.scan(file?.bytes ?? '')).toMatchObject([{ secret: 'planted' }]);
			expect(new SecretScanner([secretOf('another')]).scan(file?.bytes ?? '')).toEqual([]);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

describe('no secret is anywhere but where it belongs', () => {
	it('although every key was used, and quoted by its provider', () => {
		const seen = [...upstream.seen].join('\n');
		const third = secrets.filter(({ name }) => name.startsWith('third '));
		expect(third.length).toBe(PROVIDERS.length);
		for (const { name, value } of [...ENVIRONMENT, ...third])
			expect([name, seen.includes(value)]).toEqual([name, true]);
		expect(answers.length).toBeGreaterThan(2_000);
		expect(secrets.length).toBeGreaterThan(100);
	});

	it('not in an answer', () => {
		const scanner = new SecretScanner(secrets);
		const found = answers.flatMap(({ request, text }) => lines(request, scanner.scan(text)));
		expect(found).toEqual([]);
	});

	it('not in the log, which tells of every upstream call', () => {
		const output = worker.output();
		expect(output).toContain('upstream-debug');
		expect(output).toContain('request-failed');
		expect(lines('log', new SecretScanner(secrets).scan(output))).toEqual([]);
	});

	it('not in D1, KV or a Durable Object', () => {
		const files = filesOf(worker.stateDir);
		const text = (folder: string): string =>
			files.flatMap(({ path, bytes }) => (path.startsWith(folder) ? [bytes] : [])).join('\n');
		expect(text('v3/d1')).toContain('witness');
		expect(text('v3/kv')).toContain(owner.organization.id);
		expect(text('v3/do')).toContain('sqlite');
		const scanner = new SecretScanner([...secrets, ...raw()]);
		const found = files.flatMap(({ path, bytes }) => lines(path, scanner.scan(bytes)));
		expect(found).toEqual([]);
	});
});

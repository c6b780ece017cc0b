import { readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevWorker, freePort, ROOT, startDev, temporaryFolder } from '../support/node/worker';
import { dataOf, hello, newRequestId, openSession, post, type Session, usageOf } from './session';

describe('npm run dev', () => {
	let folder: string;

	beforeAll(async () => {
		folder = await temporaryFolder();
	});

	afterAll(() => rm(folder, { recursive: true, force: true }));

	it('answers a stream without any configuration, and keeps its data and secrets over a second start', async () => {
		const first = await startDev({}, { folder });
		const requestId = newRequestId();
		const response = await post(first, hello('mock/echo', { stream: true }), {
			headers: { 'x-request-id': requestId },
		});
		expect((await dataOf(response)).at(-1)).toBe('[DONE]');
		await usageOf(first, requestId);
		const secrets = readFileSync(join(folder, 'dev.vars'), 'utf8');
		expect(statSync(join(folder, 'dev.vars')).mode & 0o777).toBe(0o600);
		await first.stop();
		expect(readdirSync(join(ROOT, '.wrangler')).filter((name) => name === `dev-${first.process.pid}.env`)).toEqual([]);

		const second = await startDev({}, { folder });
		try {
			expect(second.key).toBe(first.key);
			expect(readFileSync(join(folder, 'dev.vars'), 'utf8')).toBe(secrets);
			expect(await usageOf(second, requestId)).toHaveLength(1);
			expect((await post(second, hello('mock/echo'))).status).toBe(200);
		} finally {
			await second.stop();
		}
	}, 120_000);

	it('takes another development key, and the old one no longer opens anything', async () => {
		const key = `sy_replacement01_${'r'.repeat(43)}`;
		const before = /DEV_GATEWAY_KEY=(\S+)/.exec(readFileSync(join(folder, 'dev.vars'), 'utf8'))?.[1] ?? '';
		const worker = await startDev({ DEV_GATEWAY_KEY: key }, { folder });
		try {
			expect(worker.key).toBe(key);
			expect((await post(worker, hello('mock/echo'))).status).toBe(200);
			expect((await post(worker, hello('mock/echo'), { key: before })).status).toBe(401);
		} finally {
			await worker.stop();
		}
	}, 60_000);

	it('prints a curl line, and shows no secret but the development key', async () => {
		const worker = await startDev({ OPENAI_API_KEY: 'sk-never-printed-0123456789' });
		try {
			const output = worker.output();
			expect(output).toContain(`curl -N ${worker.origin}/v1/chat/completions`);
			expect(output).toContain(`Console         ${worker.origin}/`);
			expect(output).not.toContain('sk-never-printed');
			expect(output).not.toContain(worker.adminKey);
			const commandLines = readFileSync(`/proc/${worker.process.pid}/cmdline`, 'utf8');
			expect(commandLines).not.toContain('sk-never-printed');
		} finally {
			await worker.stop();
		}
	}, 60_000);

	it('says that its port is taken', async () => {
		const port = await freePort();
		const worker = await startDev({}, { port });
		try {
			await expect(startDev({}, { port })).rejects.toThrow(`Port ${port} is in use`);
		} finally {
			await worker.stop();
		}
	}, 60_000);

	it('ends with the npm that started it, which tells it nothing', async () => {
		const worker = await startDev({}, { npm: true });
		await worker.stop();
		const listens = () =>
			fetch(`${worker.origin}/healthz`).then(
				() => true,
				() => false,
			);
		await expect.poll(listens, { timeout: 10_000, interval: 200 }).toBe(false);
	}, 60_000);

	it('names a variable that is wrong', async () => {
		const worker = startDev({ LLM_MAX_ATTEMPTS: 'many' });
		await expect(worker).rejects.toThrow(/LLM_MAX_ATTEMPTS/);
	}, 60_000);
});

describe('over HTTP', () => {
	let session: Session<DevWorker>;

	beforeAll(async () => {
		session = await openSession(startDev, {
			CORS_ORIGINS: 'https://app.example',
			FALLBACK_CHAIN: 'anthropic/claude-haiku-4-5',
		});
	}, 60_000);

	afterAll(() => session.close());

	const preflight = (path: string): Promise<Response> =>
		fetch(`${session.worker.origin}${path}`, {
			method: 'OPTIONS',
			headers: {
				origin: 'https://app.example',
				'access-control-request-method': 'POST',
				'access-control-request-headers': 'authorization, content-type, x-stainless-lang',
			},
		});

	it.each(['/v1/chat/completions', '/v1/embeddings', '/trpc/chat'])('a preflight of %s needs no key', async (path) => {
		const response = await preflight(path);
		expect(response.status).toBe(204);
		expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
		expect(response.headers.get('access-control-allow-headers')).toContain('x-stainless-lang');
		expect(response.headers.get('access-control-allow-credentials')).toBeNull();
	});

	it('a page of an allowed origin reads the answer and all its x- headers; another origin does not', async () => {
		const ask = (origin: string) => post(session.worker, hello('openai/gpt-4o-mini'), { headers: { origin } });
		const allowed = await ask('https://app.example');
		expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
		const exposed = allowed.headers.get('access-control-expose-headers')?.toLowerCase() ?? '';
		for (const [name] of allowed.headers) if (name.startsWith('x-')) expect(exposed).toContain(name);
		expect((await ask('https://elsewhere.example')).headers.get('access-control-allow-origin')).toBeNull();
	});

	it('an answer says who gave it and what it took, streamed or not', async () => {
		for (const stream of [false, true]) {
			const response = await post(session.worker, hello('openai/gpt-4o-mini', { stream }));
			const { headers } = response;
			expect(headers.get('x-request-id')).toBeTruthy();
			expect(headers.get('x-switchyard-provider')).toBe('openai');
			expect(headers.get('x-switchyard-model')).toBe('gpt-4o-mini');
			expect(headers.get('x-switchyard-attempts')).toBe('1');
			expect(Number(headers.get('x-switchyard-config-version'))).toBeGreaterThan(0);
			expect(headers.get('x-switchyard-context')).toMatch(
				/^before=\d+, after=\d+, limit=\d+, method=(bound|exact|calibrated), dropped=0, summarized=0$/,
			);
			expect(headers.has('x-switchyard-cost-usd')).toBe(!stream);
			expect(headers.has('x-switchyard-overhead-ms')).toBe(!stream);
			await response.text();
		}
	});

	it('a body over 16 MiB, with a length and without one', async () => {
		const body = JSON.stringify(hello('mock/echo', { padding: 'x'.repeat(16 * 1024 * 1024) }));
		const declared = await post(session.worker, body);
		expect(declared.status).toBe(413);
		expect(await declared.json()).toMatchObject({ error: { code: 'too_large' } });
		const chunked = await fetch(`${session.worker.origin}/v1/chat/completions`, {
			method: 'POST',
			headers: { authorization: `Bearer ${session.worker.key}`, 'content-type': 'application/json' },
			body: new Blob([body]).stream(),
			duplex: 'half',
		} as RequestInit);
		expect(chunked.status).toBe(413);
		await chunked.text();
	});

	it('health and readiness need no key', async () => {
		for (const path of ['/healthz', '/readyz']) {
			const response = await fetch(`${session.worker.origin}${path}`);
			expect([path, response.status]).toEqual([path, 200]);
		}
	});

	it('a model is found with its slash plain and escaped', async () => {
		for (const id of ['mock/echo', 'mock%2Fecho']) {
			const response = await fetch(`${session.worker.origin}/v1/models/${id}`, {
				headers: { authorization: `Bearer ${session.worker.key}` },
			});
			expect(await response.json()).toMatchObject({ id: 'mock/echo', object: 'model' });
		}
	});

	it('a fallback answers in the place of a provider that fails', async () => {
		const response = await post(session.worker, hello('openai/fail-401', { stream: true }));
		expect(response.headers.get('x-switchyard-provider')).toBe('anthropic');
		expect(response.headers.get('x-switchyard-attempts')).toBe('2');
		expect((await dataOf(response)).at(-1)).toBe('[DONE]');
		const refused = await post(session.worker, hello('openai/fail-401'), {
			headers: { 'x-switchyard-fallback': 'none' },
		});
		expect(refused.status).toBe(502);
	});
});

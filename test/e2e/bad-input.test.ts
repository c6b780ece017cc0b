import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltWorker, startBuilt } from '../support/node/worker';
import { dataOf, hello, newRequestId, openSession, post, type Session, statusOf, usageOf } from './session';

let session: Session<BuiltWorker>;

beforeAll(async () => {
	session = await openSession(startBuilt, {
		LLM_FIRST_EVENT_TIMEOUT_MS: '1000',
		LLM_IDLE_TIMEOUT_MS: '1500',
		LLM_MAX_ATTEMPTS: '1',
		LLM_USAGE_FLUSH_MS: '200',
		// A breaker would answer in the upstream's place after a few of these failures.
		LLM_BREAKER_FAILURES: '1000',
	});
});

afterAll(() => session.close());

interface Refusal {
	readonly message: string;
	readonly type: string;
	readonly code: string;
	readonly param: string | null;
}

const refusalOf = async (response: Response): Promise<Refusal> => {
	const { error } = (await response.json()) as { error: Refusal };
	return error;
};

describe('a bad request is refused before any upstream is called', () => {
	const message = { role: 'user', content: 'Hello' };

	it.each([
		['malformed JSON', '{"model": "mock/echo", ', 400, 'invalid_request', null],
		['JSON that is no object', '[1]', 400, 'invalid_request', null],
		['an empty body', '', 400, 'invalid_request', null],
		['no messages', { model: 'openai/gpt-4o-mini' }, 400, 'invalid_request', 'messages'],
		['empty messages', { model: 'openai/gpt-4o-mini', messages: [] }, 400, 'invalid_request', 'messages'],
		['messages of a wrong type', { model: 'x', messages: 'Hello' }, 400, 'invalid_request', 'messages'],
		['an unknown role', { messages: [{ role: 'wizard', content: 'a' }] }, 400, 'invalid_request', 'messages[0].role'],
		['a temperature that is text', { messages: [message], temperature: 'hot' }, 400, 'invalid_request', 'temperature'],
		['a negative maximum', { messages: [message], max_tokens: -1 }, 400, 'invalid_request', 'max_tokens'],
		['a stream flag that is text', { messages: [message], stream: 'yes' }, 400, 'invalid_request', 'stream'],
		['an unknown bare model', { model: 'nonsense-9', messages: [message] }, 404, 'model_not_found', 'model'],
		['an unknown provider', { model: 'nowhere/gpt', messages: [message] }, 404, 'model_not_found', 'model'],
		[
			'a provider without a key',
			{ model: 'groq/llama-3.1-8b-instant', messages: [message] },
			404,
			'model_not_found',
			'model',
		],
		['an unknown agent', { model: 'agent:nobody', messages: [message] }, 404, 'model_not_found', 'model'],
	])('%s', async (_what, body, status, code, param) => {
		const before = session.upstream.calls.length;
		const response = await post(session.worker, body);
		expect(response.status).toBe(status);
		const refusal = await refusalOf(response);
		expect(refusal).toMatchObject({ code, param, type: 'invalid_request_error' });
		expect(refusal.message.length).toBeGreaterThan(10);
		expect(response.headers.get('x-request-id')).toBeTruthy();
		expect(session.upstream.calls.length).toBe(before);
	});

	it.each([
		['none', null],
		['one that is not a key', 'hello'],
		['an unknown one', `sy_unknown000000_${'x'.repeat(43)}`],
		['one with the right id and a wrong secret', 'right id'],
	])('a missing or wrong key: %s', async (_what, given) => {
		const key = given === 'right id' ? session.worker.key.replace(/_[^_]+$/, `_${'x'.repeat(43)}`) : given;
		for (const path of ['/v1/chat/completions', '/v1/no-such-route', '/trpc/chat', '/api/v1/llm-providers']) {
			const headers = { ...(key !== null && { authorization: `Bearer ${key}` }) };
			expect([path, await statusOf(session.worker, path, 'not even JSON', headers)]).toEqual([path, 401]);
		}
	});

	it('an unknown route, which is 404 only for those with a key', async () => {
		const response = await post(session.worker, {}, { path: '/v1/no-such-route' });
		expect(response.status).toBe(404);
		expect(await refusalOf(response)).toMatchObject({ code: 'not_found' });
	});
});

describe('an upstream that fails before it has answered anything', () => {
	const cases = [
		['answers 500', 'fail-500', 503, 'upstream_unavailable'],
		['answers 429', 'fail-429', 429, 'rate_limited'],
		['refuses our key', 'fail-401', 502, 'upstream_rejected'],
		['finds fault with the request', 'fail-400', 400, 'invalid_request'],
		['knows no such model', 'fail-404', 404, 'model_not_found'],
		['answers HTML', 'fail-html', 502, 'upstream_malformed'],
		['resets the connection', 'fail-reset', 503, 'upstream_unavailable'],
	] as const;

	it.each([
		...cases.flatMap(([what, ...rest]) => [false, true].map((stream) => [what, stream, ...rest] as const)),
		// An empty answer can't be read; an empty stream was cut.
		['closes without a byte', false, 'fail-nothing', 502, 'upstream_malformed'] as const,
		['closes without a byte', true, 'fail-nothing', 503, 'upstream_unavailable'] as const,
	])('%s (stream: %s)', async (_what, stream, model, status, code) => {
		const requestId = newRequestId();
		const calls = session.upstream.of(model).length;
		const response = await post(session.worker, hello(`openai/${model}`, { stream }), {
			headers: { 'x-request-id': requestId },
		});
		expect(response.status).toBe(status);
		const text = await response.text();
		expect((JSON.parse(text) as { error: Refusal }).error.code).toBe(code);
		expect(text).not.toMatch(/secret detail|sk-up|<html/i);
		if (code === 'rate_limited') expect(response.headers.get('retry-after')).toBe('7');
		expect(session.upstream.of(model).length - calls).toBe(1);
		const [row] = await usageOf(session.worker, requestId);
		expect(row).toMatchObject({ error_code: code, model });
		// A 200 without anything in it may have been billed.
		expect(row?.state).toBe(model === 'fail-nothing' ? 'unknown' : 'released');
	});

	it('never answers: the whole answer and the stream time out', async () => {
		for (const stream of [true, false]) {
			const requestId = newRequestId();
			const body = hello('openai/fail-hang', { stream, max_tokens: 1 });
			const response = await post(session.worker, body, { headers: { 'x-request-id': requestId } });
			expect(response.status).toBe(504);
			expect(await refusalOf(response)).toMatchObject({ code: 'upstream_timeout', type: 'timeout_error' });
			const [row] = await usageOf(session.worker, requestId);
			// Nobody can say whether a call that stayed silent was billed.
			expect(row).toMatchObject({ error_code: 'upstream_timeout', state: 'unknown' });
		}
		expect(session.upstream.of('fail-hang').every((call) => call.clientLeft)).toBe(true);
	});
});

describe('an upstream that fails when content has already been sent', () => {
	it.each([
		['stops in the middle of a frame', 'openai/fail-half-frame', /^upstream_(malformed|unavailable)$/],
		['ends without a finish reason', 'openai/fail-cut', /^upstream_(malformed|unavailable)$/],
		['sends an error event', 'openai/fail-error-event', /^upstream_unavailable$/],
		['resets the connection', 'openai/fail-reset-midway', /^upstream_unavailable$/],
		['falls silent', 'openai/fail-hang-midway', /^upstream_timeout$/],
		['sends an error event (Anthropic)', 'anthropic/fail-error-event', /^upstream_unavailable$/],
		['ends without a stop reason (Anthropic)', 'anthropic/fail-cut', /^upstream_(malformed|unavailable)$/],
	])('%s: the error is in-band, and no end is pretended', async (_what, model, code) => {
		const requestId = newRequestId();
		const response = await post(session.worker, hello(model, { stream: true }), {
			headers: { 'x-request-id': requestId },
		});
		expect(response.status).toBe(200);
		const data = await dataOf(response);
		expect(data).not.toContain('[DONE]');
		const chunks = data.map((each) => JSON.parse(each) as { readonly error?: Refusal });
		expect(JSON.stringify(chunks)).toContain('So far');
		expect(JSON.stringify(chunks)).not.toMatch(/"finish_reason":"/);
		expect(chunks.at(-1)?.error?.code).toMatch(code);
		const [row] = await usageOf(session.worker, requestId);
		expect(row?.error_code).toMatch(code);
		expect(row?.state).not.toBe('released');
	});
});

describe('a failure that a second try cures', () => {
	it('is two attempts, two rows, and one answer', async () => {
		const retrying = await openSession(startBuilt);
		try {
			const requestId = newRequestId();
			const response = await post(retrying.worker, hello('openai/fail-once'), {
				headers: { 'x-request-id': requestId },
			});
			expect(response.status).toBe(200);
			expect(response.headers.get('x-switchyard-attempts')).toBe('2');
			const rows = await usageOf(retrying.worker, requestId, 2);
			expect(rows.map((row) => row.error_code)).toEqual(['upstream_unavailable', null]);
		} finally {
			await retrying.close();
		}
	});
});

describe('a connection', () => {
	it('outlives a request that was refused before its body was read', async () => {
		const statuses: number[] = [];
		const large = { ...hello('mock/echo'), metadata: { padding: 'x'.repeat(200_000) } };
		for (let round = 0; round < 20; round += 1) {
			const refused = await post(session.worker, large, { key: 'sy_wrongwrongwrong_wrong' });
			await refused.arrayBuffer();
			const unknown = await post(session.worker, large, { path: '/v1/nowhere' });
			await unknown.arrayBuffer();
			const good = await post(session.worker, hello('mock/echo'));
			await good.arrayBuffer();
			statuses.push(refused.status, unknown.status, good.status);
		}
		expect(statuses).toEqual(Array.from({ length: 20 }, () => [401, 404, 200]).flat());
	});
});

/** Upstreams that redirect, lie about their bytes or never end: each is a typed error in bounded time, or someone else answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostileUpstream, type Hostility, startHostileUpstream } from '../support/node/hostile-upstream';
import { type BuiltWorker, eventually, startBuilt } from '../support/node/worker';
import { dataOf, hello, post } from './session';

let upstream: HostileUpstream;
let worker: BuiltWorker;

beforeAll(async () => {
	upstream = await startHostileUpstream();
	worker = await startBuilt({
		CUSTOM_API_KEY: 'sk-upstream-custom',
		CUSTOM_BASE_URL: upstream.root,
		LLM_MAX_ATTEMPTS: '1',
		LLM_FIRST_EVENT_TIMEOUT_MS: '500',
		LLM_IDLE_TIMEOUT_MS: '700',
		LLM_TOTAL_TIMEOUT_MS: '4000',
		LLM_BREAKER_FAILURES: '100000',
	});
});

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
});

/** An answer that is not streamed may take its expected output longer; one token is little. */
const asked = (model: Hostility, stream: boolean): Record<string, unknown> =>
	hello(`custom/${model}`, { stream, max_tokens: 1 });

interface ErrorBody {
	readonly error: { readonly code: string; readonly message: string };
}

const WHOLE: readonly (readonly [Hostility, readonly string[]])[] = [
	['redirect', ['upstream_malformed']],
	['endless-headers', ['upstream_unavailable', 'upstream_timeout']],
	['not-gzip', ['upstream_malformed', 'upstream_unavailable']],
	['short-length', ['upstream_unavailable']],
	['silent-body', ['upstream_timeout']],
	['endless-json', ['upstream_malformed', 'upstream_timeout']],
	['garbage', ['upstream_unavailable']],
	['endless-error', ['upstream_unavailable', 'upstream_timeout']],
	['no-content', ['upstream_malformed']],
];

const STREAMED: typeof WHOLE = [
	['redirect', ['upstream_malformed']],
	['endless-headers', ['upstream_unavailable', 'upstream_timeout']],
	['not-gzip', ['upstream_malformed', 'upstream_unavailable']],
	['endless-pings', ['upstream_timeout']],
	['endless-emptiness', ['upstream_malformed', 'upstream_timeout']],
	['endless-line', ['upstream_malformed', 'upstream_timeout']],
	['garbage', ['upstream_unavailable']],
	['endless-error', ['upstream_unavailable', 'upstream_timeout']],
	['no-content', ['upstream_malformed']],
];

const CASES = [
	...WHOLE.map(([model, codes]) => ({ model, codes, stream: false, kind: 'whole' })),
	...STREAMED.map(([model, codes]) => ({ model, codes, stream: true, kind: 'streamed' })),
];

describe('an upstream of bad faith', () => {
	it.each(CASES)('gives a typed error for a $kind answer: $model', async ({ model, codes, stream }) => {
		const response = await post(worker, asked(model, stream));
		const { error } = (await response.json()) as ErrorBody;
		expect(codes).toContain(error.code);
		expect(response.headers.get('x-switchyard-error-source')).toBe('upstream');
		expect(error.message).not.toContain('aaaa');
		await eventually(`the connection of ${model} is closed`, async () => (upstream.open === 0 ? true : null));
	});

	it.each(CASES)('is passed over where someone else is left: $kind, $model', async ({ model, stream }) => {
		const { model: first, ...body } = asked(model, stream);
		const response = await post(worker, { ...body, models: [first, 'custom/good'] });
		expect(response.status).toBe(200);
		expect(response.headers.get('x-switchyard-model')).toBe('good');
		expect(response.headers.get('x-switchyard-attempts')).toBe('2');
		if (stream) expect((await dataOf(response)).at(-1)).toBe('[DONE]');
		else expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Good.' } }] });
	});

	it('ends a stream that falls silent with an error, and nothing that looks like an end', async () => {
		const data = await dataOf(await post(worker, asked('silent-stream', true)));
		expect(data.some((line) => line.includes('Before the silence'))).toBe(true);
		expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({ error: { code: 'upstream_timeout' } });
		expect(data).not.toContain('[DONE]');
	});
});

/** Upstreams that redirect, lie about their bytes or never end: each is a typed error in bounded time and memory, or someone else answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILURE_RULES } from '../../src/gateway/failures';
import {
	BOMB_BYTES,
	type HostileUpstream,
	type Hostility,
	startHostileUpstream,
} from '../support/node/hostile-upstream';
import { type MemoryWatch, tellsMemory, watchMemory } from '../support/node/process-memory';
import { type BuiltWorker, eventually, startBuilt } from '../support/node/worker';
import { CALLERS, type Caller, type Heard, plainFetch } from './callers';
import { dataOf, hello, post } from './session';

const FIRST_EVENT_MS = 600;
const TOTAL_MS = 4_000;
/** Whatever is sent, and however slow the machine. */
const BOUND_MS = 12_000;
/** What one limit ends: far from the total. */
const QUICK_MS = FIRST_EVENT_MS + 2_500;
/** An answer of 64 MiB at most, twice over: as bytes and as text. */
const BOUND_BYTES = 256 * 1024 * 1024;

let upstream: HostileUpstream;
let worker: BuiltWorker;

beforeAll(async () => {
	upstream = await startHostileUpstream();
	worker = await startBuilt({
		CUSTOM_API_KEY: 'sk-upstream-custom',
		CUSTOM_BASE_URL: upstream.root,
		LLM_MAX_ATTEMPTS: '1',
		LLM_FIRST_EVENT_TIMEOUT_MS: String(FIRST_EVENT_MS),
		LLM_IDLE_TIMEOUT_MS: '1000',
		LLM_TOTAL_TIMEOUT_MS: String(TOTAL_MS),
		LLM_BREAKER_FAILURES: '100000',
		LLM_USAGE_FLUSH_MS: '100',
	});
});

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
});

/** Tokens above which a whole answer is streamed from the upstream. */
const FOLDED = 8_000;

const MALFORMED = ['upstream_malformed'];
const UNAVAILABLE = ['upstream_unavailable'];
const TIMEOUT = ['upstream_timeout'];
const UNREADABLE = [...MALFORMED, ...UNAVAILABLE];
const ENDLESS = [...MALFORMED, ...TIMEOUT];

/** Whole or streamed; with every code that it may end in, where it depends on which limit is met first. */
const EITHER: readonly (readonly [Hostility, readonly string[]])[] = [
	['redirect', MALFORMED],
	['moved-for-good', MALFORMED],
	['see-other', MALFORMED],
	['endless-headers', [...UNAVAILABLE, ...TIMEOUT]],
	['endless-header-line', [...UNAVAILABLE, ...TIMEOUT]],
	['endless-information', [...UNAVAILABLE, ...TIMEOUT]],
	['half-a-head', TIMEOUT],
	['two-lengths', UNREADABLE],
	['broken-chunk', UNREADABLE],
	['not-gzip', UNREADABLE],
	['half-gzip', UNREADABLE],
	['gzip-bomb', ENDLESS],
	['comment-bomb', [...ENDLESS, ...UNAVAILABLE]],
	['error-bomb', [...UNAVAILABLE, ...TIMEOUT]],
	['garbage', UNAVAILABLE],
	['endless-error', [...UNAVAILABLE, ...TIMEOUT]],
	['no-content', MALFORMED],
	['bytes', UNREADABLE],
	['deep-json', MALFORMED],
	['slow-drip', TIMEOUT],
];

const WHOLE: typeof EITHER = [
	...EITHER,
	['short-length', UNAVAILABLE],
	['absurd-chunk', [...UNREADABLE, ...TIMEOUT]],
	['silent-body', TIMEOUT],
	['endless-json', ENDLESS],
];

const STREAMED: typeof EITHER = [
	...EITHER,
	['endless-pings', TIMEOUT],
	['endless-emptiness', ENDLESS],
	['endless-line', ENDLESS],
];

const FAILURES: readonly string[] = FAILURE_RULES.map(({ name }) => name);

const CASES = [
	...WHOLE.map(([model, codes]) => ({ model, codes, stream: false, kind: 'whole' })),
	...STREAMED.map(([model, codes]) => ({ model, codes, stream: true, kind: 'streamed' })),
];

/** What takes this machine's time rather than the upstream's. */
const isHeavy = (model: Hostility): boolean => model.endsWith('bomb');

/** An answer that is not streamed may take its expected output longer; one token is little. */
async function asked(caller: Caller, model: Hostility, stream: boolean, others?: readonly string[]): Promise<Heard> {
	const since = Date.now();
	const question = { model: `custom/${model}`, stream, maxTokens: isHeavy(model) ? 100 : 1, ...(others && { others }) };
	const heard = await caller.ask({ worker }, worker, question);
	expect(Date.now() - since).toBeLessThan(BOUND_MS);
	return heard;
}

const closed = (model: Hostility): Promise<true> =>
	eventually(`the connection of ${model} is closed`, async () => (upstream.open === 0 ? true : null));

async function inBounds<T>(work: () => Promise<T>): Promise<T> {
	const watch: MemoryWatch | null = tellsMemory ? await watchMemory() : null;
	const result = await work();
	if (watch) expect(await watch.grown()).toBeLessThan(BOUND_BYTES);
	return result;
}

describe('an upstream of bad faith', () => {
	it.each(CASES)('gives a typed error for a $kind answer: $model', async ({ model, codes, stream }) => {
		const before = upstream.calls.length;
		const since = Date.now();
		const response = await inBounds(() => post(worker, hello(`custom/${model}`, { stream, max_tokens: 1 })));
		expect(Date.now() - since).toBeLessThan(codes === TIMEOUT ? QUICK_MS : BOUND_MS);
		const { error } = (await response.json()) as {
			readonly error: { readonly code: string; readonly message: string };
		};
		expect(codes).toContain(error.code);
		expect(response.headers.get('x-switchyard-error-source')).toBe('upstream');
		expect(error.message).not.toContain('aaaa');
		expect(error.message.length).toBeLessThan(1_000);
		expect(upstream.calls.slice(before)).toEqual([model]);
		await closed(model);
	});

	it.each(CASES)('is passed over where someone else is left: $kind, $model', async ({ model, stream }) => {
		const heard = await asked(plainFetch, model, stream, ['custom/good']);
		expect(heard).toMatchObject({ text: 'Good.', error: null, by: 'custom/good', attempts: 2 });
		expect(heard.routing?.steps.map(({ model: name, outcome, attempts }) => [name, outcome, attempts])).toEqual([
			[model, 'failed', 1],
			['good', 'answered', 1],
		]);
		expect(FAILURES).toContain(heard.routing?.steps[0]?.reason);
		await closed(model);
	});

	it.each(
		CALLERS.filter((caller) => caller !== plainFetch).flatMap((caller) =>
			CASES.map((one) => ({ ...one, caller, door: caller.name })),
		),
	)('gives a typed error through $door for a $kind answer: $model', async ({ caller, model, codes, stream }) => {
		const { error, text, by } = await asked(caller, model, stream);
		expect({ text, by }).toEqual({ text: '', by: null });
		expect(error).toMatchObject({ source: 'upstream' });
		if (error?.code) expect(codes).toContain(error.code);
		await closed(model);
	});
});

describe('an upstream that is merely odd', () => {
	it.each([
		['folds its answer', 'gzip'],
		['sends it byte by byte', 'quick-drip'],
	] as const)('answers where it %s', async (_, model) => {
		for (const stream of [false, true])
			expect(await asked(plainFetch, model, stream)).toMatchObject({ text: 'Good.', error: null, attempts: 1 });
	});
});

describe('a stream after its first content', () => {
	it('that falls silent ends with an error, and nothing that looks like an end', async () => {
		const data = await dataOf(await post(worker, hello('custom/silent-stream', { stream: true })));
		expect(data.some((line) => line.includes('Before the silence'))).toBe(true);
		expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({ error: { code: 'upstream_timeout' } });
		expect(data).not.toContain('[DONE]');
		await closed('silent-stream');
	});

	it.each(CALLERS)('that never ends is ended by the total limit, through $name', async (caller) => {
		const heard = await asked(caller, 'endless-talk', true);
		expect(heard.text.startsWith('and on and on ')).toBe(true);
		expect(heard.error).not.toBeNull();
		if (heard.error?.code) expect(heard.error.code).toBe('upstream_timeout');
		await closed('endless-talk');
	});

	it('that is folded into a whole answer and never ends is no answer', async () => {
		const question = { model: 'custom/endless-text', stream: false, maxTokens: FOLDED };
		const heard = await inBounds(() => plainFetch.ask({ worker }, worker, question));
		expect(heard.error).toMatchObject({ source: 'upstream' });
		expect(ENDLESS).toContain(heard.error?.code);
		await closed('endless-text');
	});

	it('that is folded into a whole answer and breaks off is passed over, while there is time', async () => {
		const question = { model: 'custom/late-cut', stream: false, maxTokens: FOLDED, others: ['custom/good'] };
		const heard = await plainFetch.ask({ worker }, worker, question);
		expect(heard).toMatchObject({ text: 'Good.', error: null, by: 'custom/good', attempts: 2 });
	});

	it('is not read any faster than its client reads', async () => {
		const leaving = new AbortController();
		await inBounds(async () => {
			const { body } = await post(worker, hello('custom/endless-text', { stream: true }), { signal: leaving.signal });
			await body?.getReader().read();
			// The upstream writes as fast as it is read, and nobody reads.
			await closed('endless-text');
		});
		leaving.abort();
	});
});

describe('the books of all this', () => {
	it('have one row for each call, every one of them at its end', async () => {
		const rows = () =>
			worker.query<{ readonly state: string; readonly calls: number }>(
				"SELECT state, count(*) AS calls FROM llm_usage_logs WHERE provider = 'custom' GROUP BY state",
			);
		const sum = async () => (await rows()).reduce((total, { calls }) => total + calls, 0);
		await eventually('a row of every call', async () => ((await sum()) >= upstream.calls.length ? true : null));
		expect(await sum()).toBe(upstream.calls.length);
		for (const { state } of await rows()) expect(['settled', 'released', 'unknown']).toContain(state);
	});
});

it('bombs are larger than what is taken of an answer', () => {
	expect(BOMB_BYTES).toBeGreaterThan(BOUND_BYTES);
});

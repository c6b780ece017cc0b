import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type ErrorCode,
	type FailureClass,
	GatewayError,
	STATUS,
	toGatewayError,
	type UpstreamFailure,
} from '../../src/errors';
import type { ChatStream } from '../../src/gateway/call';
import { ruleOf } from '../../src/gateway/failure-rule';
import { FAILURE_RULES, type FailureName, type FailureRule } from '../../src/gateway/failures';
import type { ChatEvent } from '../../src/language/event';
import type { ChatRequest } from '../../src/language/request';
import { failureOfStatus, upstreamError } from '../../src/providers/wire/failure';
import {
	chatCall,
	FACTS,
	failure,
	hang,
	openSse,
	pinging,
	type Script,
	SSE,
	sse,
	type World,
	type WorldOptions,
	world,
} from '../support/scripted-gateway';
import { textOf } from '../support/unit-encoding';
import { choiceOf, routingOf, rowOf } from './snapshots';

/** How to make an upstream fail so. */
interface Failing {
	/** Given the world it fails in, since some need its clock. */
	readonly script: (w: () => World) => Script;
	readonly limits?: WorldOptions['limits'];
	/** Content has left by then: the failure is the last event. */
	readonly inBand?: true;
	/** In place of the time to the first content. */
	readonly commitMs?: number;
	/** It fails so only while others wait. */
	readonly beside?: true;
	/** When the caller leaves (ms from the start). */
	readonly leaves?: number;
	/** HTTP status that health is told; absent: it is told of no failure of the upstream. */
	readonly status?: number | null;
}

const refusing =
	(status: number, body: object): Script =>
	() =>
		Response.json({ error: body }, { status });

const saying =
	(...parts: string[]): (() => Script) =>
	() =>
	(request) => {
		const body = openSse();
		for (const part of parts) body.push(part);
		return body.script(request);
	};

const FAILING: Readonly<Record<FailureName, Failing>> = {
	'key dead': { script: () => () => failure(401), status: 401 },
	'quota used up': { script: () => () => failure(402), status: 402 },
	'rate limited': { script: () => () => failure(429), status: 429 },
	overloaded: { script: () => () => failure(503), status: 503 },
	'server error': { script: () => () => failure(500), status: 500 },
	network: {
		script: () => () => {
			throw new TypeError('connection refused');
		},
		status: null,
	},
	'cut before content': { script: () => () => sse(SSE.role), status: 200 },
	'timeout: first event': { script: () => hang, status: null },
	'timeout: idle': { script: saying(SSE.role), limits: { idleMs: 2_000 }, status: null },
	'timeout: content': { script: pinging, beside: true, status: null },
	'timeout: total': { script: () => hang, limits: { totalMs: 5_000 }, status: null },
	'timeout: commit deadline': { script: pinging, commitMs: 10_000, status: null },
	'upstream gave up': { script: () => () => failure(504), status: 504 },
	"client's fault": { script: () => () => failure(400), status: 400 },
	'context too long': {
		script: () => refusing(400, { message: 'maximum context length is 8192 tokens', code: 'context_length_exceeded' }),
		status: 400,
	},
	'content filter': { script: () => refusing(400, { message: 'flagged', code: 'content_filter' }), status: 400 },
	'model missing': { script: () => () => failure(404), status: 404 },
	'malformed answer': {
		script: () => () => new Response('{"choices":[', { headers: { 'content-type': 'application/json' } }),
		status: 200,
	},
	'web page': {
		script: () => () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
		status: 200,
	},
	redirect: {
		script: () => () => new Response(null, { status: 302, headers: { location: 'https://evil.test' } }),
		status: 302,
	},
	'error event after 200': {
		script: () => () => sse(SSE.role, `data: ${JSON.stringify({ error: { message: 'boom', type: 'novel' } })}\n\n`),
		status: 200,
	},
	'cut after content': { script: () => () => sse(SSE.role, SSE.text('half an ans')), inBand: true, status: 200 },
	'client left': { script: () => hang, leaves: 300 },
	'our own fault': {
		script: () => () => {
			throw new GatewayError('invalid_request', "The provider's base URL is refused.", { param: 'baseUrl' });
		},
	},
};

const ADDRESS = 'https://openai.test/v1';
const WINDOWS: Readonly<Record<string, number>> = { wide: 1_000_000, narrow: 4_096 };

const CHOICE = choiceOf('openai/gpt-test');

/** Two keys at one place, another provider after it, and a chain for each of the failures that have one. */
const SURROUNDINGS: WorldOptions['snapshot'] = {
	credentials: {
		openai: ['one', 'two'].map((id) => rowOf(id, { baseUrl: ADDRESS, mark: `mark of ${id}` })),
		groq: [rowOf('groq', { mark: 'mark of groq' })],
		deepseek: [rowOf('deepseek', { mark: 'mark of deepseek' })],
		mistral: [rowOf('mistral', { mark: 'mark of mistral' })],
	},
	defaultChoice: {
		...CHOICE,
		routing: routingOf({
			contextFallbacks: ['deepseek/narrow', 'deepseek/wide'],
			contentFilterFallbacks: ['mistral/mild'],
		}),
	},
	fallbackChain: ['groq/llama'],
};

const good: Script = () => sse(SSE.role, SSE.text('whole'), SSE.stop, SSE.usage, SSE.done);

interface Outcome {
	readonly w: World;
	readonly error: GatewayError | null;
	readonly text: string;
	/** Keys in the order in which they were asked. */
	readonly asked: readonly string[];
}

const within = (
	commitTimeoutMs: number,
	snapshot: WorldOptions['snapshot'],
): NonNullable<WorldOptions['snapshot']> => ({
	...snapshot,
	defaultChoice: { ...CHOICE, routing: routingOf({ commitTimeoutMs }) },
});

/** A stream whose upstream fails as told in its first call, or in each, and does `after` that what the others do. */
async function driven(
	failing: Failing,
	after: Script | null,
	options: Partial<WorldOptions> = {},
	request: Partial<ChatRequest> = {},
): Promise<Outcome> {
	const made: { w?: World } = {};
	const current = (): World => {
		if (!made.w) throw new Error('the world is not made yet');
		return made.w;
	};
	const first = failing.script(current);
	const w = world({
		upstream: after ? [first, after] : [first],
		...options,
		...(failing.commitMs !== undefined && { snapshot: within(failing.commitMs, options.snapshot) }),
		limits: { maxAttempts: 2, ...options.limits, ...failing.limits },
	});
	made.w = w;
	const caller = new AbortController();
	if (failing.leaves !== undefined) w.time.after(failing.leaves, () => caller.abort());
	const opening = w.gateway
		.stream(chatCall({ model: 'default', ...request }, { signal: caller.signal }))
		.then(ended, failed);
	await w.time.advance(150_000);
	const { error, text } = await opening;
	await w.settled();
	const asked = w.sent.map(({ headers }) => headers.authorization?.replace('Bearer key of ', '') ?? '');
	return { w, error, text, asked };
}

const failed = (thrown: unknown): { error: GatewayError; text: string } => ({
	error: toGatewayError(thrown),
	text: '',
});

async function ended(stream: ChatStream): Promise<{ error: GatewayError | null; text: string }> {
	const events: ChatEvent[] = [];
	for await (const batch of stream.events) events.push(...batch);
	const last = events.at(-1);
	const text = events.flatMap((event) => (event.type === 'text-delta' ? event.text : [])).join('');
	return { error: last?.type === 'error' ? last.error : null, text };
}

const seeing = (model: string) => ({ contextWindow: WINDOWS[model] ?? FACTS.contextWindow });

/** Who is asked after the first key, where that may be tried only once. */
const NEXT: Readonly<Record<FailureRule['elsewhere'], readonly string[]>> = {
	key: ['one', 'two'],
	target: ['one', 'groq'],
	'context chain': ['one', 'deepseek'],
	'filter chain': ['one', 'mistral'],
	nowhere: ['one'],
};

/** Fails in its first call alone, and all others always. */
function lonely(first: Script): Script {
	let calls = 0;
	return (request) => {
		calls += 1;
		if (calls === 1) return first(request);
		return request.headers.authorization === 'Bearer key of one' ? good(request) : failure(401);
	};
}

const AROUND = { snapshot: SURROUNDINGS, factsOf: seeing };
/** Time enough for a second try, whichever limit the first has run into. */
const ALONE = { snapshot: { defaultChoice: { ...CHOICE, routing: routingOf({ commitTimeoutMs: 40_000 }) } } };

/** The same with others beside it, whose keys are dead. */
const BESIDE = { snapshot: { ...ALONE.snapshot, fallbackChain: ['groq/llama'] } };

/** How often it is asked, what is booked and reported, what the caller gets. */
async function checkItself(rule: FailureRule, failing: Failing): Promise<void> {
	const { w, error } = failing.beside
		? await driven(failing, () => failure(401), { ...BESIDE, limits: { maxAttempts: 1 } })
		: await driven(failing, null, ALONE);
	const own = w.entries().filter(({ provider }) => provider === 'openai');
	// Of two words nothing can be taken away.
	expect(own).toHaveLength(failing.beside || rule.again === 'never' || rule.again === 'replan' ? 1 : 2);
	for (const { state } of own) expect(state).toBe(rule.ledger);
	if (!error) throw new Error('there is no error');
	if (!failing.beside) {
		expect(rule.answer).toContain(error.code);
		expect(ruleOf(error).name).toBe(failing.inBand ? 'cut before content' : rule.name);
	}
	const silent = rule.key === 'none' ? 'silent' : rule.key;
	const { outcome } = w.outcomes[0] ?? {};
	expect(outcome).toMatchObject({
		result: rule.breaker === 'none' ? 'neutral' : 'failure',
		scope: rule.breaker === 'endpoint' ? 'endpoint' : 'model',
		key: { word: failing.inBand ? 'good' : silent },
	});
	expect(outcome?.error?.status).toBe(failing.status);
}

/** Who is asked next, where each of the others would answer. */
async function checkElsewhere({ elsewhere }: FailureRule, failing: Failing): Promise<void> {
	const { asked, text, error } = await driven(failing, good, { ...AROUND, limits: { maxAttempts: 1 } });
	const delivered = failing.inBand ? 'half an ans' : '';
	expect(asked).toEqual(NEXT[elsewhere]);
	expect(text).toBe(elsewhere === 'nowhere' ? delivered : 'whole');
	expect(error === null).toBe(elsewhere !== 'nowhere');
}

const LONG: ChatRequest['messages'] = ['What was first?', 'And then?', 'And last?'].flatMap((question) => [
	{ role: 'user', content: [{ type: 'text', text: question }] },
	{ role: 'assistant', content: [{ type: 'text', text: textOf(2_000) }] },
]);
const LAST: ChatRequest['messages'][number] = { role: 'user', content: [{ type: 'text', text: 'Go on.' }] };

/** When it is asked again, where all others are refused. */
async function checkAgain({ again }: FailureRule, failing: Failing): Promise<void> {
	if (again === 'replan') {
		const shorter = await driven(failing, good, ALONE, { messages: [...LONG, LAST] });
		expect([shorter.text, shorter.asked.length]).toEqual(['whole', 2]);
		const lengths = shorter.w.sent.map(({ body }) => String(body).length);
		expect(lengths[1]).toBeLessThan(lengths[0] ?? 0);
		return;
	}
	const { asked, text } = await driven({ ...failing, script: (w) => lonely(failing.script(w)) }, null, AROUND);
	if (again === 'never') {
		expect(asked.filter((key) => key === 'one')).toHaveLength(1);
		return;
	}
	expect(text).toBe('whole');
	if (again === 'backoff') expect(asked).toEqual(['one', 'one']);
	else expect([asked[0], asked.slice(1, -1).toSorted(), asked.at(-1)]).toEqual(['one', ['groq', 'two'], 'one']);
}

const CHECKED: FailureName[] = [];

describe('a failure of an upstream call', () => {
	for (const rule of FAILURE_RULES) {
		CHECKED.push(rule.name);

		it(rule.name, async () => {
			await checkItself(rule, FAILING[rule.name]);
			await checkElsewhere(rule, FAILING[rule.name]);
			await checkAgain(rule, FAILING[rule.name]);
		});
	}

	it('has a row with a test of that name, whichever it is', () => {
		expect(CHECKED).toEqual(FAILURE_RULES.map(({ name }) => name));
		expect(Object.keys(FAILING).toSorted()).toEqual(CHECKED.toSorted());
	});
});

const CLASSES: readonly FailureClass[] = [
	'key-dead',
	'quota',
	'rate-limited',
	'overloaded',
	'server',
	'network',
	'timeout',
	'bad-request',
	'context-too-long',
	'content-filter',
	'model-missing',
	'malformed',
];

describe('the rule of an error', () => {
	it('is there for whatever error there may be', () => {
		const upstream = fc.record<UpstreamFailure>(
			{
				failure: fc.constantFrom(...CLASSES),
				scope: fc.constantFrom('key', 'model', 'provider', 'request'),
				status: fc.integer({ min: 100, max: 599 }),
				limit: fc.constantFrom('first-event', 'idle', 'commit', 'total'),
				shouldRetry: fc.boolean(),
			},
			{ requiredKeys: ['failure', 'scope'] },
		);
		const code = fc.constantFrom(...(Object.keys(STATUS) as ErrorCode[]));
		fc.assert(
			fc.property(code, fc.option(upstream, { nil: undefined }), (given, facts) => {
				const error = new GatewayError(given, 'x', facts ? { upstream: facts } : {});
				const rule = ruleOf(error);
				expect(FAILURE_RULES.map(({ name }) => name)).toContain(rule.name);
				if (facts?.shouldRetry === false) expect(['never', 'replan']).toContain(rule.again);
				if (facts && facts.scope !== 'key') expect(rule.key).toBe('none');
			}),
		);
	});

	it('names the code that the caller gets, for every status an upstream may answer', () => {
		for (let status = 300; status < 600; status += 1) {
			const error = upstreamError({ ...failureOfStatus(status), status, headers: new Headers() });
			expect(ruleOf(error).answer, String(status)).toContain(error.code);
		}
	});

	it("leaves a key alone for what concerns a model or one request, and not for the key's own limits", () => {
		const limited = (scope: UpstreamFailure['scope'], status: number) =>
			ruleOf(new GatewayError('rate_limited', 'x', { upstream: { failure: 'quota', scope, status } }));
		expect(limited('key', 429)).toMatchObject({ key: 'refused', elsewhere: 'key' });
		expect(limited('model', 429)).toMatchObject({ key: 'none', elsewhere: 'target' });
		expect(limited('key', 413)).toMatchObject({ key: 'none', elsewhere: 'target' });
	});
});

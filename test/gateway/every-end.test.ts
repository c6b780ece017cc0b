import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toGatewayError } from '../../src/errors';
import type { ChatCall } from '../../src/gateway/call';
import {
	answer,
	chatCall,
	failure,
	hang,
	openSse,
	type Script,
	SSE,
	sse,
	type World,
	world,
} from '../support/scripted-gateway';
import { CHAIN, pool } from './asking';

/** How a request came to its end, and what was left behind at that moment. */
interface End {
	readonly code: string | null;
	/** Timers that were still armed. */
	readonly armed: number;
}

const codeOf = (thrown: unknown): string => toGatewayError(thrown).code;

/** `besides`: timers of the test's own that are armed. */
async function ended(w: World, call: ChatCall, streamed: boolean, besides = () => 0): Promise<End> {
	const work = async (): Promise<null> => {
		if (!streamed) await w.gateway.chat(call);
		else for await (const _ of (await w.gateway.stream(call)).events);
		return null;
	};
	const end = work()
		.catch(codeOf)
		.then((code) => ({ code, armed: w.time.pending() - besides() }));
	// Longer than any request may take.
	await w.time.advance(700_000);
	const reached = await end;
	await w.settled();
	return reached;
}

/** Each call has one entry, in order; one close is the last. */
function expectBooked(w: World): void {
	expect(w.entries().map(({ attemptId }) => Number(attemptId.split('.').at(-1)))).toEqual(
		w.sent.map((_, at) => at + 1),
	);
	expect(w.closes.filter(({ final }) => final)).toHaveLength(1);
	expect(w.closes.at(-1)?.final).toBe(true);
}

const refusal =
	(status: number, headers: Record<string, string> = {}): Script =>
	() =>
		failure(status, headers);
const json =
	(text: string): Script =>
	() =>
		new Response(text, { headers: { 'content-type': 'application/json' } });
const stuck =
	(...parts: string[]): Script =>
	(request) => {
		const body = openSse();
		for (const part of parts) body.push(part);
		return body.script(request);
	};

const FAULTS: readonly Script[] = [
	refusal(401),
	refusal(400),
	refusal(404),
	refusal(429),
	refusal(429, { 'retry-after': '2' }),
	refusal(429, { 'x-should-retry': 'false' }),
	refusal(500),
	refusal(503, { 'retry-after': '7200' }),
	refusal(503, { 'x-should-retry': 'false' }),
	hang,
	json('{'),
	() => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
	() => new Response(null, { status: 302, headers: { location: 'https://x.test' } }),
	() => {
		throw new TypeError('reset');
	},
	() => sse(SSE.role),
	() => sse(SSE.role, SSE.text('half')),
	() => sse(SSE.role, SSE.error()),
	stuck(SSE.role),
	stuck(SSE.role, SSE.text('half')),
];
const good: Script = (request) =>
	String(request.body).includes('"stream":true')
		? sse(SSE.role, SSE.text('whole'), SSE.stop, SSE.usage, SSE.done)
		: answer();

describe('whatever becomes of a request', () => {
	const scripts = fc.array(fc.constantFrom(...FAULTS, good), { minLength: 1, maxLength: 8 });
	const kind = fc.constantFrom('whole', 'folded', 'streamed');
	const verdict = fc.constantFrom('closed' as const, 'open' as const, 'probe' as const);

	it('no timer outlives it, each call has one entry and each lease an end', async () => {
		await fc.assert(
			fc.asyncProperty(
				scripts,
				kind,
				fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: null }),
				fc.infiniteStream(verdict),
				fc.boolean(),
				async (upstream, how, leavesAfter, verdicts, lease) => {
					let leased = 0;
					const w = world({
						upstream,
						limits: { maxAttempts: 2 },
						snapshot: { fallbackChain: CHAIN, credentials: pool('one', 'two') },
						standings: { two: { requestsMinute: 1, refusedUntil: 1_002_000 } },
						admits: () => {
							const said = verdicts.next().value ?? 'closed';
							if (said === 'probe') leased += 1;
							return said;
						},
						lease: () => {
							if (lease) leased += 1;
							return lease;
						},
					});
					const caller = new AbortController();
					let left = 0;
					if (leavesAfter !== null) {
						left = 1;
						w.time.after(leavesAfter, () => {
							left = 0;
							caller.abort();
						});
					}
					const request = { model: 'default', ...(how === 'folded' && { maxTokens: 5_000 }) };
					const call = chatCall(request, { signal: caller.signal });
					expect((await ended(w, call, how === 'streamed', () => left)).armed).toBe(0);
					expect(w.outcomes.filter(({ outcome }) => outcome.probe)).toHaveLength(leased);
					if (w.sent.length > 0) expectBooked(w);
					else expect(w.closes).toMatchObject([{ entry: null, final: true }]);
				},
			),
			{ numRuns: 120 },
		);
	}, 30_000);
});

describe('whatever a port throws', () => {
	const boom = (): never => {
		throw new Error('a port failed');
	};

	const caching = { input: 4n, output: 4n, cacheRead: 1n };
	const throwing = (port: 'affinity' | 'health', method: string, first: Script): World => {
		const w = world({
			upstream: [first, good],
			facts: { prices: caching },
			snapshot: { credentials: pool('one', 'two') },
			limits: { maxAttempts: 1 },
		});
		Object.assign(w.ports[port], { [method]: boom });
		return w;
	};

	it.each([
		['affinity', 'remember'],
		['health', 'record'],
		['health', 'mayRetry'],
		['health', 'admits'],
		['health', 'standing'],
	] as const)('what was asked is in the books, once: %s.%s', async (port, method) => {
		for (const first of [good, refusal(429), hang])
			for (const streamed of [false, true]) {
				const w = throwing(port, method, first);
				await ended(w, chatCall({ model: 'default' }, { conversation: 'c' }), streamed);
				if (w.sent.length > 0) expectBooked(w);
				else expect(w.closes.filter(({ entry }) => entry)).toEqual([]);
			}
	});

	it('content that had come by then is settled', async () => {
		const w = throwing('affinity', 'remember', good);
		const { code } = await ended(w, chatCall({ model: 'default' }, { conversation: 'c' }), false);
		expect(code).toBe('internal');
		expect(w.entries()).toMatchObject([{ state: 'settled', usageSource: 'reported', errorCode: 'internal' }]);
	});
});

describe('a stream that nobody begins to read', () => {
	it('leaves no timer behind', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script] });
		const opening = w.gateway.stream(chatCall());
		body.push(SSE.text('words'));
		await (await opening).events.return();
		expect(w.time.pending()).toBe(0);
	});
});

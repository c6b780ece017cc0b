import { describe, expect, it } from 'vitest';
import type { Place } from '../../src/health/contract';
import { failure, hang, type Script, world } from '../support/scripted-gateway';
import { asked, asking, broken, byHost, limited, ok, pool, refused, under } from './asking';

const providerOf = ({ endpoint }: Place): string => endpoint.split('@')[0] ?? '';
const NOW = 1_000_000;
const toGroq = { fallbackChain: ['groq/llama'] };
const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const;

describe('a breaker that was open when it was its turn', () => {
	/** openai's is open until somebody has asked so often. */
	const opening = (times: number) => {
		let asks = 0;
		return (place: Place) => {
			if (providerOf(place) !== 'openai') return 'closed' as const;
			asks += 1;
			return asks > times ? ('closed' as const) : ('open' as const);
		};
	};

	/** openai's is as told at the first look, and closed once it was asked. */
	const turning = (first: 'open' | 'probe') => {
		let asks = 0;
		const verdicts = first === 'probe' ? (['probe'] as const) : (['open', 'open'] as const);
		return (place: Place) => {
			if (providerOf(place) !== 'openai') return 'closed' as const;
			asks += 1;
			return verdicts[asks - 1] ?? ('closed' as const);
		};
	};

	it('and is closed when nobody else is left lets all tries through, and needs no lease', async () => {
		const upstream = [byHost({ openai: [broken, broken, ok], groq: [refused] })];
		const { w, answered, asked: order } = await asking({ upstream, snapshot: toGroq, admits: opening(1), lease: true });
		expect(order).toEqual(['groq', 'openai', 'openai', 'openai']);
		expect(answered?.meta.routing.steps).toMatchObject([{ provider: 'openai', attempts: 3 }, { provider: 'groq' }]);
		expect(w.leases).toEqual([]);
		expect(w.outcomes.every(({ outcome }) => !outcome.probe)).toBe(true);
	});

	it('and is closed again lets the other keys there be asked, too', async () => {
		const { asked: order } = await asking({
			upstream: [byHost({ one: [refused], two: [ok], groq: [refused] })],
			snapshot: { credentials: pool('one', 'two'), ...toGroq },
			admits: opening(2),
		});
		expect(order).toEqual(['groq', 'one', 'two']);
	});

	it('and gives the probe by then is asked once, without waiting for a lease', async () => {
		let asks = 0;
		const { w, error } = await asking({
			upstream: [broken],
			admits: () => {
				asks += 1;
				return asks === 2 ? 'probe' : 'open';
			},
			lease: true,
		});
		expect([w.sent.length, w.leases.length, error?.code]).toEqual([1, 0, 'upstream_unavailable']);
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'failure' } }]);
	});

	it.each([
		['by admission', () => ({ admits: turning('probe') })],
		['by a lease', () => ({ admits: turning('open'), lease: true })],
	])('and is closed again after a probe that failed gives back the tries left, %s', async (_, breaker) => {
		const upstream = [byHost({ openai: [limited(3), ok], groq: [hang, refused] })];
		const { asked: order, answered } = await asking({ upstream, snapshot: toGroq, ...breaker() });
		expect(answered?.meta.provider).toBe('openai');
		expect(order.filter((name) => name === 'openai')).toHaveLength(2);
		expect(answered?.meta.routing.steps[0]).toMatchObject({ provider: 'openai', outcome: 'answered', attempts: 2 });
	});

	it('and whose probe has failed is asked again neither open nor before its Retry-After', async () => {
		const upstream = [byHost({ openai: [limited(3), ok] })];
		const open = await asking({ upstream, open: new Set(['openai']), lease: true });
		expect([open.w.sent.length, open.w.leases.length, open.error?.code]).toEqual([1, 1, 'rate_limited']);
		const again = await asking({ upstream: [limited(3), ok], admits: turning('probe') });
		expect([again.w.sent.length, again.tookMs]).toEqual([2, 3_000]);
	});

	it('and flutters holds up nobody: each look that says closed is one call', async () => {
		let asks = 0;
		const { w, error } = await asking({
			upstream: [broken],
			admits: () => {
				asks += 1;
				return asks % 2 === 0 ? 'closed' : 'open';
			},
		});
		expect([w.sent.length, error?.code]).toEqual([3, 'upstream_unavailable']);
	});
});

describe('a breaker that opens while a request is under way', () => {
	/** Open from its so-manieth call on. */
	const openFrom = (calls: number) => {
		let asks = 0;
		return (place: Place) => {
			if (providerOf(place) !== 'openai') return 'closed' as const;
			asks += 1;
			return asks > calls ? ('open' as const) : ('closed' as const);
		};
	};

	it('ends the tries at once that would have followed a backoff, and others are asked', async () => {
		const upstream = [byHost({ openai: [broken], groq: [ok] })];
		const { asked: order } = await asking({ upstream, snapshot: toGroq, admits: openFrom(1) });
		expect(order).toEqual(['openai', 'groq']);
	});

	it('keeps it from later rounds, too, but for a leased probe', async () => {
		const options = {
			upstream: [byHost({ openai: [hang, ok], groq: [refused] })],
			snapshot: toGroq,
			admits: openFrom(1),
		};
		const without = await asking(options);
		expect([without.asked, without.error?.code]).toEqual([['openai', 'groq'], 'upstream_rejected']);
		const upstream = [byHost({ openai: [hang, ok], groq: [refused] })];
		const leased = await asking({ ...options, upstream, admits: openFrom(1), lease: true });
		expect(leased.asked).toEqual(['openai', 'groq', 'openai']);
		expect(leased.w.outcomes.at(-1)).toMatchObject({ outcome: { probe: true, result: 'success' } });
		expect(leased.answered?.meta.routing.steps[0]).toMatchObject({ outcome: 'answered', attempts: 2 });
	});

	it('and lets this one through as the probe does so for one try', async () => {
		const verdicts = ['closed', 'probe'] as const;
		let asks = 0;
		const admits = () => {
			asks += 1;
			return verdicts[asks - 1] ?? ('open' as const);
		};
		const { w, error } = await asking({ upstream: [broken], admits, lease: true });
		expect([w.sent.length, w.leases.length, error?.code]).toEqual([2, 0, 'upstream_unavailable']);
		expect(w.outcomes.map(({ outcome }) => outcome.probe)).toEqual([false, true]);
	});

	it('keeps what was said of its target: it failed, and why', async () => {
		const upstream = [byHost({ openai: [broken], groq: [ok] })];
		const { answered } = await asking({ upstream, snapshot: toGroq, admits: openFrom(1) });
		expect(answered?.meta.routing.steps[0]).toMatchObject({ outcome: 'failed', reason: 'server error', attempts: 1 });
	});
});

describe('the probe lease', () => {
	const open = new Set(['openai', 'groq']);
	const given = (w: ReturnType<typeof world>) => w.outcomes.filter(({ outcome }) => outcome.probe);

	it('is given back where the caller leaves while it is waited for', async () => {
		const caller = new AbortController();
		const lease = () => {
			caller.abort();
			return true;
		};
		const { w, error } = await asking({ upstream: [ok], open, lease }, {}, { signal: caller.signal });
		expect([error?.code, w.sent.length]).toEqual(['aborted', 0]);
		expect(given(w)).toMatchObject([{ outcome: { result: 'neutral' } }]);
	});

	it('is not asked for a caller who has left', async () => {
		const caller = new AbortController();
		caller.abort();
		const { w, error } = await asking({ upstream: [ok], open, lease: true }, {}, { signal: caller.signal });
		expect([error?.code, w.leases.length]).toEqual(['aborted', 0]);
	});

	it('that comes after the deadline is given back, and no call is made that could only run out of time', async () => {
		const w = world({ upstream: [ok], open, snapshot: under({ commitTimeoutMs: 2_000 }) });
		w.ports.health.lease = (place) => {
			w.leases.push(place);
			return new Promise((resolve) => void w.time.after(3_000, () => resolve(true)));
		};
		const { error } = await asked(w);
		expect([error?.code, w.sent.length, w.leases.length]).toEqual(['upstream_unavailable', 0, 1]);
		expect(given(w)).toMatchObject([{ outcome: { result: 'neutral' } }]);
		expect(w.closes).toMatchObject([{ entry: null, final: true }]);
	});

	/** Of what the first call may have cost the rest of the hold does not cover a second. */
	const short = {
		upstream: [() => new Response('{', { headers: { 'content-type': 'application/json' } })],
		probes: new Set(['groq']),
		snapshot: toGroq,
		limits: { maxAttempts: 1 },
	};

	it('is given back where the budget leaves no room', async () => {
		const { w, error } = await asking({ ...short, extend: false });
		expect([error?.code, w.sent.length]).toEqual(['upstream_malformed', 1]);
		expect(given(w)).toMatchObject([{ outcome: { result: 'neutral' } }]);
	});

	it('is given back where the ledger throws, and what was begun is in the books', async () => {
		const w = world(short);
		w.ports.ledger.extend = () => Promise.reject(new Error('the object is gone'));
		const { error } = await asked(w);
		expect([error?.code, w.sent.length]).toEqual(['internal', 1]);
		expect(given(w)).toMatchObject([{ outcome: { result: 'neutral' } }]);
		expect(w.closes).toMatchObject([{ final: true, entry: { state: 'unknown' } }]);
	});

	it('is given back where the wire can not carry the request', async () => {
		const { w } = await asking(
			{ upstream: [ok], open, lease: true, facts: { input: ['text'] } },
			{ messages: [{ role: 'user', content: [image] }] },
		);
		expect(given(w)).toMatchObject([{ outcome: { result: 'neutral' } }]);
	});
});

describe('a key that is near a rate', () => {
	const near = { rates: { requests: { limit: 10, remaining: 0, resetAt: NOW + 60_000 }, tokens: null } };
	const snapshot = { credentials: pool('one', 'two') };

	it('is asked before anybody waits for the Retry-After of another', async () => {
		for (const upstream of [
			[limited(5), ok],
			[(() => failure(503, { 'retry-after': '5' })) as Script, ok],
		]) {
			const { asked: order, tookMs } = await asking({ upstream, snapshot, standings: { two: near } });
			expect([order, tookMs]).toEqual([['one', 'two'], 0]);
		}
	});

	it('by its configured rate is so, too', async () => {
		const openai = pool('one', 'two').openai.map((row) => ({ ...row, config: { requestsPerMinute: 10 } }));
		const { asked: order, tookMs } = await asking({
			upstream: [limited(5), ok],
			snapshot: { credentials: { openai } },
			standings: { two: { requestsMinute: 10 } },
		});
		expect([order, tookMs]).toEqual([['one', 'two'], 0]);
	});

	it.each([{ refusedUntil: NOW + 60_000 }, { limitedUntil: NOW + 60_000 }])(
		'and has failed (%j) is asked after that wait alone',
		async (standing) => {
			const { asked: order, tookMs } = await asking({
				upstream: [byHost({ one: [limited(5), refused], two: [ok] })],
				snapshot,
				standings: { two: { ...near, ...standing } },
			});
			expect([order, tookMs]).toEqual([['one', 'one', 'two'], 5_000]);
		},
	);
});

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { payload, type Signer, seconds, signer } from './signed';
import { bench, JWKS_URL, keySet, type TokenBench } from './token-bench';

const old = await signer('RS256', 'old');
const next = await signer('ES256', 'next');
const publicOf = (...signers: readonly Signer[]) => signers.map(({ publicJwk }) => publicJwk);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const unavailable = expect.objectContaining({ code: 'upstream_unavailable', retryAfterMs: 1_000 });
const unknownKey = expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining('key set') });

/** A token that outlives the test. */
const tokenOf = (by: Signer, one: TokenBench) => by.sign(payload({ exp: seconds(one.time.now()) + 86_400 * 3 }));

const down = (): Response => {
	throw new GatewayError('upstream_unavailable', 'The upstream could not be reached.', { cause: 'ECONNREFUSED' });
};

describe('the key set', () => {
	it('is asked for once, as the operator addressed it, and then kept for ten minutes', async () => {
		const one = bench({ keys: publicOf(old) });
		one.serve((request) => {
			expect(request).toMatchObject({ url: JWKS_URL, method: 'GET', trust: 'operator' });
			expect(request.body).toBeUndefined();
			return Response.json({ keys: publicOf(old) });
		});
		const token = await tokenOf(old, one);
		for (let times = 0; times < 5; times += 1) await one.verify(token);
		expect(one.asked()).toBe(1);
		await one.time.advance(10 * MINUTE - 1);
		await one.verify(token);
		expect(one.asked()).toBe(1);
		await one.time.advance(1);
		await one.verify(token);
		expect(one.asked()).toBe(2);
	});

	it('is found in KV by another isolate, without asking', async () => {
		const first = bench({ keys: publicOf(old) });
		const token = await tokenOf(old, first);
		await first.verify(token);
		await first.settled();
		expect([...first.kv.keys()]).toEqual([expect.stringMatching(/^jwks:[0-9a-f]{64}$/)]);
		const second = bench({ kv: first.kv, time: first.time });
		second.serve(down);
		expect(await second.verify(token)).toMatchObject({ userId: 'ann' });
		expect(second.asked()).toBe(0);
	});

	it('is taken from KV when it is ten minutes old and another isolate has read it since', async () => {
		const first = bench({ keys: publicOf(old) });
		const token = await tokenOf(old, first);
		await first.verify(token);
		await first.settled();
		const second = bench({ kv: first.kv, time: first.time });
		second.serve(down);
		await second.verify(token);
		await first.time.advance(10 * MINUTE);
		first.serve(keySet(publicOf(old, next)));
		await first.verify(token);
		await first.settled();
		expect(await second.verify(await tokenOf(next, second))).toMatchObject({ userId: 'ann' });
		expect(second.asked()).toBe(0);
	});

	it('of KV, too, is asked for again where a token names a key that it has not', async () => {
		const first = bench({ keys: publicOf(old) });
		await first.verify(await tokenOf(old, first));
		await first.settled();
		const second = bench({ kv: first.kv, time: first.time, keys: publicOf(next) });
		expect(await second.verify(await tokenOf(next, second))).toMatchObject({ userId: 'ann' });
		expect(second.asked()).toBe(1);
	});

	it('keeps nothing but public fields in KV', async () => {
		const one = bench({ keys: [{ ...old.publicJwk, d: 'PRIVATE', p: 'PRIVATE', x5c: ['PRIVATE'] }] });
		await one.verify(await tokenOf(old, one));
		await one.settled();
		expect([...one.kv.values()].join()).not.toContain('PRIVATE');
	});

	it.each(['not json', '{}', '{"fetchedAt":1}', '[]', '{"fetchedAt":"x","keys":[]}'])(
		'is asked for where KV holds %s',
		async (entry) => {
			const one = bench({ keys: publicOf(old) });
			await one.verify(await tokenOf(old, one));
			await one.settled();
			for (const name of one.kv.keys()) one.kv.set(name, entry);
			const other = bench({ kv: one.kv, keys: publicOf(old) });
			expect(await other.verify(await tokenOf(old, other))).toMatchObject({ userId: 'ann' });
			expect(other.asked()).toBe(1);
		},
	);

	it('is asked for again where a token names a key that it has not, at most every 30 seconds', async () => {
		const one = bench({ keys: publicOf(old) });
		const token = await tokenOf(next, one);
		await expect(one.verify(token)).rejects.toEqual(unknownKey);
		expect(one.asked()).toBe(1);
		one.serve(keySet(publicOf(old, next)));
		await one.time.advance(29_999);
		for (let times = 0; times < 5; times += 1) await expect(one.verify(token)).rejects.toEqual(unknownKey);
		expect(one.asked()).toBe(1);
		await one.time.advance(1);
		expect(await one.verify(token)).toMatchObject({ userId: 'ann' });
		expect(one.asked()).toBe(2);
	});

	it('asks no more often however many tokens name unknown keys', async () => {
		const one = bench({ keys: publicOf(old) });
		await one.verify(await tokenOf(old, one));
		await one.time.advance(30_000);
		const strangers = await Promise.all(
			Array.from({ length: 20 }, (_, at) =>
				old.sign(payload({ exp: seconds(one.time.now()) + 60 }), { kid: `k${at}` }),
			),
		);
		await Promise.allSettled(strangers.map((token) => one.verify(token)));
		expect(one.asked()).toBe(2);
	});

	it('no longer accepts a key that was taken out of it', async () => {
		const one = bench({ keys: publicOf(old, next) });
		const token = await tokenOf(old, one);
		await one.verify(token);
		one.serve(keySet(publicOf(next)));
		await one.time.advance(10 * MINUTE);
		await expect(one.verify(token)).rejects.toEqual(unknownKey);
		expect(await one.verify(await tokenOf(next, one))).toMatchObject({ userId: 'ann' });
	});

	it('replaces a key whose name stayed', async () => {
		const one = bench({ keys: publicOf(old) });
		await one.verify(await tokenOf(old, one));
		const anew = await signer('RS256', old.kid);
		one.serve(keySet(publicOf(anew)));
		await one.time.advance(10 * MINUTE);
		expect(await one.verify(await tokenOf(anew, one))).toMatchObject({ userId: 'ann' });
		await expect(one.verify(await tokenOf(old, one))).rejects.toMatchObject({ code: 'unauthorized' });
	});
});

describe('an identity provider that does not answer', () => {
	it('is done without for 24 hours after its last answer, asked every 30 seconds, and no longer', async () => {
		const one = bench({ keys: publicOf(old) });
		const token = await tokenOf(old, one);
		await one.verify(token);
		one.serve(down);
		await one.time.advance(11 * MINUTE);
		for (let times = 0; times < 5; times += 1) expect(await one.verify(token)).toMatchObject({ userId: 'ann' });
		expect(one.asked()).toBe(2);
		expect(one.logged).toEqual(['jwks-unavailable']);
		await one.time.advance(24 * HOUR - 11 * MINUTE - 1);
		expect(await one.verify(token)).toMatchObject({ userId: 'ann' });
		await one.time.advance(1);
		await expect(one.verify(token)).rejects.toEqual(unavailable);
	});

	it('means 503 where there is no copy, and is asked again a second later', async () => {
		const one = bench({});
		one.serve(down);
		const token = await tokenOf(old, one);
		for (let times = 0; times < 5; times += 1) await expect(one.verify(token)).rejects.toEqual(unavailable);
		expect(one.asked()).toBe(1);
		one.serve(keySet(publicOf(old)));
		await one.time.advance(1_000);
		expect(await one.verify(token)).toMatchObject({ userId: 'ann' });
	});

	it('is given five seconds', async () => {
		const one = bench({});
		let reached = () => {};
		const asked = new Promise<void>((resolve) => {
			reached = resolve;
		});
		one.serve(({ signal }) => {
			reached();
			return new Promise((_, reject) => {
				signal.addEventListener('abort', () => reject(signal.reason));
			});
		});
		const refusal = one.verify(await tokenOf(old, one)).catch((thrown: unknown) => thrown);
		await asked;
		await one.time.advance(4_999);
		expect(one.logged).toEqual([]);
		await one.time.advance(1);
		expect(await refusal).toEqual(unavailable);
		expect(one.time.pending()).toBe(0);
	});

	it.each([
		['an error', () => new Response('down', { status: 500 })],
		['a redirect', () => Response.redirect('https://elsewhere.example/jwks', 302)],
		['nothing', () => new Response(null, { status: 204 })],
		['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
		['a list', () => Response.json([])],
		['no keys', () => Response.json({ keys: {} })],
		['too many keys', () => Response.json({ keys: Array.from({ length: 101 }, () => old.publicJwk) })],
		['too much', () => Response.json({ keys: publicOf(old), padding: 'x'.repeat(256 * 1024) })],
	])('or answers %s, is taken for one that is down', async (_what, served) => {
		const one = bench({});
		one.serve(served);
		await expect(one.verify(await tokenOf(old, one))).rejects.toEqual(unavailable);
		one.serve(keySet(publicOf(old)));
		await one.time.advance(1_000);
		expect(await one.verify(await tokenOf(old, one))).toMatchObject({ userId: 'ann' });
		one.serve(served);
		await one.time.advance(HOUR);
		expect(await one.verify(await tokenOf(old, one))).toMatchObject({ userId: 'ann' });
	});

	it('is not read further than what may be a key set', async () => {
		let sent = 0;
		const one = bench({});
		one.serve(
			() =>
				new Response(
					new ReadableStream({
						pull(controller) {
							sent += 1;
							controller.enqueue(new Uint8Array(64 * 1024));
						},
					}),
				),
		);
		await expect(one.verify(await tokenOf(old, one))).rejects.toEqual(unavailable);
		expect(sent).toBeLessThan(10);
	});
});

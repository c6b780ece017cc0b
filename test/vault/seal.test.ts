import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { keyIdOfEnvelope, keyRing, last4, needsReseal, open, reseal, seal, sealHost } from '../../src/vault/seal';

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const key = (byte: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));

const fromBase64Url = (text: string): Uint8Array =>
	Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
const toBase64Url = (bytes: Uint8Array): string =>
	btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/=+$/, '');

const KEY = key(1);
const OLD = key(2);
const SCOPE = { organizationId: 'o1', provider: 'openai', host: 'https://api.example.com', rowId: 'row-1' };

const ring = (current: string | null = KEY, old: readonly string[] = []) => keyRing(current, old, randomBytes);

const failure = (work: Promise<unknown>): Promise<GatewayError> =>
	work.then(
		() => Promise.reject(new Error('it was opened')),
		(thrown: unknown) => {
			expect(thrown).toBeInstanceOf(GatewayError);
			return thrown as GatewayError;
		},
	);

describe('seal and open', () => {
	it('give back any secret under the scope it was sealed for', async () => {
		const keys = await ring();
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (secret) => {
				expect(await open(keys, SCOPE, await seal(keys, SCOPE, secret))).toBe(secret);
			}),
			{ numRuns: 50 },
		);
	});

	it('make an envelope of four base64url parts that holds the secret nowhere in the clear', async () => {
		const envelope = await seal(await ring(), SCOPE, 'sk-very-secret-key');
		expect(envelope).toMatch(/^v1\.[\w-]{12}\.[\w-]{16}\.[\w-]+$/);
		expect(atob((envelope.split('.')[3] ?? '').replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('secret');
	});

	it('seal the same secret differently each time', async () => {
		const keys = await ring();
		expect(await seal(keys, SCOPE, 'same')).not.toBe(await seal(keys, SCOPE, 'same'));
	});

	it.each([
		['organization', { ...SCOPE, organizationId: 'o2' }],
		['provider', { ...SCOPE, provider: 'groq' }],
		['host', { ...SCOPE, host: 'https://evil.example.com' }],
		['scheme', { ...SCOPE, host: 'http://api.example.com' }],
		['port', { ...SCOPE, host: 'https://api.example.com:8443' }],
		["host, the provider's own", { ...SCOPE, host: '' }],
		['row', { ...SCOPE, rowId: 'row-2' }],
		['split of the same characters', { ...SCOPE, organizationId: 'o', provider: '1openai' }],
	])('refuse another %s', async (_, scope) => {
		const keys = await ring();
		const error = await failure(open(keys, scope, await seal(keys, SCOPE, 'secret')));
		expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('another row, organization') });
	});

	it('refuse an envelope with any one character changed', async () => {
		const keys = await ring();
		const envelope = await seal(keys, SCOPE, 'sk-secret');
		await fc.assert(
			fc.asyncProperty(
				fc.nat(envelope.length - 1),
				fc.constantFrom('A', 'B', 'z', '0', '.', '%', '+', ' '),
				async (at, character) => {
					fc.pre(envelope[at] !== character);
					const error = await failure(open(keys, SCOPE, envelope.slice(0, at) + character + envelope.slice(at + 1)));
					expect(error.code).toBe('internal');
					expect(error.message).not.toContain('sk-secret');
				},
			),
			{ numRuns: 200 },
		);
	});

	it('refuse an envelope with any one bit of its bytes flipped', async () => {
		const keys = await ring();
		const [version, id, ...parts] = (await seal(keys, SCOPE, 'sk-secret')).split('.');
		for (const [part, text] of parts.entries()) {
			const bytes = fromBase64Url(text);
			for (let bit = 0; bit < bytes.length * 8; bit++) {
				const flipped = bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
				const altered = parts.with(part, toBase64Url(flipped));
				const error = await failure(open(keys, SCOPE, [version, id, ...altered].join('.')));
				expect(error.message).toContain('it was altered');
			}
		}
	});

	it('refuse an envelope that was cut, padded or put together from two', async () => {
		const keys = await ring();
		const [one, two] = [await seal(keys, SCOPE, 'sk-secret'), await seal(keys, SCOPE, 'sk-another')];
		const mixed = [...one.split('.').slice(0, 3), two.split('.')[3]].join('.');
		for (const altered of [one.slice(0, -2), `${one}AA`, `${one}==`, ` ${one}`, `${one}\n`, mixed])
			expect((await failure(open(keys, SCOPE, altered))).code).toBe('internal');
	});

	it.each(['', 'plain-text-key', 'v2.a.b.c', 'v1.a.b', 'v1.a.b.c.d', 'v1.a.%%.c'])(
		'refuse %j as no envelope',
		async (text) => {
			expect((await failure(open(await ring(), SCOPE, text))).message).toContain('envelope');
		},
	);

	it('name the missing variable where no key is configured', async () => {
		const error = await failure(seal(await ring(null), SCOPE, 'secret'));
		expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('LLM_ENCRYPTION_KEY') });
	});
});

describe('rotation', () => {
	it('opens what an older key sealed, and says that it should be sealed anew', async () => {
		const envelope = await seal(await ring(OLD), SCOPE, 'secret');
		const rotated = await ring(KEY, [OLD]);
		expect(await open(rotated, SCOPE, envelope)).toBe('secret');
		expect(needsReseal(rotated, envelope)).toBe(true);
	});

	it('reseals under the current key, after which the old one can go', async () => {
		const envelope = await seal(await ring(OLD), SCOPE, 'secret');
		const rotated = await ring(KEY, [OLD]);
		const moved = await reseal(rotated, SCOPE, envelope);
		expect(keyIdOfEnvelope(moved)).toBe(rotated.currentId);
		expect(needsReseal(rotated, moved)).toBe(false);
		expect(await open(await ring(KEY), SCOPE, moved)).toBe('secret');
	});

	it('names the key that is gone from the ring', async () => {
		const envelope = await seal(await ring(OLD), SCOPE, 'secret');
		const error = await failure(open(await ring(KEY), SCOPE, envelope));
		expect(error.message).toContain(keyIdOfEnvelope(envelope));
	});

	it('still opens with old keys alone, and seals nothing', async () => {
		const envelope = await seal(await ring(OLD), SCOPE, 'secret');
		const closed = await ring(null, [OLD]);
		expect(await open(closed, SCOPE, envelope)).toBe('secret');
		expect(needsReseal(closed, envelope)).toBe(false);
		await failure(reseal(closed, SCOPE, envelope));
	});

	it('opens what any of several older keys sealed', async () => {
		const all = [key(3), key(4), OLD];
		const rotated = await ring(KEY, all);
		for (const one of all)
			expect(await open(rotated, SCOPE, await seal(await ring(one), SCOPE, 'secret'))).toBe('secret');
	});

	it('moves a secret to another host', async () => {
		const keys = await ring();
		const to = { ...SCOPE, host: 'https://eu.example.com' };
		const moved = await reseal(keys, SCOPE, await seal(keys, SCOPE, 'secret'), to);
		expect(await open(keys, to, moved)).toBe('secret');
		await failure(open(keys, SCOPE, moved));
	});
});

describe('what may be seen', () => {
	it('is the last four characters, or nothing of a short secret', () => {
		expect(last4('sk-abcd-wxyz')).toBe('wxyz');
		expect(last4('1234567')).toBe('');
	});

	it.each([
		['https://api.example.com/v1', 'https://api.example.com'],
		['https://API.example.com:443/v2?x', 'https://api.example.com'],
		['http://api.example.com:8080', 'http://api.example.com:8080'],
		[null, ''],
	])('host of %s is %j', (baseUrl, host) => {
		expect(sealHost(baseUrl)).toBe(host);
	});
});

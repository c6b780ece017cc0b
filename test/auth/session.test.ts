import fc from 'fast-check';
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { openSession, SESSION_MS, sealSession, sessionKeys } from '../../src/auth/session';

const NOW = Date.UTC(2026, 0, 1);
const KEY = btoa('k'.repeat(32));
const OTHER = btoa('o'.repeat(32));
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const content = { credential: 'sy_k1_secret', organization: null, issuedAt: NOW };

const keys = await sessionKeys(KEY, []);
const sealed = await sealSession(keys, content, random);

describe('a sealed session', () => {
	it('opens to what it was made of, and is readable to nobody', async () => {
		expect(await openSession(keys, sealed, NOW)).toEqual(content);
		expect(sealed).toMatch(/^[\w-]+\.[\w-]+$/);
		for (const part of sealed.split('.'))
			expect(new TextDecoder().decode(base64url.decode(part))).not.toContain('secret');
	});

	it('is another each time', async () => {
		expect(await sealSession(keys, content, random)).not.toBe(sealed);
	});

	it('opens under an older key of the ring, and under no other', async () => {
		expect(await openSession(await sessionKeys(OTHER, [KEY]), sealed, NOW)).toEqual(content);
		expect(await openSession(await sessionKeys(null, [KEY]), sealed, NOW)).toEqual(content);
		expect(await openSession(await sessionKeys(OTHER, []), sealed, NOW)).toBeNull();
		expect(await openSession(await sessionKeys(null, []), sealed, NOW)).toBeNull();
	});

	it('is not what the same key seals elsewhere', async () => {
		const raw = await crypto.subtle.importKey(
			'raw',
			Uint8Array.from(atob(KEY), (each) => each.charCodeAt(0)),
			'AES-GCM',
			false,
			['encrypt'],
		);
		const iv = random(12);
		const plain = new TextEncoder().encode(JSON.stringify(content));
		const text = base64url.encode(new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, raw, plain)));
		expect(await openSession(keys, `${base64url.encode(iv)}.${text}`, NOW)).toBeNull();
	});

	it('is over after twelve hours', async () => {
		expect(await openSession(keys, sealed, NOW + SESSION_MS - 1)).toEqual(content);
		expect(await openSession(keys, sealed, NOW + SESSION_MS)).toBeNull();
	});

	it('does not open with any one character changed, added or left out', async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(sealed.length - 2), fc.constantFrom('A', 'z', '-', '.', '!', ''), async (at, put) => {
				fc.pre(sealed[at] !== put);
				expect(await openSession(keys, sealed.slice(0, at) + put + sealed.slice(at + 1), NOW)).toBeNull();
			}),
		);
	});

	it.each(['', '.', 'a.b', '..', 'a.b.c', '%%%.%%%', 'x'.repeat(5_000), `${sealed}.x`])('is not %s', async (text) => {
		expect(await openSession(keys, text, NOW)).toBeNull();
	});

	it('is refused where it would not fit into a cookie, with a message that says so', async () => {
		const fits = { ...content, credential: 'x'.repeat(2_500) };
		const large = await sealSession(keys, fits, random);
		expect(large.length).toBeLessThanOrEqual(3_584);
		expect(await openSession(keys, large, NOW)).toEqual(fits);
		await expect(sealSession(keys, { ...content, credential: 'x'.repeat(2_700) }, random)).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'credential',
			message: expect.stringContaining('3.5 KB'),
		});
	});

	it('can not be made without LLM_ENCRYPTION_KEY, which the error names', async () => {
		await expect(sealSession(await sessionKeys(null, [KEY]), content, random)).rejects.toMatchObject({
			code: 'internal',
			message: expect.stringContaining('LLM_ENCRYPTION_KEY'),
		});
	});
});

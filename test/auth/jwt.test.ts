import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { bytes, forged, hs256, NOW, payload, SECRET, type Signer, seconds, signer } from './signed';
import { bench } from './token-bench';

const rsa = await signer('RS256', 'rsa-1');
const ec = await signer('ES256', 'ec-1');
const SOON = seconds(NOW);

const saying = (text: string) =>
	expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining(text) });

const withSecret = (change: { issuer?: string; audience?: string } = {}) => bench({ secret: SECRET, ...change });
const withKeys = (...signers: readonly Signer[]) => bench({ keys: signers.map(({ publicJwk }) => publicJwk) });

describe('a token signed with the shared secret', () => {
	it('is accepted', async () => {
		expect(await withSecret().verify(await hs256())).toEqual({
			userId: 'ann',
			organization: 'o1',
			role: 'admin',
			expiresAt: NOW + 3_600_000,
		});
	});

	it('is accepted with a short secret too, of which the log is told once', async () => {
		const short = bench({ secret: 'short' });
		for (let times = 0; times < 3; times += 1)
			expect(await short.verify(await hs256(payload(), 'short'))).toMatchObject({ userId: 'ann' });
		expect(short.logged).toEqual(['jwt-secret-short']);
		const long = withSecret();
		await long.verify(await hs256());
		expect(long.logged).toEqual([]);
	});

	it('is refused where another secret signed it', async () => {
		await expect(withSecret().verify(await hs256(payload(), `${SECRET}!`))).rejects.toEqual(saying('signature'));
	});

	it('is refused where one character of header, payload or signature was changed', async () => {
		const token = await hs256();
		for (const at of [3, token.indexOf('.') + 5, token.length - 5]) {
			const other = token[at] === 'A' ? 'B' : 'A';
			const altered = token.slice(0, at) + other + token.slice(at + 1);
			await expect(withSecret().verify(altered), altered).rejects.toMatchObject({ code: 'unauthorized' });
		}
	});

	it('is refused where the payload of another was put in', async () => {
		const [header, , signature] = (await hs256()).split('.');
		const [, owner] = (await hs256(payload({ role: 'owner' }), 'x')).split('.');
		await expect(withSecret().verify(`${header}.${owner}.${signature}`)).rejects.toEqual(saying('signature'));
	});
});

describe('the algorithm', () => {
	it.each(['none', 'None', 'NONE', '', 'HS384', 'HS512', 'RS256', 'ES256', 'EdDSA', 'hs256'])(
		'%s is refused where a secret is configured',
		async (alg) => {
			await expect(withSecret().verify(forged({ alg }, payload()))).rejects.toEqual(saying('algorithm'));
			await expect(withSecret().verify(forged({ alg }, payload(), 'c2ln'))).rejects.toEqual(saying('algorithm'));
		},
	);

	it('of a token signed with a private key is refused where a secret is configured', async () => {
		await expect(withSecret().verify(await rsa.sign())).rejects.toEqual(saying('algorithm'));
		await expect(withSecret().verify(await ec.sign())).rejects.toEqual(saying('algorithm'));
	});

	it('HS256 with the public key as its secret is refused where a key set is configured', async () => {
		const jwk = JSON.stringify(rsa.publicJwk);
		for (const secret of [bytes(rsa.pem), bytes(rsa.pem.trim()), bytes(jwk), bytes(rsa.publicJwk.n ?? '')]) {
			const bare = await hs256(payload(), secret);
			const [, body, signature] = bare.split('.');
			await expect(withKeys(rsa).verify(bare)).rejects.toEqual(saying('algorithm'));
			const named = `${forged({ alg: 'HS256', kid: rsa.kid }, 0).split('.')[0]}.${body}.${signature}`;
			await expect(withKeys(rsa).verify(named)).rejects.toEqual(saying('algorithm'));
		}
	});

	it.each(['none', 'HS256', 'RS384', 'RS512', 'PS256', 'ES384', 'EdDSA'])(
		'%s is refused where a key set is configured, without asking for the set',
		async (alg) => {
			const keys = withKeys(rsa, ec);
			await expect(keys.verify(forged({ alg, kid: rsa.kid }, payload(), 'c2ln'))).rejects.toEqual(saying('algorithm'));
			expect(keys.asked()).toBe(0);
		},
	);

	it('can not be changed for that of another key', async () => {
		const [, body, signature] = (await rsa.sign()).split('.');
		const [head] = forged({ alg: 'ES256', kid: rsa.kid }, 0).split('.');
		await expect(withKeys(rsa, ec).verify(`${head}.${body}.${signature}`)).rejects.toMatchObject({
			code: 'unauthorized',
		});
	});

	it('can bring no key of its own: jwk, jku and x5u are not looked at', async () => {
		const stranger = await signer('RS256', rsa.kid);
		const keys = withKeys(rsa);
		for (const own of [
			{ jwk: stranger.publicJwk },
			{ jku: 'https://evil.example/jwks' },
			{ x5u: 'https://evil.example' },
		])
			await expect(keys.verify(await stranger.sign(payload(), own))).rejects.toEqual(saying('signature'));
		expect(keys.urls).toEqual(['https://id.example/jwks']);
	});

	it('with critical extensions that nobody knows is refused', async () => {
		const token = forged({ alg: 'HS256', crit: ['exp'], exp: 1 }, payload(), 'c2ln');
		await expect(withSecret().verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
	});
});

describe('the times of a token', () => {
	it('hold with the clocks 60 seconds apart, and no further', async () => {
		const { verify } = withSecret();
		expect(await verify(await hs256(payload({ exp: SOON - 59 })))).toMatchObject({ userId: 'ann' });
		await expect(verify(await hs256(payload({ exp: SOON - 60 })))).rejects.toEqual(saying("expired (claim 'exp')"));
		expect(await verify(await hs256(payload({ nbf: SOON + 60 })))).toMatchObject({ userId: 'ann' });
		await expect(verify(await hs256(payload({ nbf: SOON + 61 })))).rejects.toEqual(saying("'nbf'"));
		expect(await verify(await hs256(payload({ iat: SOON + 60 })))).toMatchObject({ userId: 'ann' });
		await expect(verify(await hs256(payload({ iat: SOON + 61 })))).rejects.toEqual(saying("'iat'"));
	});

	it.each([undefined, null, '1800000000', {}])('are refused where exp is %j', async (exp) => {
		await expect(withSecret().verify(await hs256(payload({ exp })))).rejects.toEqual(saying("'exp'"));
	});

	it('are checked again at each use', async () => {
		const one = withSecret();
		const token = await hs256(payload({ exp: SOON + 10 }));
		await one.verify(token);
		await one.time.advance(70_000);
		await expect(one.verify(token)).rejects.toEqual(saying('expired'));
	});
});

describe('issuer and audience', () => {
	const issuer = 'https://id.example/';
	const audience = 'switchyard';

	it('are not asked for where none is configured', async () => {
		expect(await withSecret().verify(await hs256(payload({ iss: 'x', aud: 'y' })))).toMatchObject({ userId: 'ann' });
	});

	it('hold where they are the ones configured, the audience also among others', async () => {
		for (const aud of [audience, ['other', audience]])
			expect(await withSecret({ issuer, audience }).verify(await hs256(payload({ iss: issuer, aud })))).toMatchObject({
				userId: 'ann',
			});
	});

	it.each([undefined, 'https://id.example', 'https://evil.example/', [issuer], 7])(
		'refuse the issuer %j',
		async (iss) => {
			await expect(withSecret({ issuer }).verify(await hs256(payload({ iss })))).rejects.toEqual(saying("'iss'"));
		},
	);

	it.each([undefined, 'Switchyard', 'other', [], ['other'], 7, { switchyard: true }])(
		'refuse the audience %j',
		async (aud) => {
			await expect(withSecret({ audience }).verify(await hs256(payload({ aud })))).rejects.toEqual(saying("'aud'"));
		},
	);
});

describe('what is no token', () => {
	it.each([
		'a.b.c',
		'..',
		'e30.e30.',
		`${forged({ alg: 'HS256' }, 'text', 'c2ln')}`,
		`${forged(['HS256'], payload(), 'c2ln')}`,
		`${forged(null, payload(), 'c2ln')}`,
		`${forged({ alg: 7 }, payload(), 'c2ln')}`,
		`eyJhbGciOiJIUzI1NiJ9.${'A'.repeat(17_000)}.c2ln`,
	])('is refused (%#)', async (token) => {
		await expect(withSecret().verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
	});

	it('is never repeated in the refusal', async () => {
		const marked = 'MARKED_SECRET_MATERIAL';
		for (const token of [
			forged({ alg: 'none', kid: marked }, payload({ sub: marked })),
			forged({ alg: marked }, payload({ sub: marked }), marked),
			await hs256(payload({ sub: marked, exp: 1, iss: marked, aud: marked })),
			await hs256(payload({ sub: `${marked}\n`, organization_id: marked })),
			await hs256(payload({ organization_id: [marked], role: marked })),
		]) {
			const refusal = await withSecret({ issuer: 'i' })
				.verify(token)
				.catch((thrown: unknown) => thrown);
			expect(refusal).toBeInstanceOf(GatewayError);
			expect(`${String(refusal)} ${JSON.stringify(refusal)}`).not.toContain(marked);
		}
	});
});

describe('a token signed with a private key', () => {
	it.each([rsa, ec])('is accepted by its key of the set (%#)', async (each) => {
		expect(await withKeys(rsa, ec).verify(await each.sign())).toMatchObject({ userId: 'ann', organization: 'o1' });
	});

	it('that names no key is tried with every key of its kind', async () => {
		const [first, second] = [await signer('RS256', 'a'), await signer('RS256', 'b')];
		const keys = withKeys(ec, first, second);
		expect(await keys.verify(await second.sign(payload(), { kid: undefined }))).toMatchObject({ userId: 'ann' });
		const stranger = await signer('RS256', 'c');
		await expect(keys.verify(await stranger.sign(payload(), { kid: undefined }))).rejects.toEqual(saying('signature'));
	});

	it('of another key with the same name is refused', async () => {
		const stranger = await signer('RS256', rsa.kid);
		await expect(withKeys(rsa).verify(await stranger.sign())).rejects.toEqual(saying('signature'));
	});

	it.each([
		['meant for encryption', { use: 'enc' }],
		['of another algorithm', { alg: 'RS512' }],
		['that may not verify', { key_ops: ['encrypt'] }],
		['without its numbers', { n: undefined }],
	])('is refused by a key %s', async (_what, change) => {
		const keys = bench({ keys: [{ ...rsa.publicJwk, ...change }] });
		await expect(keys.verify(await rsa.sign())).rejects.toEqual(saying('key set'));
	});

	it('is refused by an RSA key of fewer than 2,048 bits', async () => {
		const weak = (await crypto.subtle.generateKey(
			{ name: 'RSASSA-PKCS1-v1_5', modulusLength: 1_024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
			true,
			['sign', 'verify'],
		)) as CryptoKeyPair;
		const jwk = { ...(await crypto.subtle.exportKey('jwk', weak.publicKey)), kid: 'weak' };
		const text = forged({ alg: 'RS256', kid: 'weak' }, payload()).slice(0, -1);
		const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', weak.privateKey, bytes(text));
		const token = `${text}.${base64url.encode(new Uint8Array(signature))}`;
		const { key_ops: _, alg: __, ...served } = jwk as Record<string, unknown>;
		await expect(bench({ keys: [served] }).verify(token)).rejects.toEqual(saying('key set'));
	});

	it('is verified by public keys alone, whatever else the set holds', async () => {
		const broken = [null, 7, 'text', { kty: 'oct', k: 'c2VjcmV0', kid: rsa.kid, alg: 'HS256' }, { kty: 5 }, {}];
		const keys = bench({ keys: [...broken, { ...rsa.publicJwk, x5c: ['..'], d: 'private' }] });
		expect(await keys.verify(await rsa.sign())).toMatchObject({ userId: 'ann' });
	});
});

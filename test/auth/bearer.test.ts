import { describe, expect, it } from 'vitest';
import { credentialOf, looksLikeGatewayKey, looksLikeJwt } from '../../src/auth/bearer';

const of = (headers: Record<string, string>): string => credentialOf(new Headers(headers));

describe('the credential of a request', () => {
	it('is the bearer of the authorization header, whatever the case of the scheme', () => {
		expect(of({ authorization: 'Bearer one' })).toBe('one');
		expect(of({ Authorization: 'bearer  one ' })).toBe('one');
	});

	it('is x-api-key where there is no bearer', () => {
		expect(of({ 'x-api-key': ' two ' })).toBe('two');
		expect(of({ authorization: 'Basic dTpw', 'x-api-key': 'two' })).toBe('two');
	});

	it('is the bearer where both are there', () => {
		expect(of({ authorization: 'Bearer one', 'x-api-key': 'two' })).toBe('one');
	});

	it('is missing without either, and the message says what to send', () => {
		for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': '  ' }])
			expect(() => of(headers)).toThrow(
				expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining('No credential') }),
			);
	});

	it.each(['Bearer', 'Bearer ', 'Basic dTpw', 'Bearer two words', 'Token x'])('is not in %j', (authorization) => {
		expect(() => of({ authorization })).toThrow(
			expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining('no bearer credential') }),
		);
	});
});

describe('the kind of a credential', () => {
	it('is a gateway key by its prefix, well-formed or not', () => {
		expect(looksLikeGatewayKey('sy_abc_secret')).toBe(true);
		expect(looksLikeGatewayKey('sy_')).toBe(true);
		expect(looksLikeGatewayKey('sk-abc')).toBe(false);
	});

	it('is a JSON Web Token where it has three parts of base64url, the last of which `alg: none` leaves empty', () => {
		expect(looksLikeJwt('eyJhbGciOiJub25lIn0.e30.')).toBe(true);
		expect(looksLikeJwt('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_')).toBe(true);
		for (const other of ['a.b', '.b.c', 'a.b.c.d', 'a.b.c!', 'plain']) expect(looksLikeJwt(other)).toBe(false);
	});
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../src/auth/claims';
import { scopesOfRole } from '../../src/auth/role';

const EXP = 1_800_000_000;
const claims = (change: Record<string, unknown> = {}) =>
	claimsOf({ sub: 'ann', exp: EXP, organization_id: 'acme', role: 'member', ...change });

const unauthorized = expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining("'sub'") });
const forbidden = expect.objectContaining({ code: 'forbidden' });

describe('claims', () => {
	it('name user, organization, role and end', () => {
		expect(claims()).toEqual({ userId: 'ann', organization: 'acme', role: 'member', expiresAt: EXP * 1_000 });
	});

	it('are read from a token as Supabase makes them', () => {
		const supabase = {
			iss: 'https://ref.supabase.co/auth/v1',
			sub: '5a1d3f9e-5d3b-4b0e-9d57-2a1f0c8be001',
			aud: 'authenticated',
			exp: EXP,
			iat: EXP - 3_600,
			email: 'ann@example.com',
			phone: '',
			app_metadata: { provider: 'email', providers: ['email'], organization_id: 'acme' },
			user_metadata: { role: 'owner', organization_id: 'another' },
			role: 'authenticated',
			aal: 'aal1',
			session_id: '9b2d',
			is_anonymous: false,
		};
		expect(claimsOf(supabase)).toEqual({
			userId: supabase.sub,
			organization: 'acme',
			role: 'member',
			expiresAt: EXP * 1_000,
		});
	});

	it.each([
		['owner', 'owner'],
		['admin', 'admin'],
		['member', 'member'],
		['service', 'service'],
		['authenticated', 'member'],
		['service_role', 'service'],
		['anon', null],
		['Owner', null],
		['', null],
		['__proto__', null],
		['constructor', null],
		[undefined, null],
		[null, null],
		[7, null],
		[['owner'], null],
		[{ toString: 'owner' }, null],
	])('say the role %j as %j', (role, expected) => {
		expect(claims({ role }).role).toBe(expected);
	});

	it('take the role of app_metadata before the one beside it, also where it is unknown', () => {
		expect(claims({ app_metadata: { role: 'owner' } }).role).toBe('owner');
		expect(claims({ role: 'owner', app_metadata: { role: 'nobody' } }).role).toBeNull();
		expect(claims({ role: 'owner', app_metadata: { role: null } }).role).toBe('owner');
	});

	it('take the organization beside sub before the one of app_metadata', () => {
		expect(claims({ app_metadata: { organization_id: 'other' } }).organization).toBe('acme');
		expect(claims({ organization_id: undefined, app_metadata: { organization_id: 'o2' } }).organization).toBe('o2');
	});

	it.each([undefined, null, '', 7, true, ['acme'], { id: 'acme' }, 'a b', 'ä', 'a\n', 'x'.repeat(129)])(
		'name no organization by %j',
		(organization_id) => {
			expect(() => claims({ organization_id })).toThrow(forbidden);
		},
	);

	it.each(['text', null, ['organization_id'], 7])('have no app_metadata in %j', (app_metadata) => {
		expect(() => claims({ organization_id: undefined, app_metadata })).toThrow(forbidden);
	});

	it.each([undefined, null, '', 7, ['ann'], 'a\u0000', 'a\nb', '\u007f', '\u0085', '\ud800', 'x'.repeat(257)])(
		'without a usable sub (%j) are nobody',
		(sub) => {
			expect(() => claims({ sub })).toThrow(unauthorized);
		},
	);

	it('take a sub of 256 characters in any script', () => {
		expect(claims({ sub: 'é'.repeat(256) }).userId).toHaveLength(256);
	});

	it('end at a moment that can be written, however late or broken exp is', () => {
		for (const exp of [EXP + 0.4, 1e300, 8.64e12, 8.64e12 + 1])
			expect(() => new Date(claims({ exp }).expiresAt).toISOString()).not.toThrow();
		expect(claims({ exp: EXP + 0.5 }).expiresAt).toBe(EXP * 1_000 + 500);
	});

	it('never come from anything but the object itself, and never fail otherwise than typed', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (anything) => {
				try {
					expect(claimsOf(anything).userId).toBe(anything.sub);
				} catch (thrown) {
					expect(thrown).toMatchObject({ code: expect.stringMatching(/^(unauthorized|forbidden)$/) });
				}
			}),
		);
	});
});

describe('a role', () => {
	it.each([
		['owner', ['inference', 'manage']],
		['admin', ['inference', 'manage']],
		['member', ['inference']],
		['service', ['inference']],
	] as const)('%s has the scopes %j', (role, scopes) => {
		expect(scopesOfRole(role)).toEqual(scopes);
	});
});

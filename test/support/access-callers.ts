/** Credentials of every kind that must be turned away, and one for each thing that may be done. */
import { SignJWT } from 'jose';
import type { Access, Example } from './access-types';
import { type Ask, bearer, called, type Headers, type Owner } from './access-world';

export const JWT_SECRET = 'access-jwt-secret-0123456789abcdef0123456789';
export const AUDIENCE = 'switchyard-access';

const secretOf = (text: string): Uint8Array => new TextEncoder().encode(text);

interface TokenOptions {
	readonly role?: string;
	readonly audience?: string;
	readonly expires?: string;
	readonly secret?: string;
}

/** A token as an identity provider would make it. */
export const tokenOf = (
	organization: string,
	user: string,
	{ role = 'member', audience = AUDIENCE, expires = '1h', secret = JWT_SECRET }: TokenOptions = {},
): Promise<string> =>
	new SignJWT({ organization_id: organization, app_metadata: { role } })
		.setProtectedHeader({ alg: 'HS256' })
		.setSubject(user)
		.setAudience(audience)
		.setExpirationTime(expires)
		.sign(secretOf(secret));

const unsigned = (token: string): string => {
	const [, payload = ''] = token.split('.');
	return `${btoa('{"alg":"none"}').replace(/=+$/, '')}.${payload}.`;
};

/** Everything that callers are made of, as headers. */
export interface Credentials {
	readonly operator: Headers;
	readonly owner: Headers;
	readonly admin: Headers;
	readonly manageKey: Headers;
	readonly member: Headers;
	readonly service: Headers;
	readonly inferenceKey: Headers;
	readonly manageOnlyKey: Headers;
	readonly token: Headers;
	readonly wrongSecret: Headers;
	readonly revokedKey: Headers;
	readonly revokedApiKey: Headers;
	readonly revokedToken: Headers;
	readonly expiredKey: Headers;
	readonly expiredToken: Headers;
	readonly goneKey: Headers;
	readonly expiredJwt: Headers;
	readonly wrongAudience: Headers;
	readonly wrongSignature: Headers;
	readonly unsignedJwt: Headers;
	readonly unknownOrganization: Headers;
	readonly goneOrganization: Headers;
	readonly removedMember: Headers;
	readonly loweredMember: Headers;
	readonly unknownRole: Headers;
	/** Of the admin, and of the key that was revoked afterwards. */
	readonly session: Headers;
	readonly revokedSession: Headers;
}

const ANSWERABLE = { method: 'POST', path: '/v1/chat/completions' };

/** A call that leaves the credential in every cache there is. Throws where it is refused. */
async function use(ask: Ask, headers: Headers): Promise<void> {
	const body = { model: 'mock/echo', messages: [{ role: 'user', content: 'Hello' }] };
	const request = { ...ANSWERABLE, headers: { 'content-type': 'application/json' }, body };
	const { status, text } = await ask(request, headers);
	if (status !== 200) throw new Error(`a call was answered ${status}: ${text}`);
}

async function sessionOf(ask: Ask, headers: Headers): Promise<Headers> {
	const { status, headers: answer, text } = await ask({ method: 'POST', path: '/api/v1/session' }, headers);
	if (status !== 201) throw new Error(`signing in was answered ${status}: ${text}`);
	return { cookie: answer['set-cookie']?.split(';')[0] ?? '' };
}

interface Making {
	readonly ask: Ask;
	readonly operator: Headers;
	readonly owner: Owner;
	/** An organization that is deleted for it. */
	readonly gone: Owner;
	/** Writes D1, for what the interface can't do: making a key that has expired already. */
	readonly expire: (id: string) => Promise<void>;
}

/** Keys and users of one organization in every state. Those revoked and removed were let in before. */
export async function credentialsOf({ ask, operator, owner, gone, expire }: Making): Promise<Credentials> {
	const { organization, headers: manager } = owner;
	const key = (who: Owner, input: object) =>
		called<{ id: string; key: string }>(ask, who.headers, 'gatewayKeys.create', { name: 'Access', ...input });
	const issue = (issuer: Headers) =>
		called<{ id: string; token: string }>(ask, issuer, 'gatewayKeys.issueToken', { ttlSeconds: 600 });
	const revoke = (id: string) => called(ask, manager, 'gatewayKeys.revoke', { id });
	const user = async (sub: string, options: TokenOptions = {}) => bearer(await tokenOf(organization.id, sub, options));

	const manage = await key(owner, { scopes: ['inference', 'manage'] });
	const inference = await key(owner, {});
	const manageOnly = await key(owner, { scopes: ['manage'] });
	const token = await issue(bearer(manage.key));

	const revoked = await key(owner, { scopes: ['inference', 'manage'] });
	const revokedToken = await issue(bearer(revoked.key));
	const revokedSession = await sessionOf(ask, bearer(revoked.key));
	await use(ask, bearer(revoked.key));
	await use(ask, bearer(revokedToken.token));
	await revoke(revoked.id);

	const expired = await key(owner, { scopes: ['inference', 'manage'] });
	await expire(expired.id);
	const expiredToken = await issue(bearer(manage.key));
	await expire(expiredToken.id);

	const goneKey = await key(gone, { scopes: ['inference', 'manage'] });
	await use(ask, bearer(goneKey.key));
	const { id, slug } = gone.organization;
	await called(ask, operator, 'organizations.delete', { id, confirm: slug });

	const removedMember = await user('access-removed', { role: 'owner' });
	await called(ask, manager, 'memberships.set', { userId: 'access-removed', role: 'admin' });
	await use(ask, removedMember);
	await called(ask, manager, 'memberships.remove', { userId: 'access-removed' });
	const loweredMember = await user('access-lowered', { role: 'owner' });
	await use(ask, loweredMember);
	await called(ask, manager, 'memberships.set', { userId: 'access-lowered', role: 'member' });

	const signed = await tokenOf(organization.id, 'access-owner', { role: 'owner' });
	const admin = await user('access-admin', { role: 'admin' });
	return {
		operator: { ...operator, 'x-switchyard-organization': organization.id },
		owner: bearer(signed),
		admin,
		manageKey: bearer(manage.key),
		member: await user('access-member'),
		service: await user('access-service', { role: 'service_role' }),
		inferenceKey: bearer(inference.key),
		manageOnlyKey: bearer(manageOnly.key),
		token: bearer(token.token),
		wrongSecret: bearer(`sy_${manage.id}_${inference.key.slice(`sy_${inference.id}_`.length)}`),
		revokedKey: bearer(revoked.key),
		revokedApiKey: { 'x-api-key': revoked.key },
		revokedToken: bearer(revokedToken.token),
		expiredKey: bearer(expired.key),
		expiredToken: bearer(expiredToken.token),
		goneKey: bearer(goneKey.key),
		// Clocks may differ by a minute.
		expiredJwt: await user('access-owner', { role: 'owner', expires: '2 minutes ago' }),
		wrongAudience: await user('access-owner', { role: 'owner', audience: 'somebody-else' }),
		wrongSignature: await user('access-owner', { role: 'owner', secret: `${JWT_SECRET}!` }),
		unsignedJwt: bearer(unsigned(signed)),
		unknownOrganization: bearer(await tokenOf('nobody-here', 'access-owner', { role: 'owner' })),
		goneOrganization: bearer(await tokenOf(id, 'access-owner', { role: 'owner' })),
		removedMember,
		loweredMember,
		unknownRole: await user('access-guest', { role: 'guest' }),
		session: await sessionOf(ask, admin),
		revokedSession,
	};
}

/** Who asks, as the end of "refuses …", and what it is answered; null: it is let in. */
export interface Caller {
	readonly name: string;
	readonly headers: (credentials: Credentials, origin: string) => Headers;
	readonly refusal: (example: Example, method: string, cookieArea: boolean) => 401 | 403 | null;
}

const MAY: Readonly<Record<Access, number>> = { open: 0, any: 1, inference: 2, manage: 3, owner: 4, operator: 5 };

const nobody = (name: string, headers: Caller['headers'], status: 401 | 403 = 401): Caller => ({
	name,
	headers,
	refusal: ({ access }) => (access === 'open' ? null : status),
});

/** Somebody who may do all that is below `least`. */
const lesser = (name: string, headers: Caller['headers'], least: Access): Caller => ({
	name,
	headers,
	refusal: ({ access }) => (MAY[access] >= MAY[least] ? 403 : null),
});

/** A cookie, believed where it is looked at and from our own pages alone. */
const cookie = (
	name: string,
	headers: Caller['headers'],
	within: (method: string, example: Example) => 401 | 403 | null,
): Caller => ({
	name,
	headers,
	refusal: (example, method, cookieArea) => {
		if (example.access === 'open') return null;
		return cookieArea && example.cookie !== 'ignored' ? within(method, example) : 401;
	},
});

const foreign = (method: string): 403 | null => (method === 'GET' ? null : 403);

export const CALLERS: readonly Caller[] = [
	nobody('no key', () => ({})),
	nobody('an empty key', () => ({ authorization: 'Bearer ' })),
	nobody('a key of another scheme', ({ manageKey }) => ({
		authorization: (manageKey.authorization ?? '').replace('Bearer', 'Basic'),
	})),
	nobody('a malformed key', () => bearer('sy_malformed')),
	nobody('a key nobody has', () => bearer(`sy_${'a'.repeat(16)}_${'b'.repeat(40)}`)),
	nobody('a credential of no known kind', () => bearer('Aa0-unknown')),
	nobody("a key with another key's secret", ({ wrongSecret }) => wrongSecret),
	nobody('a revoked key', ({ revokedKey }) => revokedKey),
	nobody('a revoked key in x-api-key', ({ revokedApiKey }) => revokedApiKey),
	nobody('an expired key', ({ expiredKey }) => expiredKey),
	nobody('a key of a deleted organization', ({ goneKey }) => goneKey),
	nobody('a token whose issuer was revoked', ({ revokedToken }) => revokedToken),
	nobody('an expired token', ({ expiredToken }) => expiredToken),
	nobody('an expired JWT', ({ expiredJwt }) => expiredJwt),
	nobody('a JWT for another audience', ({ wrongAudience }) => wrongAudience),
	nobody('a JWT signed by somebody else', ({ wrongSignature }) => wrongSignature),
	nobody('a JWT that nobody signed', ({ unsignedJwt }) => unsignedJwt),
	nobody('a JWT of an unknown organization', ({ unknownOrganization }) => unknownOrganization, 403),
	nobody('a JWT of a deleted organization', ({ goneOrganization }) => goneOrganization, 403),
	nobody('a JWT of a removed member', ({ removedMember }) => removedMember, 403),
	nobody('a JWT of no known role', ({ unknownRole }) => unknownRole, 403),
	lesser('an inference key', ({ inferenceKey }) => inferenceKey, 'manage'),
	lesser("a page's token", ({ token }) => token, 'manage'),
	lesser('a member', ({ member }) => member, 'manage'),
	lesser('a service', ({ service }) => service, 'manage'),
	lesser('an owner whose membership was lowered to member', ({ loweredMember }) => loweredMember, 'manage'),
	lesser('an admin', ({ admin }) => admin, 'owner'),
	lesser('a key that manages', ({ manageKey }) => manageKey, 'owner'),
	lesser('an owner', ({ owner }) => owner, 'operator'),
	{
		name: 'a key without the scope inference',
		headers: ({ manageOnlyKey }) => manageOnlyKey,
		refusal: ({ access }) => (access === 'inference' || MAY[access] >= MAY.owner ? 403 : null),
	},
	cookie('a session cookie without Origin', ({ session }) => session, foreign),
	cookie(
		'a session cookie from another origin',
		({ session }) => ({ ...session, origin: 'https://evil.example' }),
		foreign,
	),
	cookie(
		"a session cookie with a form's content type",
		({ session }, origin) => ({ ...session, origin, 'content-type': 'text/plain' }),
		foreign,
	),
	cookie(
		'a session cookie that was altered',
		({ session }, origin) => ({ ...session, origin, cookie: `${session.cookie?.slice(0, -4)}AAAA` }),
		(_, { cookie: how }) => (how === 'unopened' ? null : 401),
	),
	cookie(
		'a session of a revoked key',
		({ revokedSession }, origin) => ({ ...revokedSession, origin }),
		(_, { cookie: how }) => (how === 'unopened' ? null : 401),
	),
];

/** The least that each access is given to. */
export const ALLOWED: Readonly<Record<Access, readonly (readonly [name: string, of: keyof Credentials | null])[]>> = {
	open: [['everybody', null]],
	any: [
		['an inference key', 'inferenceKey'],
		['a key without the scope inference', 'manageOnlyKey'],
		['a service', 'service'],
	],
	inference: [
		['an inference key', 'inferenceKey'],
		["a page's token", 'token'],
		['a member', 'member'],
		['a service', 'service'],
	],
	manage: [
		['an admin', 'admin'],
		['a key that manages', 'manageKey'],
	],
	owner: [['an owner', 'owner']],
	operator: [['the operator', 'operator']],
};

/** The console's cookie: a credential for `/trpc` and `/api/v1`, believed only from our own pages. */
import { ORGANIZATION_HEADER } from '../auth/operator';
import type { Principal } from '../auth/principal';
import { SESSION_MS } from '../auth/session';
import { GatewayError, toGatewayError } from '../errors';
import type { HttpContext } from './context';

export const SESSION_PATH = '/api/v1/session';

/**
 * A cookie of this prefix comes from this very host and over https (draft-ietf-httpbis-rfc6265bis section 4.1.3);
 * Chromium takes `http://localhost` for safe and keeps it there too.
 */
const COOKIE = '__Host-switchyard-session';
/**
 * What stands around a pair in the header. `trim` takes off Unicode's spaces too, and a cookie whose name begins with
 * one has no prefix for a browser: a sibling domain could set it.
 */
const AROUND = /^[ \t]+|[ \t]+$/g;
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

export const sessionCookie = (sealed: string): string =>
	`${COOKIE}=${sealed}; ${ATTRIBUTES}; Max-Age=${SESSION_MS / 1_000}`;

export const CLEARED_COOKIE = `${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`;

/** What a header brings wins over the cookie, whether or not it is any good. */
export const bringsCredential = (headers: Headers): boolean => headers.has('authorization') || headers.has('x-api-key');

/** The sealed session; null where the request brings none, or a credential in its headers. */
export function sessionOf(headers: Headers): string | null {
	if (bringsCredential(headers)) return null;
	for (const pair of headers.get('cookie')?.split(';') ?? []) {
		const [name, value] = pair.replace(AROUND, '').split('=', 2);
		if (name === COOKIE && value) return value;
	}
	return null;
}

const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i;

export const isJson = (c: HttpContext): boolean => JSON_TYPE.test(c.req.header('content-type') ?? '');

/** Throws `forbidden` where a page of another origin sent the request. */
export function requireOwnOrigin(c: HttpContext): void {
	if (c.req.header('origin') === new URL(c.req.url).origin) return;
	throw new GatewayError('forbidden', 'Signing in, and changes in a session, must come from a page of this origin.', {
		param: 'origin',
	});
}

/**
 * What no foreign page can send without being asked first. Throws `forbidden`. A DELETE needs no content type: it
 * mostly has no body, and whether it has one a Worker behind a proxy can't tell without reading it.
 */
export function requireOwnPage(c: HttpContext): void {
	const { method } = c.req;
	if (method === 'GET' || method === 'HEAD') return;
	requireOwnOrigin(c);
	if (method === 'DELETE' && c.req.header('content-type') === undefined) return;
	if (isJson(c)) return;
	throw new GatewayError('forbidden', 'With a session cookie a change must be sent as application/json.', {
		param: 'content-type',
	});
}

/** Printable ASCII without spaces: whatever else is written stands in no header, so nobody has it. */
const HEADER_TEXT = /^[\x21-\x7e]{1,16384}$/;

/** The headers that a bare credential would have come with. Throws `unauthorized`, `not_found`. */
export function credentialHeaders(credential: string, organization: string | null): Headers {
	if (!HEADER_TEXT.test(credential))
		throw new GatewayError('unauthorized', 'The credential is not valid: it holds characters that none has.');
	const headers = new Headers({ authorization: `Bearer ${credential}` });
	if (organization === null) return headers;
	if (!HEADER_TEXT.test(organization))
		throw new GatewayError('not_found', 'There is no organization of that name.', { param: 'organization' });
	headers.set(ORGANIZATION_HEADER, organization);
	return headers;
}

/**
 * Throws as `authenticate` does; what ends the session (401, 403) takes the cookie back with the answer, to which Hono
 * adds the headers set before it.
 */
async function holderOf(c: HttpContext, sealed: string): Promise<Principal> {
	const { composition } = c.var;
	try {
		const session = await composition.sessions.open(sealed);
		if (!session) throw new GatewayError('unauthorized', 'The session is not valid or is over: sign in again.');
		c.set('session', session);
		const named = c.req.header(ORGANIZATION_HEADER)?.trim() || session.organization;
		return await composition.authenticate(credentialHeaders(session.credential, named), { fresh: true });
	} catch (thrown) {
		const error = toGatewayError(thrown);
		if (error.code === 'unauthorized' || error.code === 'forbidden') c.res.headers.append('set-cookie', CLEARED_COOKIE);
		throw error;
	}
}

/** Who the sealed credential belongs to, checked against D1 with each request. Throws 401, 403, 404. */
export async function inSession(c: HttpContext, sealed: string): Promise<Principal> {
	const principal = await holderOf(c, sealed);
	requireOwnPage(c);
	return principal;
}

/** `/api/v1/session`: a credential swapped for the console's cookie, who holds it, and signing out. */
import type { Hono } from 'hono';
import type { Session } from '../../auth/session';
import { withBody } from '../../http/body';
import type { HttpContext, HttpEnv } from '../../http/context';
import {
	CLEARED_COOKIE,
	credentialHeaders,
	requireOwnOrigin,
	requireOwnPage,
	SESSION_PATH,
	sessionCookie,
	sessionOf,
} from '../../http/session';
import { signInOf } from './request';
import { sessionBody } from './response';

const UNCACHED = { 'cache-control': 'no-store' };

/** A page of another origin must not sign its visitors in to an account of its own choice. */
function requireOwnSender(c: HttpContext): void {
	if (sessionOf(c.req.raw.headers) !== null) requireOwnPage(c);
	else if (c.req.header('origin') !== undefined) requireOwnOrigin(c);
}

async function signIn(c: HttpContext, text: string): Promise<Response> {
	const { composition } = c.var;
	const { credential, organization, checked } = signInOf(c, text);
	const principal = await composition.authenticate(credentialHeaders(credential, organization), { fresh: true });
	requireOwnSender(c);
	checked();
	const session: Session = {
		credential,
		organization: principal.kind === 'operator' ? organization : null,
		issuedAt: composition.time.now(),
	};
	const cookie = sessionCookie(await composition.sessions.seal(session));
	return Response.json(sessionBody(principal, session), {
		status: 201,
		headers: { ...UNCACHED, 'set-cookie': cookie },
	});
}

const show = (c: HttpContext): Response =>
	Response.json(sessionBody(c.get('principal'), c.get('session') ?? null), { headers: UNCACHED });

/** Whatever the cookie is still good for, so that a browser can always be signed out. */
async function signOut(c: HttpContext): Promise<Response> {
	const { headers } = c.req.raw;
	if (sessionOf(headers) === null) await c.var.composition.authenticate(headers);
	else requireOwnPage(c);
	return new Response(null, { status: 204, headers: { ...UNCACHED, 'set-cookie': CLEARED_COOKIE } });
}

/** That the path has; any other is refused. */
export const SESSION_METHODS = ['post', 'get', 'delete'] as const;

export function session(app: Hono<HttpEnv>): void {
	app.post(SESSION_PATH, (c) => withBody(c, (text) => signIn(c, text)));
	app.get(SESSION_PATH, show);
	app.delete(SESSION_PATH, signOut);
}

/** Who is asking, before anything else is looked at: 401 precedes 404 and validation. */
import type { Principal, Scope } from '../auth/principal';
import { requireScope } from '../auth/scope';
import { toGatewayError } from '../errors';
import { type Area, areaOf } from './area';
import type { HttpContext, Middleware } from './context';
import { isPreflight } from './cors';
import { inSession, SESSION_PATH, sessionOf } from './session';

/** Routes within an authenticated area that need no key. */
const KEYLESS: ReadonlySet<string> = new Set(['/api/v1/openapi.json']);

/** Signing in and out: their door looks for the credential where else it may be. */
const SIGNING: ReadonlySet<string> = new Set([`POST ${SESSION_PATH}`, `DELETE ${SESSION_PATH}`]);

/** What a whole area asks for; `/trpc` asks per procedure. */
const NEEDED: Readonly<Record<Area, Scope | null>> = {
	openai: 'inference',
	anthropic: 'inference',
	rest: 'manage',
	trpc: null,
	open: null,
};

/** Routes that tell a credential about itself, whatever it may do. */
const ANY_SCOPE: ReadonlySet<string> = new Set(['/v1/key', SESSION_PATH]);

function needsNoKey(c: HttpContext, area: Area): boolean {
	const { method, path } = c.req;
	return area === 'open' || KEYLESS.has(path) || SIGNING.has(`${method} ${path}`) || isPreflight(c);
}

/** The console's cookie is a credential for its own interfaces, and for no inference door. */
function principalOf(c: HttpContext, area: Area): Promise<Principal> {
	const { headers } = c.req.raw;
	const sealed = area === 'trpc' || area === 'rest' ? sessionOf(headers) : null;
	return sealed === null ? c.var.composition.authenticate(headers) : inSession(c, sealed);
}

/** How a request can be refused before the path has asked whether the cache it was let in by still holds. */
const UNCHECKED: ReadonlySet<number> = new Set([400, 404, 413]);

/** Throws `unauthorized` or `forbidden` where D1 says so; where it does not answer the refusal stands as it is. */
async function confirm(c: HttpContext, scope: Scope | null): Promise<void> {
	try {
		const principal = await c.var.composition.authenticate(c.req.raw.headers, { fresh: true });
		if (scope) requireScope(principal, scope);
	} catch (thrown) {
		const error = toGatewayError(thrown);
		if (error.code === 'unauthorized' || error.code === 'forbidden') throw error;
	}
}

/** Sets `principal` on every `/v1`, `/api/v1` and `/trpc` route. Throws 401, 403, 404, 400. */
export const authenticate: Middleware = async (c, next) => {
	const area = areaOf(c.req.path);
	if (needsNoKey(c, area)) return next();
	const principal = await principalOf(c, area);
	c.set('principal', principal);
	const scope = ANY_SCOPE.has(c.req.path) ? null : NEEDED[area];
	if (scope) requireScope(principal, scope);
	await next();
	const fresh = principal.fresh || c.get('session') !== undefined;
	if (!fresh && UNCHECKED.has(c.res.status)) await confirm(c, scope);
};

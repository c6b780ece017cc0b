/** Who is asking, before anything else is looked at: 401 precedes 404 and validation. */
import type { Principal, Scope } from '../auth/principal';
import { GatewayError } from '../errors';
import { type Area, areaOf } from './area';
import type { Middleware } from './context';
import { isPreflight } from './cors';

/** Routes within an authenticated area that need no key. */
const KEYLESS: ReadonlySet<string> = new Set(['/api/v1/openapi.json']);

/** What a whole area asks for; `/trpc` asks per procedure. */
const NEEDED: Readonly<Record<Area, Scope | null>> = {
	openai: 'inference',
	anthropic: 'inference',
	rest: 'manage',
	trpc: null,
	open: null,
};

/** Throws `forbidden` where the credential was made without `scope`. */
export function requireScope(principal: Principal, scope: Scope): void {
	if (principal.scopes.includes(scope)) return;
	throw new GatewayError('forbidden', `This credential lacks the scope '${scope}'.`);
}

/** Sets `principal` on every `/v1`, `/api/v1` and `/trpc` route. Throws 401, 403, 400. */
export const authenticate: Middleware = async (c, next) => {
	const area = areaOf(c.req.path);
	if (area === 'open' || KEYLESS.has(c.req.path) || isPreflight(c)) return next();
	const principal = await c.var.composition.authenticate(c.req.raw.headers);
	c.set('principal', principal);
	const scope = NEEDED[area];
	if (scope) requireScope(principal, scope);
	return next();
};

/**
 * Cross-origin calls to `/v1` and `/trpc`. A preflight carries no key, so it can't know a key's own origins:
 * it lets every web origin ask, and the answer itself is readable only where `CORS_ORIGINS` or the key allows
 * that origin. Credentials mode is never allowed, so a page can send no more than the key it already holds.
 */
import { areaOf } from './area';
import type { HttpContext, Middleware } from './context';

/** Seconds a browser may remember a preflight (Chromium's own maximum). */
const MAX_AGE = '7200';

/** Header names of RFC 9110, comma-separated; anything else is not echoed. */
const FIELD_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;

const DEFAULT_HEADERS = 'authorization, content-type';

function crossOriginArea(c: HttpContext): boolean {
	const area = areaOf(c.req.path);
	return area === 'openai' || area === 'anthropic' || area === 'trpc';
}

/** An `OPTIONS` with `Origin` on a cross-origin route: answered without a key. */
export const isPreflight = (c: HttpContext): boolean =>
	c.req.method === 'OPTIONS' && c.req.header('origin') !== undefined && crossOriginArea(c);

const bare = (origin: string): string => (origin.endsWith('/') ? origin.slice(0, -1) : origin);

function allowed(c: HttpContext, origin: string): boolean {
	const { corsOrigins } = c.var.composition.settings;
	const own = (c.var.composition.renewed ?? c.get('principal'))?.origins ?? [];
	return [...corsOrigins, ...own].some((known) => known === '*' || bare(known) === origin);
}

function preflight(c: HttpContext, origin: string): Response {
	const headers = new Headers({ vary: 'Origin, Access-Control-Request-Headers' });
	if (/^https?:\/\//.test(origin) || allowed(c, origin)) {
		const asked = c.req.header('access-control-request-headers') ?? '';
		headers.set('access-control-allow-origin', origin);
		headers.set('access-control-allow-methods', 'GET, POST, OPTIONS');
		headers.set('access-control-allow-headers', FIELD_NAMES.test(asked) ? asked : DEFAULT_HEADERS);
		headers.set('access-control-max-age', MAX_AGE);
	}
	return new Response(null, { status: 204, headers });
}

/** Names every `x-*` header of this answer: a wildcard would do in Chromium, not in Safari before 16. */
function exposed(headers: Headers): string {
	const names = new Set(['retry-after', 'x-request-id']);
	for (const name of headers.keys()) if (name.startsWith('x-') || name === 'request-id') names.add(name);
	return [...names].join(', ');
}

export const cors: Middleware = async (c, next) => {
	if (!crossOriginArea(c)) return next();
	const origin = c.req.header('origin');
	if (origin !== undefined && c.req.method === 'OPTIONS') return preflight(c, origin);
	await next();
	const { headers } = c.res;
	headers.append('vary', 'Origin');
	if (origin === undefined || !allowed(c, origin)) return;
	headers.set('access-control-allow-origin', origin);
	headers.set('access-control-expose-headers', exposed(headers));
};

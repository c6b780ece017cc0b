/** Declared routes on Hono, and what answers a method they do not have. */
import type { Hono } from 'hono';
import type { HttpContext, HttpEnv } from '../../http/context';
import { methodNotAllowed } from './error';
import type { Operation } from './operation';

/** `{id}` as Hono writes it. */
const routeOf = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

export function serve(app: Hono<HttpEnv>, operations: readonly Operation[]): void {
	for (const { method, path, answer } of operations) if (answer) app.on(method.toUpperCase(), routeOf(path), answer);
}

/** Hono answers HEAD wherever there is a GET. */
function allowedMethods(path: string, operations: readonly Operation[]): readonly string[] {
	const methods = operations.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
	return methods.includes('GET') ? ['HEAD', ...methods] : methods;
}

/** Mounted after every door that serves one of these paths. */
export function refuseOtherMethods(app: Hono<HttpEnv>, operations: readonly Operation[]): void {
	for (const path of new Set(operations.map((one) => one.path))) {
		const allowed = allowedMethods(path, operations);
		app.all(routeOf(path), (c: HttpContext) => methodNotAllowed(c.req.method, allowed));
	}
}

const UNCACHED = { 'cache-control': 'no-store' };

/** A JSON answer that nobody may keep. */
export const json = (body: unknown, init: { readonly status?: number; readonly headers?: HeadersInit } = {}) => {
	const headers = new Headers(init.headers);
	headers.set('cache-control', 'no-store');
	return Response.json(body, { status: init.status ?? 200, headers });
};

export const noContent = (): Response => new Response(null, { status: 204, headers: UNCACHED });

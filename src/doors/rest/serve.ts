/** Declared routes on Hono, and what answers a method they do not have. */
import type { Hono } from 'hono';
import * as z from 'zod';
import type { HttpContext, HttpEnv } from '../../http/context';
import { parsed } from '../../http/issue';
import { methodNotAllowed } from './error';
import { jsonBody } from './json-body';
import { queryOf } from './query';

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface Place {
	readonly method: Method;
	/** With `{name}` for what a caller puts in. */
	readonly path: string;
}

interface Taken<Query extends z.ZodObject, Body extends z.ZodType> extends Place {
	readonly query?: Query;
	readonly body?: Body;
	/** True: an absent body is `{}`. */
	readonly optional?: true;
}

interface Declaration<Query extends z.ZodObject, Body extends z.ZodType> extends Taken<Query, Body> {
	/** Gets what the schemas made of query and body. */
	readonly handle: (
		c: HttpContext,
		input: { readonly query: z.output<Query>; readonly body: z.output<Body> },
	) => Promise<Response>;
}

/** One route of this door; what is told of it stands in `described/`. */
export interface Route extends Taken<z.ZodObject, z.ZodType> {
	readonly answer: (c: HttpContext) => Promise<Response>;
}

const nothing = z.strictObject({});

/** A change whose caller has left is carried through all the same; one with a body is, by whoever reads that. */
function kept(c: HttpContext, work: Promise<Response>): Promise<Response> {
	if (c.req.method !== 'GET' && c.req.method !== 'HEAD') c.executionCtx.waitUntil(work.catch(() => undefined));
	return work;
}

/** Unknown query parameters and body fields are refused before `handle` is called. */
export function route<
	Query extends z.ZodObject = typeof nothing,
	Body extends z.ZodType = z.ZodType<Readonly<Record<string, unknown>>>,
>({ handle, ...taken }: Declaration<Query, Body>): Route {
	const { body, optional = false } = taken;
	return {
		...taken,
		answer: async (c) => {
			const query = parsed(taken.query ?? nothing, queryOf(c)) as z.output<Query>;
			if (!body) return kept(c, handle(c, { query, body: {} as z.output<Body> }));
			return jsonBody(c, optional, (value) => handle(c, { query, body: parsed(body, value) }));
		},
	};
}

/** `{id}` as Hono writes it. */
const routeOf = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

export function serve(app: Hono<HttpEnv>, routes: readonly Route[]): void {
	for (const { method, path, answer } of routes) app.on(method.toUpperCase(), routeOf(path), answer);
}

/** Hono answers HEAD wherever there is a GET. */
function allowedMethods(path: string, places: readonly Place[]): readonly string[] {
	const methods = places.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
	return methods.includes('GET') ? ['HEAD', ...methods] : methods;
}

/** Mounted after every door that serves one of these paths. */
export function refuseOtherMethods(app: Hono<HttpEnv>, places: readonly Place[]): void {
	for (const path of new Set(places.map((one) => one.path))) {
		const allowed = allowedMethods(path, places);
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

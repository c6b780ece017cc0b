/** Liveness and readiness; neither needs a key. */
import type { Hono } from 'hono';
import type { HttpContext, HttpEnv } from '../../http/context';
import { OWN_ERROR } from '../../http/headers';

const UNCACHED = { 'cache-control': 'no-store' };

/** 200, or 503 naming the parts that did not answer. */
async function readiness(c: HttpContext): Promise<Response> {
	const parts = await c.var.composition.ready();
	const failed = Object.entries(parts).flatMap(([part, state]) => (state === 'ok' ? [] : [part]));
	const body = { status: failed.length > 0 ? 'failed' : 'ok', failed, parts };
	if (failed.length === 0) return Response.json(body, { headers: UNCACHED });
	return Response.json(body, { status: 503, headers: { ...UNCACHED, ...OWN_ERROR } });
}

export function health(app: Hono<HttpEnv>): void {
	app.get('/healthz', () => Response.json({ status: 'ok' }, { headers: UNCACHED }));
	app.get('/readyz', readiness);
}

/** Liveness and readiness; neither needs a key. */
import type { Hono } from 'hono';
import type { HttpContext, HttpEnv } from '../../http/context';

const UNCACHED = { 'cache-control': 'no-store' };

/** 200, or 503 naming the parts that did not answer. */
async function readiness(c: HttpContext): Promise<Response> {
	const parts = await c.var.composition.ready();
	const failed = Object.entries(parts).flatMap(([part, state]) => (state === 'ok' ? [] : [part]));
	const body = { status: failed.length > 0 ? 'failed' : 'ok', failed, parts };
	return Response.json(body, { status: failed.length > 0 ? 503 : 200, headers: UNCACHED });
}

export function health(app: Hono<HttpEnv>): void {
	app.get('/healthz', () => Response.json({ status: 'ok' }, { headers: UNCACHED }));
	app.get('/readyz', readiness);
}

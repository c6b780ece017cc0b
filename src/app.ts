/** The Hono app on one screen: the composition, then the doors with their middleware. */
import { Hono } from 'hono';
import { compose } from './compose';
import { mountDoors } from './doors';
import type { HttpEnv } from './http/context';

export function app(): Hono<HttpEnv> {
	const hono = new Hono<HttpEnv>();
	hono.use(async (c, next) => {
		c.set('composition', compose(c.env, c.req.raw, c.executionCtx));
		await next();
	});
	mountDoors(hono);
	return hono;
}

/** The REST interface, `GET /v1/key`, and what describes them: `/api/v1/openapi.json` and `/docs`. */
import type { Hono } from 'hono';
import type { HttpEnv } from '../../http/context';
import { SESSION_PATH } from '../../http/session';
import { keyRoute } from '../key/route';
import { SESSION_METHODS } from '../session/route';
import { docs, openApiRoute } from './description';
import { providerRoutes } from './provider-routes';
import { type Place, type Route, refuseOtherMethods, serve } from './serve';

/** All that are answered here; `described/` tells of them. */
export const ROUTES: readonly Route[] = [...Object.values(providerRoutes), keyRoute, openApiRoute];

const ofSession: readonly Place[] = SESSION_METHODS.map((method) => ({ method, path: SESSION_PATH }));

/** Mounted after the doors that answer beside it: a method that none has for a path is answered 405 here. */
export function rest(app: Hono<HttpEnv>): void {
	serve(app, ROUTES);
	app.get('/docs', docs);
	refuseOtherMethods(
		app,
		[...ROUTES, ...ofSession].filter(({ path }) => path.startsWith('/api/v1/')),
	);
}

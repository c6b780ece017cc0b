/** A path no door takes. Authentication came first, so on `/v1`, `/api/v1` and `/trpc` the caller is known. */
import { GatewayError } from '../errors';
import type { HttpContext } from './context';

export const notFoundError = (c: HttpContext): GatewayError =>
	new GatewayError('not_found', `No such route: ${c.req.method} ${c.req.path}`);

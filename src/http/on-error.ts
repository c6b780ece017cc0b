/** Whatever was thrown, as the answer of the door it was thrown in. */
import { type GatewayError, toGatewayError } from '../errors';
import type { HttpContext, Middleware } from './context';

/** Our own faults go into the log with their cause; everything else is the caller's or an upstream's news. */
export function logFault(error: GatewayError, c: HttpContext): void {
	if (error.code !== 'internal') return;
	const { cause } = error;
	c.get('composition')?.log('error', 'request-failed', {
		requestId: c.get('requestId') ?? null,
		clientRequestId: c.get('clientRequestId') ?? null,
		method: c.req.method,
		path: c.req.path,
		message: error.message,
		cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? ''),
	});
}

/** `render` writes an error in the shape of the door that the path belongs to. */
export function errorHandler(render: (error: GatewayError, c: HttpContext) => Response) {
	return (thrown: unknown, c: HttpContext): Response => {
		const error = toGatewayError(thrown);
		logFault(error, c);
		return render(error, c);
	};
}

/** Hono hands only `Error`s to its error handler; an abort's reason may be anything. */
export const thrownAsErrors: Middleware = async (_c, next) => {
	try {
		await next();
	} catch (thrown) {
		throw toGatewayError(thrown);
	}
};

/** Request ids: ours names the request in log and ledger, the caller's own is echoed and stored beside it. */
import type { HttpContext, Middleware } from './context';

const USABLE = /^[\x21-\x7e]{1,128}$/;

/** The one that answers show: the caller's own, else ours. */
export const shownRequestId = (c: HttpContext): string => c.get('clientRequestId') ?? c.get('requestId');

/** Sets `requestId`, `clientRequestId` and `receivedAt`; every answer carries `x-request-id`. */
export const requestId: Middleware = async (c, next) => {
	const { newId, time } = c.var.composition;
	const inbound = c.req.header('x-request-id');
	const ours = newId();
	const theirs = inbound !== undefined && USABLE.test(inbound) ? inbound : null;
	c.set('receivedAt', time.now());
	c.set('requestId', ours);
	c.set('clientRequestId', theirs);
	await next();
	c.res.headers.set('x-request-id', shownRequestId(c));
};

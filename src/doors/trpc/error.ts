/** An error before any procedure was reached, in the shape that procedures' errors have. */
import { getTRPCErrorShape } from '@trpc/server';
import type { GatewayError } from '../../errors';
import { errorHeaders } from '../../http/headers';
import { appRouter } from '../../routers';
import { trpcError } from '../../routers/init';

/** One object also for a batch: tRPC's clients take it as the error of every call. */
export function trpcErrorResponse(error: GatewayError): Response {
	const shape = getTRPCErrorShape({
		config: appRouter._def._config,
		error: trpcError(error),
		type: 'unknown',
		path: undefined,
		input: undefined,
		ctx: undefined,
	});
	return Response.json({ error: shape }, { status: error.status, headers: errorHeaders(error) });
}

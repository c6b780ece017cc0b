/** Reads of D1 on the way in: where the database can't answer, the caller is told to come back, not that it is unknown. */
import { GatewayError } from '../errors';

/** Throws `upstream_unavailable` (503) for whatever the database threw. */
export async function stored<T>(read: PromiseLike<T>): Promise<T> {
	try {
		return await read;
	} catch (cause) {
		throw new GatewayError('upstream_unavailable', 'The configuration store does not answer. Try again.', {
			retryAfterMs: 1_000,
			cause,
		});
	}
}

import { toGatewayError } from '../errors';
import { pullModel, pullModelInput } from '../services/model-pull';
import { manageProcedure, router, trpcError } from './init';

export const providersRouter = router({
	/** Streamed, as `stream` is. Nothing is asked of the server before the first event is asked for. */
	pullModel: manageProcedure.input(pullModelInput).mutation(async function* ({ ctx, input, signal }) {
		try {
			yield* pullModel(ctx.services, input, signal ?? ctx.call.signal);
		} catch (error) {
			throw trpcError(toGatewayError(error));
		}
	}),
});

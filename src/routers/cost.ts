/** `cost.estimate`: what a request would cost, were it sent. */
import { estimateResult } from './answer';
import { chatCallOf } from './inference';
import { chatInput } from './inference-input';
import { inferenceProcedure, router } from './init';

export const costRouter = router({
	/** A mutation for the same reason as `tokens.count`. */
	estimate: inferenceProcedure
		.input(chatInput)
		.mutation(async ({ ctx, input, signal }) =>
			estimateResult(await ctx.gateway.estimateCost(chatCallOf(ctx, input, signal))),
		),
});

/** `tokens.count`: what a request would count, were it sent. */

import { chatCallOf } from './inference';
import { chatInput } from './inference-input';
import { inferenceProcedure, router } from './init';

export const tokensRouter = router({
	/** Changes nothing, yet is a mutation as `chat` is: a query's input is part of the URL, where no conversation fits. */
	count: inferenceProcedure
		.input(chatInput)
		.mutation(({ ctx, input, signal }) => ctx.gateway.countTokens(chatCallOf(ctx, input, signal))),
});

import { createGatewayKeyInput, gatewayKeyReference } from '../services/gateway-key-input';
import { createGatewayKey, listGatewayKeys, revokeGatewayKey } from '../services/gateway-keys';
import { manageProcedure, router } from './init';

export const gatewayKeysRouter = router({
	/** The answer's `key` is shown this once. */
	create: manageProcedure
		.input(createGatewayKeyInput)
		.mutation(({ ctx, input }) => createGatewayKey(ctx.services, input)),
	revoke: manageProcedure
		.input(gatewayKeyReference)
		.mutation(({ ctx, input }) => revokeGatewayKey(ctx.services, input)),
	list: manageProcedure.query(({ ctx }) => listGatewayKeys(ctx.services)),
});

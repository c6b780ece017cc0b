import {
	createGatewayKeyInput,
	gatewayKeyReference,
	issueTokenInput,
	listGatewayKeysInput,
	rotateGatewayKeyInput,
	updateGatewayKeyInput,
} from '../services/gateway-key-input';
import {
	createGatewayKey,
	getGatewayKey,
	listGatewayKeys,
	revokeGatewayKey,
	updateGatewayKey,
} from '../services/gateway-keys';
import { issueToken } from '../services/issue-token';
import { rotateGatewayKey } from '../services/rotate-gateway-key';
import { manageProcedure, router } from './init';

export const gatewayKeysRouter = router({
	/** The answer's `key` is shown this once. */
	create: manageProcedure
		.input(createGatewayKeyInput)
		.mutation(({ ctx, input }) => createGatewayKey(ctx.services, input)),
	list: manageProcedure.input(listGatewayKeysInput).query(({ ctx, input }) => listGatewayKeys(ctx.services, input)),
	get: manageProcedure.input(gatewayKeyReference).query(({ ctx, input }) => getGatewayKey(ctx.services, input)),
	update: manageProcedure
		.input(updateGatewayKeyInput)
		.mutation(({ ctx, input }) => updateGatewayKey(ctx.services, input)),
	/** The answer's `key` is the successor's, shown this once. */
	rotate: manageProcedure
		.input(rotateGatewayKeyInput)
		.mutation(({ ctx, input }) => rotateGatewayKey(ctx.services, input)),
	revoke: manageProcedure
		.input(gatewayKeyReference)
		.mutation(({ ctx, input }) => revokeGatewayKey(ctx.services, input)),
	/** For a page: the answer's `token` is shown this once. */
	issueToken: manageProcedure.input(issueTokenInput).mutation(({ ctx, input }) => issueToken(ctx.services, input)),
});

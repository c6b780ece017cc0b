import { toGatewayError } from '../errors';
import { pullModel, pullModelInput } from '../services/model-pull';
import {
	addProviderInput,
	adoptEnvironmentInput,
	providerReference,
	providerStatusInput,
	providerUsageInput,
	removeProviderInput,
	resealKeysInput,
	rotateProviderInput,
	testProviderInput,
	updateProviderInput,
} from '../services/provider-input';
import { availableProviders } from '../services/provider-kinds';
import {
	addProvider,
	adoptEnvironment,
	getProvider,
	listProviders,
	providerModels,
	providerStatus,
	providerUsage,
	removeProvider,
	resealKeys,
	rotateProvider,
	testProvider,
	updateProvider,
} from '../services/providers';
import { manageProcedure, router, trpcError } from './init';

export const providersRouter = router({
	/** Which providers there are, and what a row of each holds. */
	available: manageProcedure.query(({ ctx }) => availableProviders(ctx.services)),
	add: manageProcedure.input(addProviderInput).mutation(({ ctx, input }) => addProvider(ctx.services, input)),
	list: manageProcedure.query(({ ctx }) => listProviders(ctx.services)),
	get: manageProcedure.input(providerReference).query(({ ctx, input }) => getProvider(ctx.services, input)),
	update: manageProcedure.input(updateProviderInput).mutation(({ ctx, input }) => updateProvider(ctx.services, input)),
	/** Takes it out of use; it stays listed, inactive. */
	remove: manageProcedure.input(removeProviderInput).mutation(({ ctx, input }) => removeProvider(ctx.services, input)),
	/** A real, tiny call. That it failed is an answer, no error. */
	test: manageProcedure
		.input(testProviderInput)
		.mutation(({ ctx, input, signal }) => testProvider(ctx.services, input, signal ?? ctx.call.signal)),
	/** How the endpoints of the organization's keys do, and how its keys stand there. */
	status: manageProcedure
		.input(providerStatusInput.default({}))
		.query(({ ctx, input }) => providerStatus(ctx.services, input)),
	usage: manageProcedure.input(providerUsageInput).query(({ ctx, input }) => providerUsage(ctx.services, input)),
	models: manageProcedure.input(providerReference).query(({ ctx, input }) => providerModels(ctx.services, input)),
	rotate: manageProcedure
		.input(rotateProviderInput)
		.mutation(({ ctx, input, signal }) => rotateProvider(ctx.services, input, signal ?? ctx.call.signal)),
	/** The operator's: keys of the environment as rows of the organization. */
	adoptEnvironment: manageProcedure
		.input(adoptEnvironmentInput.default({}))
		.mutation(({ ctx, input }) => adoptEnvironment(ctx.services, input)),
	/** The operator's, over all organizations: see docs/rotating-keys.md. */
	resealKeys: manageProcedure
		.input(resealKeysInput.default({}))
		.mutation(({ ctx, input }) => resealKeys(ctx.services, input)),
	/** Streamed, as `stream` is. Nothing is asked of the server before the first event is asked for. */
	pullModel: manageProcedure.input(pullModelInput).mutation(async function* ({ ctx, input, signal }) {
		try {
			yield* pullModel(ctx.services, input, signal ?? ctx.call.signal);
		} catch (error) {
			throw trpcError(toGatewayError(error));
		}
	}),
});

import { customModelReference, removeCustomModelInput, setCustomModelInput } from '../services/custom-model-input';
import { getCustomModel, listCustomModels, removeCustomModel, setCustomModel } from '../services/custom-models';
import { manageProcedure, router } from './init';

export const customModelsRouter = router({
	list: manageProcedure.query(({ ctx }) => listCustomModels(ctx.services)),
	get: manageProcedure.input(customModelReference).query(({ ctx, input }) => getCustomModel(ctx.services, input)),
	set: manageProcedure.input(setCustomModelInput).mutation(({ ctx, input }) => setCustomModel(ctx.services, input)),
	remove: manageProcedure
		.input(removeCustomModelInput)
		.mutation(({ ctx, input }) => removeCustomModel(ctx.services, input)),
});

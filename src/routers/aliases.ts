import { listAliases, removeAlias, setAlias } from '../services/aliases';
import {
	removeAliasInput,
	removeFallbacksInput,
	setAliasInput,
	setFallbacksForInput,
	setFallbacksInput,
} from '../services/configuration-input';
import { getFallbacks, removeFallbacks, setFallbacks, setFallbacksFor } from '../services/fallbacks';
import { manageProcedure, router } from './init';

export const aliasesRouter = router({
	list: manageProcedure.query(({ ctx }) => listAliases(ctx.services)),
	set: manageProcedure.input(setAliasInput).mutation(({ ctx, input }) => setAlias(ctx.services, input)),
	remove: manageProcedure.input(removeAliasInput).mutation(({ ctx, input }) => removeAlias(ctx.services, input)),
});

export const fallbacksRouter = router({
	get: manageProcedure.query(({ ctx }) => getFallbacks(ctx.services)),
	set: manageProcedure.input(setFallbacksInput).mutation(({ ctx, input }) => setFallbacks(ctx.services, input)),
	setFor: manageProcedure
		.input(setFallbacksForInput)
		.mutation(({ ctx, input }) => setFallbacksFor(ctx.services, input)),
	remove: manageProcedure
		.input(removeFallbacksInput)
		.mutation(({ ctx, input }) => removeFallbacks(ctx.services, input)),
});

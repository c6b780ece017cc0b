import {
	clearPromptInput,
	previewPromptInput,
	promptHistoryInput,
	promptReference,
	revertPromptInput,
	setPromptInput,
} from '../services/prompt-input';
import { previewPrompt } from '../services/prompt-preview';
import { clearPrompt, getPrompt, promptHistory, revertPrompt, setPrompt } from '../services/prompts';
import { manageProcedure, router } from './init';

export const promptsRouter = router({
	get: manageProcedure.input(promptReference).query(({ ctx, input }) => getPrompt(ctx.services, input)),
	history: manageProcedure.input(promptHistoryInput).query(({ ctx, input }) => promptHistory(ctx.services, input)),
	set: manageProcedure.input(setPromptInput).mutation(({ ctx, input }) => setPrompt(ctx.services, input)),
	revert: manageProcedure.input(revertPromptInput).mutation(({ ctx, input }) => revertPrompt(ctx.services, input)),
	clear: manageProcedure.input(clearPromptInput).mutation(({ ctx, input }) => clearPrompt(ctx.services, input)),
	/** POST: a prompt may be longer than a URL. */
	preview: manageProcedure.input(previewPromptInput).mutation(({ ctx, input }) => previewPrompt(ctx.services, input)),
});

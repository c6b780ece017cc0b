/** From the text of a provider's own model list to its models, and from those to fact sheets. */
import type { ModelList } from '../../providers/provider';
import type { LiveModel } from './list';
import { lmstudioModels } from './lmstudio';
import { ollamaModels } from './ollama';
import { openaiModels } from './openai';
import { openrouterModels } from './openrouter';

export type { LiveList, LiveModel } from './list';
export { shownModel } from './ollama';
export { nextPage } from './openrouter';
export { type LiveLists, withLive } from './overlay';

/** By shape; each takes the parsed body, whatever it is, and never throws. */
export const READERS: Readonly<Record<ModelList['shape'], (body: unknown) => LiveModel[]>> = {
	openai: openaiModels,
	openrouter: openrouterModels,
	ollama: ollamaModels,
	lmstudio: lmstudioModels,
};

/**
 * `GET /models` as OpenAI has it: names alone. Servers add what they know under names of their own: vLLM
 * `max_model_len`, Groq `context_window`, llama.cpp `meta.n_ctx_train`, Mistral and LM Studio `max_context_length`.
 */
import type { Modality } from '../../providers/provider';
import { bounded, type LiveModel } from './list';
import { arrayOf, countOf, flagOf, objectOf, textOf, textsOf, told } from './reading';

/** `{data: […]}`, `{models: […]}` or the array alone. */
export function openaiModels(body: unknown): LiveModel[] {
	const { data, models } = objectOf(body);
	return bounded([body, data, models].flatMap(arrayOf).map(modelOf));
}

function modelOf(value: unknown): LiveModel {
	const model = objectOf(value);
	const meta = objectOf(model.meta);
	const capabilities = objectOf(model.capabilities);
	return told<LiveModel>({
		id: textOf(model.id),
		kind: kindOf(textOf(model.type)),
		contextWindow: countOf(
			model.loaded_context_length,
			model.max_model_len,
			model.context_window,
			model.context_length,
			model.max_context_length,
			meta.n_ctx,
			meta.n_ctx_train,
		),
		maxOutput: countOf(model.max_completion_tokens, model.max_output_tokens),
		input: seeing(flagOf(capabilities.vision) ?? (model.type === 'vlm' ? true : undefined)),
		tools: flagOf(capabilities.function_calling) ?? (textsOf(model.capabilities).includes('tool_use') || undefined),
		created: countOf(model.created),
	});
}

/** LM Studio's `llm`, `vlm`, `embedding` and `embeddings`. */
export function kindOf(type: string): LiveModel['kind'] {
	if (/^embedding/.test(type)) return 'embedding';
	return type === 'llm' || type === 'vlm' ? 'chat' : undefined;
}

/** What a model is given, by whether it sees. */
export const seeing = (vision: boolean | undefined): readonly Modality[] | undefined =>
	vision === undefined ? undefined : vision ? ['image', 'text'] : ['text'];

/** LM Studio's own `GET /api/v1/models` (0.4 and later); before that its OpenAI list. */
import { bounded, type LiveModel } from './list';
import { kindOf, openaiModels, seeing } from './openai';
import { arrayOf, countOf, flagOf, objectOf, textOf, told } from './reading';

export function lmstudioModels(body: unknown): LiveModel[] {
	const native = arrayOf(objectOf(body).models);
	return native.length > 0 ? bounded(native.map(modelOf)) : openaiModels(body);
}

function modelOf(value: unknown): LiveModel {
	const model = objectOf(value);
	const capabilities = objectOf(model.capabilities);
	return told<LiveModel>({
		id: textOf(model.key),
		kind: kindOf(textOf(model.type)),
		contextWindow: countOf(loadedWindow(model.loaded_instances), model.max_context_length),
		input: seeing(flagOf(capabilities.vision)),
		tools: flagOf(capabilities.trained_for_tool_use),
		reasoning: capabilities.reasoning === undefined ? undefined : capabilities.reasoning !== false,
	});
}

/** A loaded model has the window it was loaded with, of several the smallest. */
function loadedWindow(instances: unknown): number | undefined {
	const windows = arrayOf(instances).flatMap((one) => countOf(objectOf(objectOf(one).config).context_length) ?? []);
	return windows.length > 0 ? Math.min(...windows) : undefined;
}

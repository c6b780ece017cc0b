import { type Usage, usageOf } from '../../../language/usage';
import { type Json, numberOf } from '../json';

/**
 * `prompt_eval_count` and `eval_count` of the last line. The server leaves zeros out, and older ones say nothing of a
 * prompt that was cached: without the prompt's count nothing is known. `silent`: nothing was generated.
 */
export function usageFrom(line: Json, silent: boolean): Usage | null {
	const prompt = numberOf(line.prompt_eval_count);
	const output = numberOf(line.eval_count) ?? (silent ? 0 : undefined);
	if (!prompt || output === undefined) return null;
	return usageOf({ input: prompt, output });
}

import { type Usage, usageOf } from '../../../language/usage';
import { type Json, numberOf, objectOf } from '../json';

/**
 * What is billed (`billed_units`): the caller's own tokens, without Cohere's preamble of some 500 to 1,400. `tokens`,
 * which counts that too, stands in where nothing is billed. `cached_tokens` is of the latter and costs no less, so it
 * is no part of its own. Null: not said.
 */
export function usageFrom(raw: unknown): Usage | null {
	const said = objectOf(raw);
	return counts(objectOf(said?.billed_units)) ?? counts(objectOf(said?.tokens));
}

function counts(units: Json | undefined): Usage | null {
	const input = numberOf(units?.input_tokens);
	const output = numberOf(units?.output_tokens);
	if (input === undefined && output === undefined) return null;
	return usageOf({ input: input ?? 0, output: output ?? 0 });
}

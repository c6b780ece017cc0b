/** A chain of fallbacks, checked before it is stored. */
import { invalid } from '../errors';
import { MOST_FALLBACKS } from './configuration-input';
import type { Declared } from './declared';
import { checkName } from './model-name';
import { type Knowledge, type ModelReference, modelText } from './model-reference';

/**
 * The names as they are stored. Only what can't work is refused: a fallback that can do less than `first` still answers.
 * Throws `invalid_request` naming `<param>[n]`: unknown, no chat model, or twice (or `first` again) once followed.
 */
export function chainOf(
	ctx: Knowledge,
	names: readonly string[],
	param: string,
	declared: Declared,
	first: ModelReference | null,
	firstIs = 'the first model itself',
): string[] {
	if (names.length > MOST_FALLBACKS)
		throw invalid(param, `There are at most ${MOST_FALLBACKS} fallbacks: with the first model a chain has 8.`);
	const primary = first && modelText(first);
	const seen = new Set<string>();
	return names.map((name, at) => {
		const { text, model } = checkName(ctx, name, `${param}[${at}]`, 'chat', declared);
		const target = model ? modelText(model) : text;
		if (target === primary) throw invalid(`${param}[${at}]`, `'${name}' is ${firstIs}: a fallback is another one.`);
		if (seen.has(target)) throw invalid(`${param}[${at}]`, `'${target}' comes twice in the fallbacks.`);
		seen.add(target);
		return text;
	});
}

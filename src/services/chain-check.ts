/** A chain of fallbacks, checked before it is stored. */
import { invalid } from '../errors';
import { MOST_FALLBACKS } from './configuration-input';
import type { Declared } from './declared';
import { type Answerer, checkName } from './model-name';
import { type Knowledge, modelText } from './model-reference';

/** A name and the path of the field that holds it. */
export interface Listed {
	readonly name: string;
	readonly param: string;
}

/** Whom the names stand beside, and how messages put it. */
export interface Beside {
	/** null: nobody in particular. */
	readonly first: Answerer | null;
	/** `the agent's own model: a fallback is another one` */
	readonly firstIs: string;
	/** `fallbacks` */
	readonly list: string;
}

/** Asking one after the other would be asking twice: one model, by keys that are not told apart. */
export const isSame = (left: Answerer, right: Answerer): boolean =>
	modelText(left) === modelText(right) &&
	(left.keyRef === undefined || right.keyRef === undefined || left.keyRef === right.keyRef);

/**
 * The names as they are stored. Only what can't work is refused: one that can do less than `first` still answers.
 * Throws `invalid_request` naming the field: unknown, no chat model, or twice (or `first` again) once followed.
 */
export function checkedNames(
	ctx: Knowledge,
	listed: readonly Listed[],
	declared: Declared,
	{ first, firstIs, list }: Beside,
): string[] {
	const seen: { readonly text: string; readonly model: Answerer | null }[] = [];
	return listed.map(({ name, param }) => {
		const named = checkName(ctx, name, param, 'chat', declared);
		const { text, model } = named;
		if (first && model && isSame(first, model)) throw invalid(param, `'${name}' is ${firstIs}.`);
		if (seen.some((one) => (one.model && model ? isSame(one.model, model) : one.text === text)))
			throw invalid(param, `'${model ? modelText(model) : text}' comes twice in the ${list}.`);
		seen.push(named);
		return text;
	});
}

/** Throws as `checkedNames`, naming `<param>[n]`. */
export function chainOf(
	ctx: Knowledge,
	names: readonly string[],
	param: string,
	declared: Declared,
	first: Answerer | null,
	firstIs = 'the first model itself',
): string[] {
	if (names.length > MOST_FALLBACKS)
		throw invalid(param, `There are at most ${MOST_FALLBACKS} fallbacks: with the first model a chain has 8.`);
	return checkedNames(
		ctx,
		names.map((name, at) => ({ name, param: `${param}[${at}]` })),
		declared,
		{ first, firstIs: `${firstIs}: a fallback is another one`, list: 'fallbacks' },
	);
}

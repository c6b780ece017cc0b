import type { TokenLogprob } from '../../../language/request';
import { arrayOf, isObject, type Json, numberOf, objectOf, textOf } from '../json';

/** `logprobsResult`: what was chosen at each step, and what else might have been; empty where none were asked for. */
export function logprobsFrom(raw: unknown): TokenLogprob[] {
	const said = objectOf(raw);
	const steps = arrayOf(said?.topCandidates);
	return arrayOf(said?.chosenCandidates).flatMap((chosen, step) =>
		isObject(chosen)
			? { ...token(chosen), top: arrayOf(objectOf(steps[step])?.candidates).filter(isObject).map(token) }
			: [],
	);
}

const token = (candidate: Json): Omit<TokenLogprob, 'top'> => ({
	token: textOf(candidate.token) ?? '',
	logprob: numberOf(candidate.logProbability) ?? -9999,
});

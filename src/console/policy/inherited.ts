/** What holds where a form leaves a field of a policy empty, and who says so. */
import { type PolicyWords, policyText } from './words';

/** One layer below the form, the nearest first. */
export interface Layer<Policy> {
	/** As it is said after the value: `profile calm`, `organization`. */
	readonly name: string;
	readonly policy: Policy;
}

/** undefined: no layer says anything. */
export function inherited<Policy, Field extends keyof Policy>(
	layers: readonly Layer<Policy>[],
	field: Field,
): Policy[Field] | undefined {
	return layers.find(({ policy }) => policy[field] !== undefined)?.policy[field];
}

/** `Weighted (organization)`. `otherwise`: what holds where nobody says anything. */
export function inheritedText<Policy>(
	words: PolicyWords<Policy>,
	layers: readonly Layer<Policy>[],
	field: keyof Policy & string,
	otherwise: string,
): string {
	for (const { name, policy } of layers) {
		const text = policyText(words, policy, field);
		if (text !== null) return `${text} (${name})`;
	}
	return otherwise;
}

/** The fields of a policy in words, whatever it is a policy of. */

type Name<Policy> = keyof Policy & string;

/** A field's value where a policy says it; of a list it does not matter who may change it. */
export type Said<Value> = NonNullable<Value> extends readonly (infer One)[] ? readonly One[] : NonNullable<Value>;

export interface PolicyWords<Policy> {
	/** Those there is a field for in forms, in their order. */
	readonly fields: readonly Name<Policy>[];
	readonly labels: Readonly<Record<Name<Policy>, string>>;
	readonly texts: { readonly [Field in Name<Policy>]-?: (value: Said<Policy[Field]>) => string };
}

/** null: the policy says nothing of it. */
export function policyText<Policy, Field extends Name<Policy>>(
	{ texts }: PolicyWords<Policy>,
	policy: Policy,
	field: Field,
): string | null {
	const value = policy[field];
	return value == null ? null : texts[field](value as Said<Policy[Field]>);
}

/** All that a policy says, with its labels. */
export const saidBy = <Policy>(words: PolicyWords<Policy>, policy: Policy): readonly (readonly [string, string])[] =>
	words.fields.flatMap((field) => {
		const text = policyText(words, policy, field);
		return text === null ? [] : [[words.labels[field], text] as const];
	});

/** `Strategy: Weighted · Tries per target: 2`; null: the policy says nothing. */
export const summaryOf = <Policy>(words: PolicyWords<Policy>, policy: Policy): string | null =>
	saidBy(words, policy)
		.map(([label, text]) => `${label}: ${text}`)
		.join(' · ') || null;

/** The fields of a routing policy in words. */
import type { RoutingPolicy } from '../data/types';
import { duration } from '../ui/format';
import { ROUTING_FIELDS } from './routing-draft';
import { STRATEGIES } from './strategies';

/** Each field as it is where a policy says it. */
export type RoutingValues = { readonly [Field in keyof RoutingPolicy]-?: NonNullable<RoutingPolicy[Field]> };
export type RoutingField = keyof RoutingValues;

export const ROUTING_LABELS: Readonly<Record<RoutingField, string>> = {
	strategy: 'Strategy',
	candidates: 'Candidates',
	weight: 'Weight of the model itself',
	sticky: 'Conversations stay',
	residency: 'Residency',
	contextFallbacks: 'Where the context is too long',
	contentFilterFallbacks: 'Where a content filter refuses',
	maxAttempts: 'Tries per target',
	firstEventTimeoutMs: 'Limit to the first event',
	idleTimeoutMs: 'Limit of silence',
	totalTimeoutMs: 'Limit of the whole request',
	commitTimeoutMs: 'Limit to the first content',
};

const chain = (names: readonly string[]): string => (names.length === 0 ? 'nobody' : names.join(', then '));

const TEXTS: { readonly [Field in RoutingField]: (value: RoutingValues[Field]) => string } = {
	strategy: (strategy) => STRATEGIES[strategy].label,
	candidates: (candidates) =>
		candidates.map(({ model, weight }) => (weight === undefined ? model : `${model} × ${weight}`)).join(', ') || 'none',
	weight: String,
	sticky: (sticky) => (sticky ? 'yes' : 'no'),
	// What is stored damaged is read as an empty list, which keeps every key out.
	residency: (tags) => tags.join(', ') || 'nowhere',
	contextFallbacks: chain,
	contentFilterFallbacks: chain,
	maxAttempts: String,
	firstEventTimeoutMs: duration,
	idleTimeoutMs: duration,
	totalTimeoutMs: duration,
	commitTimeoutMs: duration,
};

export const routingText = <Field extends RoutingField>(field: Field, value: RoutingValues[Field]): string =>
	TEXTS[field](value);

/** `Strategy: Weighted · Tries per target: 2`; null: the policy says nothing. */
export function summaryOf(policy: RoutingPolicy): string | null {
	const parts = ROUTING_FIELDS.flatMap((field) => {
		const text = policyText(policy, field);
		return text === null ? [] : [`${ROUTING_LABELS[field]}: ${text}`];
	});
	return parts.join(' · ') || null;
}

/** null: the policy says nothing of it. */
export function policyText(policy: RoutingPolicy, field: RoutingField): string | null {
	const value = policy[field];
	return value === undefined ? null : routingText(field, value);
}

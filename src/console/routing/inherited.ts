/** What holds where a form leaves a field of its routing empty, and who says so. */
import type { RoutingPolicy } from '../data/types';
import { policyText, type RoutingField } from './policy-text';

/** One layer below the form, the nearest first. */
export interface RoutingLayer {
	/** As it is said after the value: `profile calm`, `organization`. */
	readonly name: string;
	readonly policy: RoutingPolicy;
}

/** undefined: no layer says anything. */
export function inherited<Field extends RoutingField>(
	layers: readonly RoutingLayer[],
	field: Field,
): RoutingPolicy[Field] | undefined {
	return layers.find(({ policy }) => policy[field] !== undefined)?.policy[field];
}

/** `Weighted (organization)`. `otherwise`: what holds where nobody says anything. */
export function inheritedText(layers: readonly RoutingLayer[], field: RoutingField, otherwise: string): string {
	for (const { name, policy } of layers) {
		const text = policyText(policy, field);
		if (text !== null) return `${text} (${name})`;
	}
	return otherwise;
}

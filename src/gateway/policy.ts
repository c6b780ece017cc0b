/** The routing policy that one request is decided by: values without their origins. Pure. */
import { ROUTING_FIELDS, type RoutingField, type RoutingPolicy } from '../language/routing';
import type { Choice, Snapshot, SourcedRouting } from './ports';

const NOTHING: RoutingPolicy = {};

type Values = { -readonly [K in RoutingField]?: NonNullable<RoutingPolicy[K]> };

function put<K extends RoutingField>(
	into: { [P in K]?: NonNullable<RoutingPolicy[P]> },
	from: SourcedRouting,
	field: K,
) {
	const said = from[field];
	if (said !== undefined) into[field] = said.value;
}

/** Of what chose the model, where the configuration did; else the organization's own. */
export function policyOf(
	choice: Pick<Choice, 'routing'> | null,
	{ routing }: Pick<Snapshot, 'routing'>,
): RoutingPolicy {
	const sourced = choice?.routing ?? routing;
	if (sourced === undefined) return NOTHING;
	const policy: Values = {};
	for (const field of ROUTING_FIELDS) put(policy, sourced, field);
	return policy;
}

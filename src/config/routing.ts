/** Routing policies of several layers as one, each field with the layer that set it. Pure. */
import type { Origin, SourcedRouting } from '../gateway/ports';
import { ROUTING_FIELDS, type RoutingField } from '../language/routing';
import type { StoredRouting } from './stored-routing';

export interface RoutingStatement {
	readonly origin: Origin;
	readonly routing?: StoredRouting | undefined;
}

type MutableRouting = { -readonly [K in RoutingField]?: SourcedRouting[K] };

function set<K extends RoutingField>(into: MutableRouting, field: K, value: MutableRouting[K]): void {
	into[field] = value;
}

/** Field by field, the last of `path` that says one counts; undefined: nobody says anything. */
export function routingOf(path: readonly RoutingStatement[]): SourcedRouting | undefined {
	let routing: MutableRouting | undefined;
	for (const statement of path) {
		const said = statement.routing;
		if (said === undefined) continue;
		for (const field of ROUTING_FIELDS) {
			const value = said[field];
			if (value === undefined) continue;
			routing ??= {};
			set(routing, field, { value, origin: statement.origin } as MutableRouting[typeof field]);
		}
	}
	return routing;
}

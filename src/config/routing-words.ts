/** Who says what of routing, and whose word counts for a request: by the rules of `gateway/asked.ts`. Pure. */
import { staysOfAgent } from '../gateway/asked';
import type { Caller } from '../gateway/ports';
import { ROUTING_FIELDS, type RoutingField, type RoutingPolicy } from '../language/routing';
import { type Asking, type Candidate, candidatesOf, heardPath, PLAN_FREE, type Ruling } from './candidates';
import { decided, type Explained, type Word } from './decided';
import type { EnvironmentLayer } from './environment';
import { inForce, type Layers, type Paths } from './resolve';

type Value<K extends RoutingField> = NonNullable<RoutingPolicy[K]>;

/** A value of null: layers name it, but none of them is heard. */
export type ExplainedRouting = { readonly [K in RoutingField]?: Explained<Value<K> | null> };

/** Of which request. */
export interface RoutingAsking extends Asking {
	readonly kind: 'chat' | 'embedding';
	/** The request gives a list of its own. */
	readonly lists: boolean;
}

function rulingOf(asking: RoutingAsking, layers: Layers, paths: Paths): Ruling {
	if (asking.kind === 'chat' || asking.profile !== null) return heardPath(asking, layers, paths);
	if (paths.agent && asking.agentSlug !== null)
		return { path: paths.agent, why: `Agent '${asking.agentSlug}' has a policy of its own.` };
	return { path: [], why: 'Embeddings that name no profile follow no profile.' };
}

/** Those whose policies are heard, and those who are not. The organization's own lie under all of them. */
export function speakers(asking: RoutingAsking, layers: Layers, paths: Paths): readonly Candidate[] {
	return candidatesOf(asking, layers, [], rulingOf(asking, layers, paths)).map((candidate) => {
		const { origin, name } = candidate.statement;
		if (origin !== 'organization' || name !== null) return candidate;
		return { ...candidate, barred: inForce(layers.rows) ? null : PLAN_FREE };
	});
}

/** Why nobody stands beside the model; null: those who are named do. */
function apart({ kind, lists, model, profile }: RoutingAsking): string | null {
	if (kind === 'embedding') return 'Embeddings have one model: vectors of two do not mix.';
	if (lists) return 'The request gives its own list of models, which are asked in that order.';
	return model !== null && profile === null ? 'The request names its model itself: nobody is as good as that.' : null;
}

/** What holds where no layer says anything; undefined: nothing. */
function below(field: RoutingField, { time, timeVariables }: EnvironmentLayer): Word<unknown> | undefined {
	const limit = (name: keyof typeof time): Word<number> => {
		const variable = timeVariables[name];
		return { origin: variable === null ? 'default' : 'environment', name: variable, value: time[name], barred: null };
	};
	switch (field) {
		case 'strategy':
			return { origin: 'default', name: null, value: 'priority', barred: null };
		case 'sticky':
			return { origin: 'default', name: null, value: true, barred: null };
		case 'maxAttempts':
			return limit('maxAttempts');
		case 'firstEventTimeoutMs':
			return limit('firstEventMs');
		case 'idleTimeoutMs':
			return limit('idleMs');
		case 'totalTimeoutMs':
			return limit('totalMs');
		case 'candidates':
		case 'weight':
		case 'residency':
		case 'contextFallbacks':
		case 'contentFilterFallbacks':
		case 'commitTimeoutMs':
			return undefined;
	}
}

function wordsOf(
	field: RoutingField,
	heard: readonly Candidate[],
	asking: RoutingAsking,
	environment: EnvironmentLayer,
	caller: Caller,
): readonly Word<unknown>[] {
	const beside = field === 'candidates' || field === 'weight' ? apart(asking) : null;
	const stays = asking.profile !== null && staysOfAgent(field, caller);
	const said = heard.flatMap(({ statement: { origin, name, routing }, barred }): Word<unknown>[] => {
		const value = routing?.[field];
		if (value === undefined) return [];
		const kept = stays && origin === 'agent';
		return [{ origin, name, value, barred: beside ?? (kept ? null : barred) }];
	});
	const lowest = below(field, environment);
	return lowest ? [lowest, ...said] : said;
}

/** Fields that nobody says anything of are left out. */
export function explainedRouting(
	asking: RoutingAsking,
	layers: Layers,
	paths: Paths,
	environment: EnvironmentLayer,
	caller: Caller,
): ExplainedRouting {
	const heard = speakers(asking, layers, paths);
	const explained: Record<string, Explained<unknown>> = {};
	for (const field of ROUTING_FIELDS) {
		const words = wordsOf(field, heard, asking, environment, caller);
		if (words.length > 0) explained[field] = decided(words, null);
	}
	return explained as ExplainedRouting;
}

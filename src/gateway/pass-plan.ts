/** Which keys and addresses a request that no wire makes may go to, and to which of them it goes. */
import { GatewayError, invalid, toGatewayError } from '../errors';
import { matchesName } from '../providers/model-name';
import type { Admissible } from './admit';
import type { PassthroughCall } from './call';
import type { Candidate } from './candidate';
import { gateOf } from './gate';
import { refusedByKey } from './key-policy';
import type { Ports, Snapshot } from './ports';
import { poolFor } from './rank';
import { endProbe } from './report';
import { noTarget } from './request-ledger';
import type { RankFacts, Target } from './target';

/** One key and address that the request may go to. */
export interface Way {
	readonly target: Target;
	readonly url: string;
}

export interface PassPlan extends Admissible {
	/** In order of preference, at least one: one provider and model by all of its keys. */
	readonly ways: readonly Way[];
}

/** Under the root, and where it says: what is checked is what is called. Throws `invalid_request`. */
function urlOf(call: PassthroughCall, { credential }: Target): string {
	const url = credential.baseUrl + call.path + call.search;
	const { origin, pathname } = new URL(url);
	const root = new URL(credential.baseUrl);
	const called = origin === root.origin && pathname === root.pathname.replace(/\/$/, '') + call.path;
	if (!called || /[\\\s]|\/\/|%2f|%5c/i.test(call.path))
		throw invalid('path', 'path: it must lie under the root of the provider, without empty or dotted segments.');
	return url;
}

/** Key or server are the operator's: an organization that gave no address has no server of its own. */
export const isShared = ({ provider, credential }: Target): boolean =>
	credential.source !== 'organization' || (provider.local === true && credential.trust === 'operator');

/** With what is the operator's only what keeps nothing in its account; a key's lists must be checkable. */
function checkAccess(call: PassthroughCall, target: Target, snapshot: Snapshot): void {
	if (snapshot.caller.allowedAgents !== null)
		throw new GatewayError('forbidden', "This key is limited to agents: a provider's other paths are closed to it.", {
			param: 'path',
		});
	const { provider } = target;
	const shared = isShared(target) && snapshot.caller.kind !== 'operator';
	if (shared && !provider.passthrough?.some((pattern) => matchesName(pattern, call.path)))
		throw new GatewayError(
			'forbidden',
			`${provider.id}${call.path} is open with a provider key of your organization's own only.`,
			{ param: 'path' },
		);
	if (call.model === null && snapshot.caller.allowedModels !== null)
		throw new GatewayError('forbidden', 'This key is limited to certain models and the request names none.', {
			param: 'model',
		});
	const refusal = refusedByKey(target, snapshot);
	if (refusal) throw refusal;
}

const unpriced = (target: Target): Target => ({
	...target,
	facts: { ...target.facts, prices: null, priceVersion: null },
});

/** Those that the request may go to. Throws what speaks against the first where there are none. */
function waysOf(call: PassthroughCall, pool: readonly Candidate[], snapshot: Snapshot): readonly Way[] {
	const ways: Way[] = [];
	let refusal: GatewayError | null = null;
	for (const { target } of pool)
		try {
			checkAccess(call, target, snapshot);
			ways.push({ target: call.model === null ? unpriced(target) : target, url: urlOf(call, target) });
		} catch (error) {
			refusal ??= toGatewayError(error);
		}
	if (ways.length === 0) throw refusal ?? noTarget();
	return ways;
}

/** Throws GatewayError where the request may go nowhere. */
export function planPass(call: PassthroughCall, facts: RankFacts): PassPlan {
	// Without a model the path stands for it in reports. What it is about lies in one account: nobody's turn, nor chance.
	const strategy = call.model === null ? 'priority' : undefined;
	const pool = poolFor(`${call.provider}/${call.model ?? call.path.slice(1)}`, 'any', facts, strategy);
	const provider = pool[0]?.target.provider;
	if (provider?.builtin) throw invalid('provider', `Provider '${provider.id}' has no other paths.`);
	const ways = waysOf(call, pool, facts.snapshot);
	return { ways, holdNanoUsd: null, totalMs: null, provider: provider?.id ?? '', model: ways[0]?.target.model ?? '' };
}

export interface Chosen extends Way {
	/** It holds the breaker's probe lease. */
	readonly probe: boolean;
}

/**
 * The first whose breaker is closed and whose key nothing speaks against, else the first that may be the probe, else
 * the same of those whose keys are better left alone; null: all breakers are open. Leases not used are given back.
 */
export function chosenOf(ways: readonly Way[], organizationId: string, ports: Ports): Chosen | null {
	return foundAmong(ways, false, organizationId, ports) ?? foundAmong(ways, true, organizationId, ports);
}

/** `forced`: whatever is known of its key. How much such a request counts nobody knows. */
function foundAmong(ways: readonly Way[], forced: boolean, organizationId: string, ports: Ports): Chosen | null {
	const leased: Way[] = [];
	let closed: Way | undefined;
	for (const way of ways) {
		// Other keys at the place share its breaker, and the lease.
		if (leased.some(({ target }) => target.place.endpoint === way.target.place.endpoint)) continue;
		const { gate } = gateOf(way.target, forced, 0, ports);
		if (gate === 'closed') closed = way;
		if (gate === 'probe') leased.push(way);
		if (closed) break;
	}
	const probing = closed ? undefined : leased.shift();
	for (const { target } of leased) endProbe('neutral', target, organizationId, ports);
	const found = closed ?? probing;
	return found ? { ...found, probe: found === probing } : null;
}

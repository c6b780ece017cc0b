/** May a candidate be asked? Read when it is its turn, not before: what others have met meanwhile counts. */
import type { KeyStanding } from '../health/contract';
import type { Ports } from './ports';
import { heldBack } from './standing';
import type { Target } from './target';

export interface Gate {
	/**
	 * `closed`: go, its breaker is closed. `probe`: go once, the probe lease is held. `held`: its key was refused or
	 * limited. `near`: the request would exceed a rate of its key. `shut`: its breaker is open.
	 */
	readonly gate: 'closed' | 'probe' | 'held' | 'near' | 'shut';
	/** Empty where it may be asked. */
	readonly reason: string;
}

const hasFailed = ({ refusedUntil, limitedUntil }: KeyStanding, now: number): boolean =>
	Math.max(refusedUntil ?? 0, limitedUntil ?? 0) > now;

const CLOSED: Gate = { gate: 'closed', reason: '' };
const PROBE: Gate = { gate: 'probe', reason: '' };
const SHUT: Gate = { gate: 'shut', reason: 'its circuit breaker is open' };

/**
 * The key comes first, so that no probe is leased for nothing; `forced`: whatever is known of it. `tokens`: most that
 * the request may count.
 */
export function gateOf(
	{ provider, credential, place }: Pick<Target, 'provider' | 'credential' | 'place'>,
	forced: boolean,
	tokens: number,
	{ health, time }: Pick<Ports, 'health' | 'time'>,
): Gate {
	if (provider.builtin) return CLOSED;
	const { mark, config } = credential;
	const standing = forced || mark === undefined ? null : health.standing(place, mark);
	if (standing !== null) {
		const now = time.now();
		const reason = heldBack(standing, { now, tokens, config });
		if (reason !== null) return { gate: hasFailed(standing, now) ? 'held' : 'near', reason };
	}
	const admitted = health.admits(place);
	return admitted === 'open' ? SHUT : admitted === 'probe' ? PROBE : CLOSED;
}

/** Target after target, try after try, until one answers. The only loop of the path. */
import { GatewayError, toGatewayError } from '../errors';
import type { Outcome } from '../health/contract';
import type { Warning } from '../language/request';
import type { RoutingStep } from './call';
import { aborted, type Meter } from './meter';
import type { Ports } from './ports';
import { noTarget, type RequestLedger } from './request-ledger';
import { nextStep } from './retry';
import type { Target } from './route';
import { withoutKey } from './without-key';

/** One possible answerer, with how to try it. */
export interface Pursued<Answer> {
	readonly target: Target;
	/** What one try may cost. */
	readonly holdNanoUsd: bigint | null;
	/** Builds the wire request. Throws `invalid_request` where this target can't carry the request. */
	readonly prepare: () => Prepared<Answer>;
}

export interface Prepared<Answer> {
	readonly warnings: readonly Warning[];
	readonly meter: (attempt: number) => Meter;
	/** One upstream call. Throws GatewayError. */
	readonly call: (meter: Meter) => Promise<Answer>;
}

export interface Won<Answer> {
	readonly answer: Answer;
	readonly target: Target;
	readonly meter: Meter;
	readonly warnings: readonly Warning[];
	/** Where it stands in the list given. */
	readonly index: number;
	/** Held the breaker's probe lease. */
	readonly probe: boolean;
}

export interface Pursuit {
	readonly ledger: RequestLedger;
	/** Appended to as targets are passed. */
	readonly routing: RoutingStep[];
	readonly organizationId: string;
	/** ms since epoch: the commit deadline. */
	readonly commitBy: number;
	/** Adds to the time spent waiting. */
	readonly waited: (ms: number) => void;
	/** The client is known to have left. */
	readonly signal: AbortSignal | null;
	/** False: the caller's own limit is shorter than the operator's, so a timeout says nothing of health. */
	readonly timeoutsCount: boolean;
}

/** Throws the last failure where no target answered. The winner's entry is not closed: it is still running. */
export async function pursue<Answer>(
	candidates: readonly Pursued<Answer>[],
	pursuit: Pursuit,
	ports: Ports,
): Promise<Won<Answer>> {
	let failure: GatewayError | null = null;
	let shut = 0;
	for (const [index, candidate] of candidates.entries()) {
		const { target } = candidate;
		const gate = target.provider.builtin ? 'closed' : ports.health.admits(target.endpoint);
		const skip = (reason: string) => pursuit.routing.push(step(target, 'skipped', reason, 0));
		if (gate === 'open') {
			shut += 1;
			skip('its circuit breaker is open');
			continue;
		}
		if (!(await pursuit.ledger.affords(candidate.holdNanoUsd))) {
			skip('its cost does not fit the budget');
			failure ??= new GatewayError('budget_exceeded', 'What is left of the budget does not cover this request.');
			continue;
		}
		const more = index + 1 < candidates.length;
		const outcome = await tryTarget(candidate, { pursuit, ports, more, probe: gate === 'probe' });
		if ('answer' in outcome) return { ...outcome, index };
		failure = outcome.failure;
		if (outcome.stop) break;
	}
	if (failure === null && shut > 0) return probed(candidates, pursuit, ports);
	throw failure ?? noTarget();
}

/** All breakers are open: one leased probe is tried, the others get 503 at once. */
async function probed<Answer>(
	candidates: readonly Pursued<Answer>[],
	pursuit: Pursuit,
	ports: Ports,
): Promise<Won<Answer>> {
	const [first] = candidates;
	if (!first || !(await ports.health.lease(first.target.endpoint))) throw noTarget();
	const outcome = await tryTarget(first, { pursuit, ports, more: false, probe: true });
	if ('answer' in outcome) return { ...outcome, index: 0 };
	throw outcome.failure;
}

interface Trial {
	readonly pursuit: Pursuit;
	readonly ports: Ports;
	readonly more: boolean;
	readonly probe: boolean;
}

type Tried<Answer> = Omit<Won<Answer>, 'index'> | { readonly failure: GatewayError; readonly stop: boolean };

async function tryTarget<Answer>(candidate: Pursued<Answer>, trial: Trial): Promise<Tried<Answer>> {
	const { pursuit, ports } = trial;
	const { target } = candidate;
	let prepared: Prepared<Answer>;
	try {
		prepared = candidate.prepare();
	} catch (error) {
		const failure = toGatewayError(error);
		pursuit.routing.push(step(target, 'skipped', failure.message, 0));
		return { failure, stop: false };
	}
	for (let tries = 1; ; tries += 1) {
		// An attempt is an upstream call: none is begun for a caller who has left.
		if (pursuit.signal?.aborted) return { failure: aborted(), stop: true };
		const meter = prepared.meter(pursuit.ledger.begin());
		try {
			const answer = await prepared.call(meter);
			pursuit.routing.push(step(target, 'answered', null, tries));
			return { answer, target, meter, warnings: prepared.warnings, probe: trial.probe };
		} catch (error) {
			const failure = withoutKey(toGatewayError(error), target.credential.apiKey);
			pursuit.ledger.owe(meter.end(failure, null));
			report(failure, target, meter, trial);
			const next = nextStep(failure, {
				tries,
				maxTries: trial.probe ? 1 : ports.limits.maxAttempts,
				more: trial.more,
				timeLeftMs: pursuit.commitBy - ports.time.now(),
				random: ports.random,
			});
			if (next.step === 'retry' && (await rested(next.delayMs, pursuit, ports))) continue;
			pursuit.routing.push(step(target, 'failed', failure.code, tries));
			return { failure, stop: next.step !== 'next' };
		}
	}
}

/** Waits out the backoff; false where the client left meanwhile. */
async function rested(ms: number, pursuit: Pursuit, ports: Ports): Promise<boolean> {
	if (ms > 0) await new Promise<void>((resolve) => ports.time.after(ms, resolve));
	pursuit.waited(ms);
	return !pursuit.signal?.aborted;
}

const step = (
	target: Target,
	outcome: RoutingStep['outcome'],
	reason: string | null,
	attempts: number,
): RoutingStep => ({
	provider: target.provider.id,
	model: target.model,
	outcome,
	reason,
	attempts,
});

/** What the shared breaker counts: not the caller's faults, our keys, our limits or our impatience. */
function resultOf(failure: GatewayError | null, timeoutsCount: boolean): Outcome['result'] {
	if (failure === null) return 'success';
	switch (failure.upstream?.failure) {
		case 'network':
		case 'server':
		case 'overloaded':
			return 'failure';
		case 'timeout':
			return timeoutsCount ? 'failure' : 'neutral';
		default:
			return 'neutral';
	}
}

/** Tells health how a call went. */
export function report(
	failure: GatewayError | null,
	target: Target,
	meter: Meter,
	trial: Pick<Trial, 'ports' | 'probe'> & { readonly pursuit: Pick<Pursuit, 'organizationId' | 'timeoutsCount'> },
): void {
	if (target.provider.builtin) return;
	const now = trial.ports.time.now();
	trial.ports.health.record(target.endpoint, {
		organizationId: trial.pursuit.organizationId,
		model: target.model,
		at: now,
		result: resultOf(failure, trial.pursuit.timeoutsCount),
		firstEventMs: meter.firstTokenAt === null ? null : meter.firstTokenAt - meter.startedAt,
		outputTokensPerSecond: meter.tokensPerSecond(now),
		probe: trial.probe,
	});
}

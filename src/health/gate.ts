/**
 * The two breakers before a call: the endpoint's own (`whole`) and that of the class of models (`model`; null where
 * the call is about the endpoint alone). The stricter verdict counts, and one lease covers both.
 */
import { type BreakerMemory, concerns, giveLease, leasable, pass, record, type Word } from './breaker';
import type { BreakerPolicy, BreakerState, Outcome } from './contract';

export function stricter(one: BreakerState, another: BreakerState): BreakerState {
	if (one === 'open' || another === 'open') return 'open';
	return one === 'half-open' ? one : another;
}

/** Said elsewhere: several organizations are active, at the endpoint and with this class of models. */
export interface SharedUse {
	readonly whole: boolean;
	readonly model: boolean;
}

/**
 * A success counts for both, a failure for the one that its scope names. A probe's result closes, or opens again,
 * each of the two that is not closed.
 */
export function recordCall(
	whole: BreakerMemory,
	model: BreakerMemory | null,
	call: Word & Pick<Outcome, 'scope'>,
	now: number,
	policy: BreakerPolicy,
	shared?: SharedUse,
): void {
	const elsewhere = model !== null && call.result === 'failure';
	if (elsewhere && call.scope === 'model') pass(whole, call, now, policy);
	else record(whole, call, now, policy, shared?.whole);
	if (model === null) return;
	if (elsewhere && call.scope === 'endpoint') pass(model, call, now, policy);
	else record(model, call, now, policy, shared?.model);
}

/**
 * True for one caller until its probe reports, and for anyone where neither keeps that organization out. `force`: while
 * open, too.
 */
export function leaseBoth(
	whole: BreakerMemory,
	model: BreakerMemory | null,
	organizationId: string,
	now: number,
	force: boolean,
): boolean {
	const both = model === null ? [whole] : [whole, model];
	const concerned = both.filter((breaker) => concerns(breaker, organizationId));
	if (!concerned.every((breaker) => leasable(breaker, now, force))) return false;
	for (const breaker of concerned) giveLease(breaker, now);
	return true;
}

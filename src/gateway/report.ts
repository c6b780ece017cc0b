/** What health is told of a call. */
import type { GatewayError } from '../errors';
import type { EndpointFacts, KeyUse, Outcome } from '../health/contract';
import { ratesOf } from '../providers/wire/rate-headers';
import { ruleAfterContent, ruleOf } from './failure-rule';
import type { FailureRule } from './failures';
import type { Meter } from './meter';
import type { Ports } from './ports';
import type { Target } from './target';

export interface Patience {
	readonly firstEventMs: number;
	readonly idleMs: number;
}

/** Whose call it was, and how patient it was. */
export interface Reporting {
	readonly organizationId: string;
	/** In force for this request. */
	readonly patience: Patience;
	/** What the operator grants a request like this one: a timeout under it says nothing of health. */
	readonly granted: Patience;
	/** It asks for what a good key may be refused too, so that a refusal says nothing of the key. */
	readonly unusual?: true;
}

export interface Call {
	readonly target: Target;
	/** Ended. */
	readonly meter: Meter;
	/** It held the breaker's probe lease. */
	readonly probe: boolean;
}

/** `failure` null: it went well. Providers of our own have no health. */
export function report(
	failure: GatewayError | null,
	call: Call,
	reporting: Reporting,
	ports: Pick<Ports, 'health' | 'time'>,
): void {
	const { target, meter, probe } = call;
	if (target.provider.builtin) return;
	const now = ports.time.now();
	const rule = failure === null ? null : meter.firstTokenAt === null ? ruleOf(failure) : ruleAfterContent(failure);
	const upstream = failure?.upstream;
	ports.health.record(factsOf(target, reporting.organizationId), {
		organizationId: reporting.organizationId,
		modelClass: target.place.modelClass,
		at: now,
		result: resultOf(failure, rule, now - meter.startedAt, reporting),
		scope: rule?.breaker === 'endpoint' ? 'endpoint' : 'model',
		firstEventMs: meter.firstTokenAt === null ? null : meter.firstTokenAt - meter.startedAt,
		outputTokensPerSecond: meter.tokensPerSecond(now),
		probe,
		error: upstream ? { failure: upstream.failure, status: upstream.status ?? null } : null,
		key: keyUse(failure, rule, call, reporting, now),
	});
}

/** `success`: a stream that has begun proves as much as one that has ended. `neutral`: the lease was not used. */
export function endProbe(
	result: 'success' | 'neutral',
	target: Target,
	organizationId: string,
	ports: Pick<Ports, 'health' | 'time'>,
): void {
	ports.health.record(factsOf(target, organizationId), {
		organizationId,
		modelClass: target.place.modelClass,
		at: ports.time.now(),
		result,
		scope: 'model',
		firstEventMs: null,
		outputTokensPerSecond: null,
		probe: true,
		error: null,
		key: null,
	});
}

export const factsOf = ({ provider, credential, place }: Target, organizationId: string): EndpointFacts => ({
	endpoint: place.endpoint,
	provider: provider.id,
	organizationId: credential.trust === 'tenant' ? organizationId : null,
	rowId: credential.rowId,
});

/** What the shared breaker counts: not the caller's faults, our keys, our limits or our impatience. */
function resultOf(
	failure: GatewayError | null,
	rule: FailureRule | null,
	tookMs: number,
	reporting: Reporting,
): Outcome['result'] {
	if (failure === null || rule === null) return 'success';
	return rule.breaker !== 'none' && wasPatient(failure, tookMs, reporting) ? 'failure' : 'neutral';
}

function wasPatient({ upstream }: GatewayError, tookMs: number, { patience, granted }: Reporting): boolean {
	switch (upstream?.limit) {
		case 'first-event':
			return patience.firstEventMs >= granted.firstEventMs;
		case 'idle':
			return patience.idleMs >= granted.idleMs;
		case 'content':
		case 'commit':
			return tookMs >= granted.firstEventMs;
		case 'total':
			return false;
		case undefined:
			return true;
	}
}

function keyUse(
	failure: GatewayError | null,
	rule: FailureRule | null,
	{ target, meter }: Call,
	{ organizationId, unusual }: Reporting,
	now: number,
): KeyUse | null {
	const { mark, rowId } = target.credential;
	if (mark === undefined) return null;
	const word = wordOf(rule, meter, unusual === true);
	const wait = failure?.retryAfterMs;
	return {
		mark,
		rowId,
		organizationId,
		startedAt: meter.startedAt,
		tokens: meter.tokens,
		word,
		until: word === 'limited' && wait !== undefined ? now + wait : null,
		status: word === 'refused' || word === 'limited' ? (failure?.upstream?.status ?? null) : null,
		rates: meter.headers && ratesOf(meter.headers, now),
	};
}

function wordOf(rule: FailureRule | null, { firstTokenAt }: Meter, unusual: boolean): KeyUse['word'] {
	if (rule === null || firstTokenAt !== null) return 'good';
	return unusual || rule.key === 'none' ? 'silent' : rule.key;
}

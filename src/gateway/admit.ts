/**
 * From a call to an admitted plan: configuration loaded, the plan made, the hold opened. A stale
 * configuration is reloaded, and a refusal that came from a cache is checked against D1 once.
 */
import { GatewayError } from '../errors';
import type { Warning } from '../language/request';
import type { LimitOwner, NanoUsd, OpenAnswer, OpenRequest, RateState } from '../ledger/contract';
import type { Ports, Snapshot } from './ports';

/** What a plan must tell the ledger. */
export interface Admissible {
	readonly holdNanoUsd: NanoUsd | null;
	readonly provider: string;
	readonly model: string;
	/** How long the request may take (ms), where its policy says so; null: as the operator says. */
	readonly totalMs: number | null;
}

export interface Admitted<Plan> {
	readonly plan: Plan;
	readonly snapshot: Snapshot;
	readonly requests: RateState | null;
	/** The ledger could not be reached: limits were not checked, entries go to D1 directly. */
	readonly unchecked: boolean;
}

export interface Admission<Plan extends Admissible> {
	readonly requestId: string;
	readonly agentSlug: string | null;
	readonly operation: OpenRequest['operation'];
	/** Throws, or rejects with, GatewayError. */
	readonly prepare: (snapshot: Snapshot) => Plan | Promise<Plan>;
}

const UNCHECKED: Warning = {
	field: 'limits-unchecked',
	message: 'The ledger could not be reached: limits were not checked for this request.',
};

/** What its answer must say about how it was admitted. */
export const warningsOf = ({ unchecked }: Pick<Admitted<unknown>, 'unchecked'>): readonly Warning[] =>
	unchecked ? [UNCHECKED] : [];

/** Reads of D1 for one request before it gives up: a configuration that changes faster than it can be read. */
const MAX_RELOADS = 3;
/** The hold outlives the request by this (ms). */
const HOLD_GRACE_MS = 60_000;

/** Codes that follow from configuration, so that an old copy of it may be at fault. */
const fromConfiguration = (error: unknown): boolean =>
	error instanceof GatewayError &&
	(error.status === 401 || error.status === 403 || error.status === 404 || error.status === 400);

export async function admit<Plan extends Admissible>(
	admission: Admission<Plan>,
	ports: Ports,
): Promise<Admitted<Plan>> {
	let snapshot = await ports.config.load(admission.agentSlug);
	for (let reloads = 0; reloads < MAX_RELOADS; reloads += 1) {
		const admitted = await attemptAdmission(admission, snapshot, ports);
		if (admitted) return admitted;
		snapshot = await ports.config.reload(admission.agentSlug);
	}
	throw new GatewayError('upstream_unavailable', 'The configuration keeps changing. Try again.', {
		retryAfterMs: 1_000,
	});
}

/** null: the configuration must be read again. */
async function attemptAdmission<Plan extends Admissible>(
	admission: Admission<Plan>,
	snapshot: Snapshot,
	ports: Ports,
): Promise<Admitted<Plan> | null> {
	let plan: Plan;
	try {
		const prepared = admission.prepare(snapshot);
		plan = prepared instanceof Promise ? await prepared : prepared;
	} catch (error) {
		if (snapshot.fresh || !fromConfiguration(error)) throw error;
		return null;
	}
	const { answer, unchecked } = await ports.ledger.open({
		organizationId: snapshot.organization.id,
		requestId: admission.requestId,
		keyId: snapshot.caller.keyId,
		operation: admission.operation,
		configVersion: snapshot.version,
		fresh: snapshot.fresh,
		holdNanoUsd: plan.holdNanoUsd,
		expiresAt: ports.time.now() + (plan.totalMs ?? ports.limits.totalMs) + HOLD_GRACE_MS,
		limits: snapshot.limits,
		keyLimits: snapshot.caller.limits,
		issuer: snapshot.caller.issuer ?? null,
		provider: plan.provider,
		model: plan.model,
	});
	if (answer.kind === 'stale' || answer.kind === 'unsettled') return null;
	return { plan, snapshot, requests: opened(answer), unchecked };
}

function opened(answer: Exclude<OpenAnswer, { kind: 'stale' | 'unsettled' }>): RateState | null {
	switch (answer.kind) {
		case 'open':
			return answer.requests;
		case 'rate-limited':
			throw new GatewayError(
				'rate_limited',
				`${OWNER[answer.of]} limit of ${answer.requests.limit} ${words(answer.limit)} is reached.`,
				{
					retryAfterMs: answer.retryAfterMs,
					requests: answer.requests,
				},
			);
		case 'budget-exceeded':
			throw new GatewayError('budget_exceeded', `${OWNER[answer.of]} budget ${periods(answer.period)} is used up.`, {
				...(answer.retryAfterMs !== null && { retryAfterMs: answer.retryAfterMs }),
			});
	}
}

const OWNER: Readonly<Record<LimitOwner, string>> = {
	organization: "The organization's",
	key: "This key's",
	issuer: "The issuing key's",
};

const periods = (period: 'day' | 'month' | 'total'): string => (period === 'total' ? 'in total' : `for this ${period}`);

const words = (limit: 'requests-per-minute' | 'requests-per-day'): string =>
	limit === 'requests-per-minute' ? 'requests per minute' : 'requests per day';

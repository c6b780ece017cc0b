/** What one admitted chat carries from step to step. */
import type { NanoUsd } from '../ledger/contract';
import { type Admitted, warningsOf } from './admit';
import type { CallMeta, ChatCall } from './call';
import { commitLimit, firstEventLimit, limitsUnder } from './deadline';
import type { RequestFacts } from './meter';
import type { ChatPlan, Planned } from './plan';
import type { Ports } from './ports';
import type { Won } from './pursuit';
import type { Reporting } from './report';
import { requestFacts } from './request-facts';
import { RequestLedger } from './request-ledger';

export interface ChatRun extends Reporting {
	readonly call: ChatCall;
	readonly ports: Ports;
	readonly plan: ChatPlan;
	readonly admitted: Admitted<ChatPlan>;
	readonly ledger: RequestLedger;
	readonly facts: RequestFacts;
	/** The upstream is asked to stream. */
	readonly stream: boolean;
	/** Upstream calls per candidate. */
	readonly maxAttempts: number;
	/** ms since epoch: content by then, over all attempts. */
	readonly commitBy: number;
	/** ms since epoch */
	readonly totalBy: number;
	/** Adds to the time spent waiting on upstreams (ms). */
	readonly waited: (ms: number) => void;
	/** ms spent waiting on upstreams so far */
	readonly waitedMs: () => number;
}

export function startRun(call: ChatCall, admitted: Admitted<ChatPlan>, ports: Ports, stream: boolean): ChatRun {
	const { plan, snapshot } = admitted;
	const { policy } = plan.route;
	const startedAt = ports.time.now();
	const limits = limitsUnder(ports.limits, policy);
	const firstEventMs = firstEventLimit(plan.request, stream, limits, plan.settings);
	const totalBy = startedAt + limits.totalMs;
	let waitedMs = 0;
	return {
		call,
		ports,
		plan,
		admitted,
		ledger: new RequestLedger(call.requestId, snapshot, plan.holdNanoUsd, ports),
		facts: requestFacts(call, admitted, 'chat', {
			agentId: plan.agentId,
			user: plan.request.user,
			runId: plan.request.runId,
			tags: plan.request.tags,
		}),
		stream,
		organizationId: snapshot.organization.id,
		patience: { firstEventMs, idleMs: limits.idleMs },
		granted: { firstEventMs: firstEventLimit(plan.request, stream, ports.limits, {}), idleMs: ports.limits.idleMs },
		maxAttempts: limits.maxAttempts,
		commitBy: Math.min(totalBy, startedAt + commitLimit(firstEventMs, plan.candidates, policy)),
		totalBy,
		waited: (ms) => {
			waitedMs += ms;
		},
		waitedMs: () => waitedMs,
	};
}

/** The facts of the answer as they are now. */
export function metaOf(run: ChatRun, won: Won<Planned, unknown>, costNanoUsd: NanoUsd | null): CallMeta {
	const { call, ports, admitted, plan } = run;
	const { target, context } = won.candidate;
	return {
		requestId: call.requestId,
		provider: target.provider.id,
		model: target.model,
		attempts: run.ledger.attempts,
		configVersion: admitted.snapshot.version,
		context,
		warnings: [...plan.warnings, ...won.warnings, ...warningsOf(admitted)],
		routing: won.routing,
		requests: admitted.requests,
		costNanoUsd,
		overheadMs: Math.max(0, ports.time.now() - call.receivedAt - run.waitedMs()),
	};
}

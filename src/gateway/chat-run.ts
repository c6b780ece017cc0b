/** What one admitted chat carries from step to step. */
import type { NanoUsd } from '../ledger/contract';
import { type Admitted, warningsOf } from './admit';
import type { CallMeta, ChatCall, RoutingStep } from './call';
import { commitLimit, firstEventLimit } from './deadline';
import type { RequestFacts } from './meter';
import type { ChatPlan } from './plan';
import type { Ports } from './ports';
import type { Pursuit, Won } from './pursue';
import { requestFacts } from './request-facts';
import { RequestLedger } from './request-ledger';

export interface ChatRun {
	readonly call: ChatCall;
	readonly ports: Ports;
	readonly plan: ChatPlan;
	readonly admitted: Admitted<ChatPlan>;
	readonly ledger: RequestLedger;
	readonly facts: RequestFacts;
	readonly pursuit: Pursuit;
	/** ms since epoch */
	readonly totalBy: number;
	/** ms spent waiting on upstreams so far */
	readonly waitedMs: () => number;
}

export function startRun(call: ChatCall, admitted: Admitted<ChatPlan>, ports: Ports, stream: boolean): ChatRun {
	const { plan, snapshot } = admitted;
	const startedAt = ports.time.now();
	const ledger = new RequestLedger(call.requestId, snapshot, plan.holdNanoUsd, ports);
	const first = firstEventLimit(plan.request, stream, ports.limits, plan.settings);
	const routing: RoutingStep[] = [...plan.skipped];
	let waitedMs = 0;
	return {
		call,
		ports,
		plan,
		admitted,
		ledger,
		facts: requestFacts(call, admitted, 'chat', {
			agentId: plan.agentId,
			user: plan.request.user,
			runId: plan.request.runId,
			tags: plan.request.tags,
		}),
		pursuit: {
			ledger,
			routing,
			organizationId: snapshot.organization.id,
			commitBy: startedAt + commitLimit(first, plan.targets.length),
			waited: (ms) => {
				waitedMs += ms;
			},
			signal: call.signal,
			timeoutsCount: plan.settings.timeoutMs === undefined || plan.settings.timeoutMs >= ports.limits.firstEventMs,
		},
		totalBy: startedAt + ports.limits.totalMs,
		waitedMs: () => waitedMs,
	};
}

/** The facts of the answer as they are now. */
export function metaOf(run: ChatRun, won: Won<unknown>, costNanoUsd: NanoUsd | null): CallMeta {
	const { call, ports, admitted, plan } = run;
	return {
		requestId: call.requestId,
		provider: won.target.provider.id,
		model: won.target.model,
		attempts: run.ledger.attempts,
		configVersion: admitted.snapshot.version,
		context: plan.targets[won.index]?.context ?? null,
		warnings: [...plan.warnings, ...won.warnings, ...warningsOf(admitted)],
		routing: run.pursuit.routing,
		requests: admitted.requests,
		costNanoUsd,
		overheadMs: Math.max(0, ports.time.now() - call.receivedAt - run.waitedMs()),
	};
}

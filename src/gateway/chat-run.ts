/** What one admitted chat carries from step to step. */
import type { NanoUsd } from '../ledger/contract';
import { type Admitted, warningsOf } from './admit';
import type { CallMeta, ChatCall } from './call';
import { commitLimit, firstEventLimit, limitsUnder } from './deadline';
import { type FitTerms, Fitter } from './fit-plan';
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
	/** Plans the conversation for each candidate. */
	readonly fitter: Fitter;
	/** Adds to the time spent waiting on upstreams (ms). */
	readonly waited: (ms: number) => void;
	/** ms spent waiting on upstreams so far */
	readonly waitedMs: () => number;
}

/** `chat`: what a summary is written by. */
export function startRun(
	call: ChatCall,
	admitted: Admitted<ChatPlan>,
	ports: Ports,
	{ stream, chat }: { readonly stream: boolean; readonly chat: FitTerms['chat'] },
): ChatRun {
	const { plan, snapshot } = admitted;
	const { policy } = plan.route;
	const startedAt = ports.time.now();
	const limits = limitsUnder(ports.limits, policy);
	const firstEventMs = firstEventLimit(plan.request, stream, limits, plan.settings);
	const totalBy = startedAt + limits.totalMs;
	const commitBy = Math.min(totalBy, startedAt + commitLimit(firstEventMs, plan.candidates, policy));
	let waitedMs = 0;
	const waited = (ms: number): void => {
		waitedMs += ms;
	};
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
		commitBy,
		totalBy,
		fitter: new Fitter({ plan, call, snapshot, chat, commitBy, waited }, ports),
		waited,
		waitedMs: () => waitedMs,
	};
}

/** The facts of the answer as they are now. */
export function metaOf(run: ChatRun, won: Won<Planned, unknown>, costNanoUsd: NanoUsd | null): CallMeta {
	const { call, ports, admitted, plan } = run;
	const { target } = won.candidate;
	return {
		requestId: call.requestId,
		provider: target.provider.id,
		model: target.model,
		attempts: run.ledger.attempts,
		configVersion: admitted.snapshot.version,
		context: won.context,
		warnings: [...plan.warnings, ...won.warnings, ...warningsOf(admitted)],
		routing: won.routing,
		requests: admitted.requests,
		costNanoUsd,
		overheadMs: Math.max(0, ports.time.now() - call.receivedAt - run.waitedMs()),
	};
}

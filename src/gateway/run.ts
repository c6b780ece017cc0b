/** The path of a chat: admit, pursue, settle. Read it down. */
import { GatewayError } from '../errors';
import { Collector } from '../language/collect';
import type { ChatEvent } from '../language/event';
import type { ChatResponse } from '../language/request';
import type { LedgerEntry } from '../ledger/contract';
import { cutReceipt } from '../planner/receipt';
import { wireChoice } from '../providers/wire-choice';
import { type Admitted, admit } from './admit';
import { type Attempt, type OpenStream, streamed, whole } from './attempt';
import type { CallMeta, ChatAnswer, ChatCall, ChatStream } from './call';
import { type ChatRun, metaOf, startRun } from './chat-run';
import { attemptLimits, foldsStream } from './deadline';
import type { Fit } from './fit-plan';
import { learn, type Sent, stated } from './learning';
import { leaving } from './leaving';
import { aborted, Meter } from './meter';
import { type ChatPlan, type Planned, planChat } from './plan';
import type { Ports } from './ports';
import { pursue } from './pursue';
import type { Prepared, Pursuit, Won } from './pursuit';
import { endProbe, report } from './report';
import { following } from './request-facts';
import { takenAway } from './request-ledger';
import { agentSlugOf } from './route';
import { ANSWER_LIMIT } from './upstream';
import { wireRequestOf } from './wire-request';

/** Throws GatewayError. */
export async function chat(call: ChatCall, ports: Ports): Promise<ChatAnswer> {
	const admitted = await admitChat(call, ports);
	const fold = foldsStream(admitted.plan.request);
	const run = startRun(call, admitted, ports, { stream: fold, chat });
	try {
		const won = await pursue(pursuitOf(run, fold ? folded : whole), ports);
		const entry = won.meter.end(null, 200);
		run.ledger.owe(entry);
		report(null, { target: won.candidate.target, meter: won.meter, probe: won.probe }, run, ports);
		taught(run, won.candidate, entry);
		return { response: won.answer, meta: metaOf(run, won, entry.costNanoUsd) };
	} finally {
		run.ledger.finish();
	}
}

/** Resolves at the commit point. Throws GatewayError before it. */
export async function stream(call: ChatCall, ports: Ports): Promise<ChatStream> {
	const run = startRun(call, await admitChat(call, ports), ports, { stream: true, chat });
	try {
		return committed(run, await pursue(pursuitOf(run, opened), ports));
	} catch (error) {
		run.ledger.finish();
		throw error;
	}
}

function admitChat(call: ChatCall, ports: Ports): Promise<Admitted<ChatPlan>> {
	return admit(
		{
			requestId: call.requestId,
			agentSlug: agentSlugOf(call.request.model, call.agent),
			operation: 'chat',
			prepare: (snapshot) => planChat(call, snapshot, ports),
		},
		ports,
	);
}

/** An open stream with what it takes to end it. */
interface Running extends OpenStream {
	readonly controller: AbortController;
}

async function opened(attempt: Attempt, ports: Ports): Promise<Running> {
	return { ...(await streamed(attempt, ports)), controller: attempt.controller };
}

/** A streamed call folded into a whole answer: nothing has left yet, so its failure may still move on. */
async function folded(attempt: Attempt, ports: Ports): Promise<ChatResponse> {
	const { head, tail, stop } = await streamed({ ...attempt, mostBytes: ANSWER_LIMIT }, ports);
	const startedAt = ports.time.now();
	const collector = new Collector();
	try {
		for (const event of head) collector.push(event);
		for await (const batch of tail) for (const event of batch) collector.push(event);
		return collector.response();
	} finally {
		stop();
		await tail.return();
		attempt.waited(ports.time.now() - startedAt);
	}
}

type Perform<Answer> = (attempt: Attempt, ports: Ports) => Promise<Answer>;

/** The plan as the pursuit wants it: how to ask each candidate, and what to do with one that answers. */
function pursuitOf<Answer>(run: ChatRun, perform: Perform<Answer>): Pursuit<Planned, Answer> {
	const { plan, call, fitter } = run;
	return {
		candidates: plan.candidates,
		contextChain: plan.contextChain,
		filterChain: plan.filterChain,
		route: plan.route,
		prepare: (planned) => {
			const fit = fitter.fit(planned);
			if (!(fit instanceof Promise)) return preparedFor(planned, fit, run, perform);
			return fit.then((one) => preparedFor(planned, one, run, perform));
		},
		replan: async (planned, failure) => {
			const fit = await fitter.refit(planned, failure);
			return fit && preparedFor(planned, fit, run, perform);
		},
		ledger: run.ledger,
		maxAttempts: run.maxAttempts,
		tokens: plan.promptTokens + (plan.request.maxTokens ?? 0),
		commitBy: run.commitBy,
		totalBy: run.totalBy,
		waited: run.waited,
		signal: call.signal,
		organizationId: run.organizationId,
		patience: run.patience,
		granted: run.granted,
	};
}

function preparedFor<Answer>(planned: Planned, fit: Fit, run: ChatRun, perform: Perform<Answer>): Prepared<Answer> {
	const { target } = planned;
	const { request, firstMessage } = run.plan;
	// By the request as it came: what was taken away of it must not choose another wire than was planned for.
	const { wire: id, quirks } = wireChoice(target.provider, target.model, request);
	const wire = run.ports.registry.wires[id];
	const addressee = { target, wire, quirks, stream: run.stream, firstMessage, places: fit.places };
	const wireRequest = wireRequestOf(fit.request, addressee, fit.insisted);
	tell(planned, fit, run);
	return {
		warnings: fit.warnings.length === 0 ? wireRequest.warnings : [...fit.warnings, ...wireRequest.warnings],
		context: fit.receipt,
		meter: (number) => meterOf(run, planned, fit, number),
		call: (meter, commitBy, others) => {
			const controller = following(run.call.signal);
			const limits = attemptLimits(run.patience, { commitBy, totalBy: run.totalBy }, others ? meter.startedAt : null);
			const attempt: Attempt = { target, wire, wireRequest, meter, limits, controller, waited: run.waited };
			return perform(attempt, run.ports).catch((error: unknown) => {
				controller.abort(error);
				if (error instanceof GatewayError && error.upstream?.failure === 'context-too-long')
					stated(sentBy(run, planned, fit), error, run.ports);
				throw error;
			});
		},
	};
}

/** What was taken away, in figures. */
function tell({ target }: Planned, { receipt }: Fit, { call, ports }: ChatRun): void {
	const taken = takenAway(receipt);
	if (taken === null) return;
	const { requestId } = call;
	ports.log('info', 'context-planned', { requestId, provider: target.provider.id, model: target.model, ...taken });
}

const sentBy = ({ organizationId }: ChatRun, { target }: Planned, { request, estimated }: Fit): Sent => ({
	target,
	organizationId,
	request,
	estimated,
});

/** What an answer teaches about counting. */
function taught(run: ChatRun, planned: Planned, { usage, usageSource }: Pick<LedgerEntry, 'usage' | 'usageSource'>) {
	const fit = run.fitter.sent(planned);
	if (fit && usageSource === 'reported') learn(sentBy(run, planned, fit), usage, run.ports);
}

const meterOf = (run: ChatRun, planned: Planned, { promptTokens, receipt }: Fit, number: number): Meter =>
	new Meter(
		run.facts,
		planned.target,
		{ number, stream: run.stream, promptTokens, context: cutReceipt(receipt) },
		run.ports.time,
	);

/** The stream handed to a door. Whichever way it is left, it is settled exactly once. */
function committed(run: ChatRun, won: Won<Planned, Running>): ChatStream {
	const { answer, meter, candidate } = won;
	let meta: CallMeta = metaOf(run, won, null);
	// A long answer must not keep everybody else waiting for what its first words have proved.
	if (won.probe) endProbe('success', candidate.target, run.organizationId, run.ports);
	const ended = { target: candidate.target, meter, probe: false };

	const settle = (last: ChatEvent | undefined): void => {
		const error = last?.type === 'error' ? last.error : null;
		const entry = meter.end(error, 200);
		run.ledger.owe(entry);
		run.ledger.finish();
		meta = metaOf(run, won, entry.costNanoUsd);
		report(meter.finished ? null : (error ?? aborted()), ended, run, run.ports);
		if (meter.finished) taught(run, candidate, entry);
	};

	let settled = false;
	const settleOnce = (last: ChatEvent | undefined): void => {
		if (settled) return;
		settled = true;
		settle(last);
	};
	/** The client is gone, or needs no more. */
	const leave = (): void => {
		settleOnce(undefined);
		answer.stop();
		answer.controller.abort(aborted());
	};

	async function* passed(): AsyncGenerator<readonly ChatEvent[], void, void> {
		try {
			for await (const batch of chained(answer)) {
				const last = batch.at(-1);
				// The cost must be known when `finish` is passed on, so the books are closed before it.
				if (last?.type === 'finish' || last?.type === 'error') settleOnce(last);
				yield batch;
			}
		} finally {
			leave();
			await answer.tail.return();
		}
	}

	return { events: leaving(passed(), leave), meta: () => meta };
}

async function* chained(answer: OpenStream): AsyncGenerator<readonly ChatEvent[], void, void> {
	yield answer.head;
	yield* answer.tail;
}

/** The path of an embedding: one target (vectors of two models don't mix), arrays split at its maximum. */
import { invalid } from '../errors';
import type { EmbedRequest, EmbedResponse, Warning } from '../language/request';
import type { RoutingDecision } from '../language/routing';
import { addUsage, type Usage } from '../language/usage';
import { holdOf } from '../ledger/hold';
import { estimateEmbedding } from '../planner/estimate';
import { matchesName } from '../providers/model-name';
import { type Admissible, type Admitted, admit, warningsOf } from './admit';
import type { EmbedAnswer, EmbedCall } from './call';
import type { Candidate, Route } from './candidate';
import { limitsUnder } from './deadline';
import { isPlain } from './decision';
import { Meter, type RequestFacts } from './meter';
import type { Ports, Snapshot, TimeLimits } from './ports';
import { pursue } from './pursue';
import type { Prepared, Pursued, Pursuit } from './pursuit';
import { report } from './report';
import { following, requestFacts } from './request-facts';
import { RequestLedger } from './request-ledger';
import { agentSlugOf, route } from './route';
import { type Target, unknownModel } from './target';
import { ANSWER_LIMIT, exchange, legible, readText } from './upstream';
import { watch } from './watchdog';

interface EmbedPlan extends Admissible {
	readonly candidates: readonly Pursued[];
	readonly route: Route;
	readonly agentId: string | null;
	readonly promptTokens: number;
	/** Inputs of each upstream call. */
	readonly parts: readonly EmbedRequest[];
}

/** Input that even a small machine embeds in a second: what a call may take longer for a large part. */
const TOKENS_PER_SECOND = 1_000;

/** Throws GatewayError. */
export async function embed(call: EmbedCall, ports: Ports): Promise<EmbedAnswer> {
	const agentSlug = agentSlugOf(call.request.model, call.agent);
	const admitted = await admit(
		{
			requestId: call.requestId,
			agentSlug,
			operation: 'embedding',
			prepare: (snapshot) => planEmbed(call, agentSlug, snapshot, ports),
		},
		ports,
	);
	const ledger = new RequestLedger(call.requestId, admitted.snapshot, admitted.plan.holdNanoUsd, ports);
	try {
		return await embedParts(call, admitted, ledger, ports);
	} finally {
		ledger.finish();
	}
}

/** All inputs at once or in parts; throws where the model is unknown or can't embed. */
function planEmbed(call: EmbedCall, agentSlug: string | null, snapshot: Snapshot, ports: Ports): EmbedPlan {
	const { request } = call;
	if (request.input.length === 0) throw invalid('input', 'Give at least one text.');
	const { catalog, registry, health, affinity, random, time } = ports;
	const promptTokens = estimateEmbedding(request);
	const routed = route(
		{ kind: 'embedding', model: request.model, models: undefined, agentSlug, fallback: false },
		{ tools: false, structuredOutput: false, input: [], promptTokens, maxTokens: 0 },
		null,
		{ snapshot, catalog, registry, health, affinity, random, time },
	);
	const target = routed.candidates[0]?.target;
	const most = target && maxInputsOf(target);
	if (!target || most === undefined) throw invalid('model', 'This model has no embeddings.');
	return {
		candidates: routed.candidates.map(held),
		route: routed,
		agentId: agentSlug === null ? null : (snapshot.agent?.id ?? null),
		promptTokens,
		parts: split(request, most),
		holdNanoUsd: holdOf({
			inputTokens: promptTokens,
			outputTokens: 0,
			prices: routed.candidates.map((one) => one.target.facts.prices),
		}),
		totalMs: routed.policy.totalTimeoutMs ?? null,
		provider: target.provider.id,
		model: target.model,
	};
}

/** All parts together were held for at the start. */
const held = ({ target, score }: Candidate): Pursued => ({ target, score, holdNanoUsd: null });

/** Inputs the target takes in one call; undefined: it has no embeddings. */
function maxInputsOf({ provider, model }: Target): number | undefined {
	const few = provider.embeddings?.maxInputsOf?.find(([pattern]) => matchesName(pattern, model));
	return few?.[1] ?? provider.embeddings?.maxInputs;
}

function split(request: EmbedRequest, most: number): EmbedRequest[] {
	const parts: EmbedRequest[] = [];
	for (let at = 0; at < request.input.length; at += most)
		parts.push({ ...request, input: request.input.slice(at, at + most) as EmbedRequest['input'] });
	return parts;
}

/** What the parts of one request share. */
interface EmbedRun {
	readonly call: EmbedCall;
	readonly plan: EmbedPlan;
	readonly facts: RequestFacts;
	readonly limits: TimeLimits;
	/** ms since epoch */
	readonly by: number;
	readonly waited: (ms: number) => void;
	readonly ports: Ports;
}

async function embedParts(
	call: EmbedCall,
	admitted: Admitted<EmbedPlan>,
	ledger: RequestLedger,
	ports: Ports,
): Promise<EmbedAnswer> {
	const { plan, snapshot } = admitted;
	const limits = limitsUnder(ports.limits, plan.route.policy);
	let waitedMs = 0;
	const { user, runId, tags } = call.request;
	const run: EmbedRun = {
		call,
		plan,
		facts: requestFacts(call, admitted, 'embedding', { agentId: plan.agentId, user, runId, tags }),
		limits,
		by: ports.time.now() + limits.totalMs,
		waited: (ms) => {
			waitedMs += ms;
		},
		ports,
	};
	let cost: bigint | null = 0n;
	let usage: Usage | null = null;
	let routing: RoutingDecision | null = null;
	const warnings: Warning[] = warningsAhead(admitted);
	const embeddings: (readonly number[])[] = [];
	let model = plan.model;
	for (const [at, part] of plan.parts.entries()) {
		const pursuit = pursuitOf(part, run, ledger, snapshot.organization.id);
		const won = await pursue(pursuit, ports);
		const entry = won.meter.end(null, 200);
		ledger.owe(entry);
		report(null, { target: won.candidate.target, meter: won.meter, probe: won.probe }, pursuit, ports);
		cost = cost === null || entry.costNanoUsd === null ? null : cost + entry.costNanoUsd;
		const more = won.answer.usage;
		usage = at === 0 ? more : usage && more && addUsage(usage, more);
		model = won.answer.model || model;
		routing = routing === null || isPlain(routing) ? won.routing : routing;
		ledger.decided(isPlain(routing) ? null : routing);
		embeddings.push(...won.answer.embeddings);
		if (at === 0) warnings.push(...won.warnings);
	}
	return {
		response: { model, embeddings, usage },
		meta: {
			requestId: call.requestId,
			provider: plan.provider,
			model: plan.model,
			attempts: ledger.attempts,
			configVersion: snapshot.version,
			context: null,
			warnings,
			routing: routing ?? { strategy: plan.route.strategy, sticky: false, steps: [] },
			requests: admitted.requests,
			costNanoUsd: cost,
			overheadMs: Math.max(0, ports.time.now() - call.receivedAt - waitedMs),
		},
	};
}

function warningsAhead(admitted: Admitted<EmbedPlan>): Warning[] {
	const [first] = admitted.plan.candidates;
	return [...(first ? unknownModel(first.target) : []), ...warningsOf(admitted)];
}

/** Of one part: its share of the prompt. */
function pursuitOf(
	part: EmbedRequest,
	run: EmbedRun,
	ledger: RequestLedger,
	organizationId: string,
): Pursuit<Pursued, EmbedResponse> {
	const { call, plan, limits, by, waited, ports } = run;
	const promptTokens = Math.ceil((plan.promptTokens * part.input.length) / call.request.input.length);
	const extraMs = (promptTokens / TOKENS_PER_SECOND) * 1_000;
	return {
		candidates: plan.candidates,
		contextChain: [],
		filterChain: [],
		route: plan.route,
		prepare: ({ target }) => preparePart(part, target, promptTokens, run),
		replan: async () => null,
		ledger,
		maxAttempts: limits.maxAttempts,
		tokens: promptTokens,
		commitBy: by,
		totalBy: by,
		waited,
		signal: call.signal,
		organizationId,
		patience: { firstEventMs: limits.firstEventMs + extraMs, idleMs: limits.idleMs },
		granted: { firstEventMs: ports.limits.firstEventMs + extraMs, idleMs: ports.limits.idleMs },
	};
}

/** One upstream call of at most `maxInputs` texts. */
function preparePart(
	part: EmbedRequest,
	target: Target,
	promptTokens: number,
	{ call, facts, limits, by, waited, ports }: EmbedRun,
): Prepared<EmbedResponse> {
	const { provider } = target;
	if (!provider.embeddings) throw invalid('model', `Provider '${provider.id}' has no embeddings.`);
	const wire = ports.registry.embedWires[provider.embeddings.wire];
	const wireRequest = wire.toRequest(part, {
		providerId: provider.id,
		model: target.upstreamModel,
		quirks: provider.quirks ?? {},
	});
	return {
		warnings: wireRequest.warnings,
		context: null,
		meter: (number) => new Meter(facts, target, { number, stream: false, promptTokens, context: null }, ports.time),
		call: async (meter) => {
			const controller = following(call.signal);
			const now = ports.time.now();
			const { idleMs } = limits;
			const firstEventMs = limits.firstEventMs + (promptTokens / TOKENS_PER_SECOND) * 1_000;
			const dog = watch(ports.time, { firstEventMs, idleMs, commitBy: by, totalBy: by }, (error) =>
				controller.abort(error),
			);
			try {
				const response = await exchange(target, wireRequest, wire, controller.signal, ports, meter);
				const body = await readText(response, ANSWER_LIMIT, controller.signal, 'refuse');
				const read = () => wire.fromResponse(body, part.input.length, wireRequest.plan, response.headers);
				const answer = legible(response, read);
				meter.counted(answer.usage);
				return answer;
			} finally {
				dog.stop();
				waited(ports.time.now() - now);
			}
		},
	};
}

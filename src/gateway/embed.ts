/** The path of an embedding: one target (vectors of two models don't mix), arrays split at its maximum. */
import { invalid } from '../errors';
import type { EmbedRequest, EmbedResponse, Warning } from '../language/request';
import { addUsage, type Usage } from '../language/usage';
import { holdOf } from '../ledger/hold';
import { estimateEmbedding } from '../planner/estimate';
import { matchesName } from '../providers/model-name';
import { type Admissible, type Admitted, admit, warningsOf } from './admit';
import type { EmbedAnswer, EmbedCall, RoutingStep } from './call';
import { Meter } from './meter';
import type { Ports, Snapshot } from './ports';
import { type Prepared, type Pursuit, pursue, report } from './pursue';
import { following, requestFacts } from './request-facts';
import { RequestLedger } from './request-ledger';
import { agentSlugOf, route, type Target } from './route';
import { unknownModel } from './target';
import { ANSWER_LIMIT, exchange, readText } from './upstream';
import { watch } from './watchdog';

interface EmbedPlan extends Admissible {
	readonly target: Target;
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
	const { targets } = route(
		{ kind: 'embedding', model: request.model, models: undefined, agentSlug, fallback: false },
		{ snapshot, catalog: ports.catalog, registry: ports.registry },
	);
	const [target] = targets;
	const most = target && maxInputsOf(target);
	if (!target || most === undefined) throw invalid('model', 'This model has no embeddings.');
	const promptTokens = estimateEmbedding(request);
	const prices = target.facts.prices;
	return {
		target,
		agentId: agentSlug === null ? null : (snapshot.agent?.id ?? null),
		promptTokens,
		parts: split(request, most),
		holdNanoUsd: holdOf({ inputTokens: promptTokens, outputTokens: 0, prices: prices ? [prices] : [] }),
		provider: target.provider.id,
		model: target.model,
	};
}

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

async function embedParts(
	call: EmbedCall,
	admitted: Admitted<EmbedPlan>,
	ledger: RequestLedger,
	ports: Ports,
): Promise<EmbedAnswer> {
	const { plan, snapshot } = admitted;
	const { target } = plan;
	const startedAt = ports.time.now();
	const routing: RoutingStep[] = [];
	let waitedMs = 0;
	let cost: bigint | null = 0n;
	let usage: Usage | null = null;
	const warnings: Warning[] = [...unknownModel(target), ...warningsOf(admitted)];
	const embeddings: (readonly number[])[] = [];
	let model = target.model;
	const pursuit = {
		ledger,
		routing,
		organizationId: snapshot.organization.id,
		commitBy: startedAt + ports.limits.totalMs,
		waited: (ms: number) => {
			waitedMs += ms;
		},
		signal: call.signal,
		timeoutsCount: true,
	};
	for (const [at, part] of plan.parts.entries()) {
		const prepare = (): Prepared<EmbedResponse> => preparePart(part, call, admitted, pursuit, ports);
		const won = await pursue([{ target, holdNanoUsd: null, prepare }], pursuit, ports);
		const entry = won.meter.end(null, 200);
		ledger.owe(entry);
		report(null, target, won.meter, { ports, probe: won.probe, pursuit });
		cost = cost === null || entry.costNanoUsd === null ? null : cost + entry.costNanoUsd;
		const more = won.answer.usage;
		usage = at === 0 ? more : usage && more && addUsage(usage, more);
		model = won.answer.model || model;
		embeddings.push(...won.answer.embeddings);
		if (at === 0) warnings.push(...won.warnings);
	}
	return {
		response: { model, embeddings, usage },
		meta: {
			requestId: call.requestId,
			provider: target.provider.id,
			model: target.model,
			attempts: ledger.attempts,
			configVersion: snapshot.version,
			context: null,
			warnings,
			routing,
			requests: admitted.requests,
			costNanoUsd: cost,
			overheadMs: Math.max(0, ports.time.now() - call.receivedAt - waitedMs),
		},
	};
}

/** One upstream call of at most `maxInputs` texts. */
function preparePart(
	part: EmbedRequest,
	call: EmbedCall,
	admitted: Admitted<EmbedPlan>,
	{ commitBy, waited }: Pick<Pursuit, 'commitBy' | 'waited'>,
	ports: Ports,
): Prepared<EmbedResponse> {
	const { plan } = admitted;
	const { target } = plan;
	const { provider } = target;
	if (!provider.embeddings) throw invalid('model', `Provider '${provider.id}' has no embeddings.`);
	const wire = ports.registry.embedWires[provider.embeddings.wire];
	const wireRequest = wire.toRequest(part, {
		providerId: provider.id,
		model: target.upstreamModel,
		quirks: provider.quirks ?? {},
	});
	const facts = requestFacts(call, admitted, 'embedding', {
		agentId: plan.agentId,
		user: part.user,
		runId: part.runId,
		tags: part.tags,
	});
	const promptTokens = Math.ceil((plan.promptTokens * part.input.length) / call.request.input.length);
	return {
		warnings: wireRequest.warnings,
		meter: (number) => new Meter(facts, target, { number, stream: false, promptTokens, context: null }, ports.time),
		call: async (meter) => {
			const controller = following(call.signal);
			const now = ports.time.now();
			const { idleMs } = ports.limits;
			const firstEventMs = ports.limits.firstEventMs + (promptTokens / TOKENS_PER_SECOND) * 1_000;
			const dog = watch(ports.time, { firstEventMs, idleMs, commitBy, totalBy: commitBy }, (error) =>
				controller.abort(error),
			);
			try {
				const response = await exchange(target, wireRequest, wire, controller.signal, ports);
				const body = await readText(response, ANSWER_LIMIT, controller.signal, 'refuse');
				const answer = wire.fromResponse(body, part.input.length, wireRequest.plan, response.headers);
				meter.counted(answer.usage);
				return answer;
			} finally {
				dog.stop();
				waited(ports.time.now() - now);
			}
		},
	};
}

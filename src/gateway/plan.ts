/**
 * What will be asked of whom: the request with settings and prompt applied, the candidates, the hold. Pure, but for
 * what puts the candidates in order.
 */
import type { ModelFacts } from '../catalog/facts';
import type { ChatRequest, Warning } from '../language/request';
import type { ContextReceipt, NanoUsd } from '../ledger/contract';
import { holdOf } from '../ledger/hold';
import { bound } from '../planner/bound';
import { estimateInput } from '../planner/estimate';
import { type Measure, measure } from '../planner/measure';
import { insertPrompt } from '../prompt/insert';
import type { Admissible } from './admit';
import type { ChatCall } from './call';
import type { Candidate, Needs, Route } from './candidate';
import { checkAllOptions } from './key-policy';
import type { Settings, Snapshot } from './ports';
import { withPresets } from './preset';
import type { Pursued } from './pursuit';
import { agentSlugOf, type RankFacts, rank, survey, type Target } from './route';
import { unknownModel } from './target';

/** Output taken for granted in a hold where the request sets no maximum (tokens). */
const DEFAULT_OUTPUT = 4_096;

/** A candidate, planned for its model. */
export interface Planned extends Pursued {
	readonly context: ContextReceipt;
}

export interface ChatPlan extends Admissible {
	readonly request: ChatRequest;
	/** What a strict caller asked for itself, before the configuration added to it; null: nothing to tell apart. */
	readonly insisted: ChatRequest | null;
	/** Messages that the gateway put ahead of the caller's. */
	readonly firstMessage: number;
	readonly settings: Settings;
	readonly candidates: readonly Planned[];
	readonly contextChain: readonly Planned[];
	readonly filterChain: readonly Planned[];
	readonly route: Route;
	readonly warnings: readonly Warning[];
	readonly agentId: string | null;
	/** Estimated prompt tokens, for the hold and for answers without usage. */
	readonly promptTokens: number;
}

/** Files are no need: who takes which is known of the wire alone, and `prepare` asks it. */
function needsOf(request: ChatRequest, measured: Measure): Needs {
	const input: Needs['input'][number][] = [];
	if (measured.images > 0) input.push('image');
	if (measured.audioBytes > 0) input.push('audio');
	return {
		tools: measured.toolCalls > 0 || (request.tools?.length ?? 0) > 0,
		structuredOutput: request.responseFormat?.type === 'json-schema',
		input,
		promptTokens: estimateInput(request, measured),
		maxTokens: request.maxTokens ?? null,
	};
}

const outputOf = (request: ChatRequest, target: Target): number =>
	request.maxTokens ?? Math.min(target.facts.maxOutput ?? DEFAULT_OUTPUT, DEFAULT_OUTPUT);

interface Bounded {
	readonly facts: ModelFacts;
	readonly context: ContextReceipt;
}

/** A bound goes by nothing else. */
const boundAlike = (one: ModelFacts, other: ModelFacts): boolean =>
	one === other ||
	(one.model === other.model &&
		one.tokenizer === other.tokenizer &&
		one.contextWindow === other.contextWindow &&
		one.inputLimit === other.inputLimit &&
		one.maxOutput === other.maxOutput);

/** Plans candidates. What keys of one model have in common is worked out once: reading a long text takes its time. */
function planner(request: ChatRequest, promptTokens: number, measured: Measure): (candidate: Candidate) => Planned {
	const known: Bounded[] = [];
	const contextOf = (facts: ModelFacts): ContextReceipt => {
		const alike = known.find((one) => boundAlike(one.facts, facts));
		if (alike) return alike.context;
		const { before, after, limit, method, dropped, summarized } = bound(request, facts, measured);
		const context = { before, after, limit, method, dropped, summarized };
		known.push({ facts, context });
		return context;
	};
	return ({ target, score }) => ({
		target,
		score,
		context: contextOf(target.facts),
		holdNanoUsd: holdOf({
			inputTokens: promptTokens,
			outputTokens: outputOf(request, target),
			prices: target.facts.prices ? [target.facts.prices] : [],
		}),
	});
}

/** The dearest of the chain; null where nobody has a price. */
function dearest(candidates: readonly Planned[]): NanoUsd | null {
	let most: NanoUsd | null = null;
	for (const { holdNanoUsd } of candidates)
		if (holdNanoUsd !== null && (most === null || holdNanoUsd > most)) most = holdNanoUsd;
	return most;
}

/** Throws GatewayError: unknown or forbidden model or agent, or nobody who may answer. */
export function planChat(call: ChatCall, snapshot: Snapshot, facts: Omit<RankFacts, 'snapshot'>): ChatPlan {
	const agentSlug = agentSlugOf(call.request.model, call.agent);
	const { model, models } = call.request;
	const { catalog, registry, health, affinity, random, time } = facts;
	const ranked: RankFacts = { snapshot, catalog, registry, health, affinity, random, time };
	const surveyed = survey({ kind: 'chat', model, models, agentSlug, fallback: call.fallback }, ranked);
	const agent = agentSlug === null ? null : snapshot.agent;
	const { request: own, ahead, warnings: kept } = insertPrompt(call.request, agent, snapshot.caller);
	const { request, settings, warnings: preset } = withPresets(own, surveyed.choice, snapshot.caller);
	const measured = measure(request);
	const needs = needsOf(request, measured);
	const route = rank(surveyed, needs, call, ranked);
	checkAllOptions(route, call.request.providerOptions, snapshot);
	const plan = planner(request, needs.promptTokens, measured);
	const candidates = route.candidates.map(plan);
	const [first] = route.candidates;
	const warnings = [...kept, ...preset];
	return {
		request,
		insisted: own.strict && request !== own ? own : null,
		firstMessage: ahead,
		settings,
		candidates,
		contextChain: route.contextChain.map(plan),
		filterChain: route.filterChain.map(plan),
		route,
		warnings: first ? [...unknownModel(first.target), ...warnings] : warnings,
		agentId: agent?.id ?? null,
		promptTokens: needs.promptTokens,
		holdNanoUsd: dearest(candidates),
		totalMs: route.policy.totalTimeoutMs ?? null,
		provider: first?.target.provider.id ?? '',
		model: first?.target.model ?? '',
	};
}

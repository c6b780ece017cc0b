/** What will be asked of whom: the request with settings and prompt applied, the targets, the hold. Pure. */
import type { ChatRequest, Warning } from '../language/request';
import type { ContextReceipt, NanoUsd } from '../ledger/contract';
import { holdOf } from '../ledger/hold';
import { bound } from '../planner/bound';
import { estimateInput } from '../planner/estimate';
import { type Measure, measure } from '../planner/measure';
import { insertPrompt } from '../prompt/insert';
import type { Admissible } from './admit';
import type { ChatCall, RoutingStep } from './call';
import { checkOptions } from './key-policy';
import type { CatalogPort, Registry, Settings, Snapshot } from './ports';
import { withPresets } from './preset';
import { agentSlugOf, route, type Target } from './route';
import { unknownModel } from './target';

/** Output taken for granted in a hold where the request sets no maximum (tokens). */
const DEFAULT_OUTPUT = 4_096;

/** One target, planned for its model. */
export interface Planned {
	readonly target: Target;
	readonly context: ContextReceipt;
	/** What one attempt at it may cost; null: no price is known. */
	readonly holdNanoUsd: NanoUsd | null;
}

export interface ChatPlan extends Admissible {
	readonly request: ChatRequest;
	/** What a strict caller asked for itself, before the configuration added to it; null: nothing to tell apart. */
	readonly insisted: ChatRequest | null;
	/** Messages that the gateway put ahead of the caller's. */
	readonly firstMessage: number;
	readonly settings: Settings;
	readonly targets: readonly Planned[];
	readonly skipped: readonly RoutingStep[];
	readonly warnings: readonly Warning[];
	readonly agentId: string | null;
	/** Estimated prompt tokens, for the hold and for answers without usage. */
	readonly promptTokens: number;
}

const outputOf = (request: ChatRequest, target: Target): number =>
	request.maxTokens ?? Math.min(target.facts.maxOutput ?? DEFAULT_OUTPUT, DEFAULT_OUTPUT);

function planned(request: ChatRequest, target: Target, promptTokens: number, measured: Measure): Planned {
	const { before, after, limit, method, dropped, summarized } = bound(request, target.facts, measured);
	const prices = target.facts.prices;
	return {
		target,
		context: { before, after, limit, method, dropped, summarized },
		holdNanoUsd: holdOf({
			inputTokens: promptTokens,
			outputTokens: outputOf(request, target),
			prices: prices ? [prices] : [],
		}),
	};
}

/** The dearest of the chain; null where no target has a price. */
function dearest(targets: readonly Planned[]): NanoUsd | null {
	let most: NanoUsd | null = null;
	for (const { holdNanoUsd } of targets)
		if (holdNanoUsd !== null && (most === null || holdNanoUsd > most)) most = holdNanoUsd;
	return most;
}

/** Throws GatewayError: unknown or forbidden model or agent. */
export function planChat(
	call: ChatCall,
	snapshot: Snapshot,
	facts: { readonly catalog: CatalogPort; readonly registry: Registry },
): ChatPlan {
	const agentSlug = agentSlugOf(call.request.model, call.agent);
	const { targets, choice, skipped } = route(
		{
			kind: 'chat',
			model: call.request.model,
			models: call.request.models,
			agentSlug,
			fallback: call.fallback,
		},
		{ snapshot, ...facts },
	);
	for (const target of targets) checkOptions(target, call.request.providerOptions, snapshot);
	const agent = agentSlug === null ? null : snapshot.agent;
	const { request: own, ahead, warnings: kept } = insertPrompt(call.request, agent, snapshot.caller);
	const { request, settings, warnings: preset } = withPresets(own, choice, snapshot.caller);
	const warnings = [...kept, ...preset];
	const measured = measure(request);
	const promptTokens = estimateInput(request, measured);
	const all = targets.map((target) => planned(request, target, promptTokens, measured));
	const [first] = targets;
	return {
		request,
		insisted: own.strict && request !== own ? own : null,
		firstMessage: ahead,
		settings,
		targets: all,
		skipped,
		warnings: first ? [...unknownModel(first), ...warnings] : warnings,
		agentId: agent?.id ?? null,
		promptTokens,
		holdNanoUsd: dearest(all),
		provider: first?.provider.id ?? '',
		model: first?.model ?? '',
	};
}

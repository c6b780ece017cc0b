/** What will be asked of whom: the request with settings and prompt applied, the targets, the hold. Pure. */
import type { Message } from '../language/message';
import type { ChatRequest, Warning } from '../language/request';
import type { ContextReceipt, NanoUsd } from '../ledger/contract';
import { holdOf } from '../ledger/hold';
import { bound } from '../planner/bound';
import { estimateInput } from '../planner/estimate';
import { type Measure, measure } from '../planner/measure';
import type { Admissible } from './admit';
import type { ChatCall, RoutingStep } from './call';
import type { CatalogPort, Choice, Registry, Settings, Snapshot } from './ports';
import { agentSlugOf, checkOptions, route, type Target } from './route';

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

/** The value of each preset setting, without its origin. */
function settingsOf(choice: Choice | null): Settings {
	if (!choice) return {};
	const { temperature, maxTokens, topP, timeoutMs } = choice.settings;
	return {
		...(temperature && { temperature: temperature.value }),
		...(maxTokens && { maxTokens: maxTokens.value }),
		...(topP && { topP: topP.value }),
		...(timeoutMs && { timeoutMs: timeoutMs.value }),
	};
}

function withSettings(request: ChatRequest, settings: Settings): ChatRequest {
	const { temperature, maxTokens, topP } = settings;
	if (temperature === undefined && maxTokens === undefined && topP === undefined) return request;
	return {
		...(temperature !== undefined && { temperature }),
		...(maxTokens !== undefined && { maxTokens }),
		...(topP !== undefined && { topP }),
		...request,
	};
}

function withPrompt(request: ChatRequest, prompt: string | null): ChatRequest {
	if (prompt === null) return request;
	const system: Message = { role: 'system', content: [{ type: 'text', text: prompt }], pinned: true };
	return { ...request, messages: [system, ...request.messages] };
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

/** Named in the answer where its price and limits are guesses. */
export const unknownModel = (target: Target): readonly Warning[] =>
	target.facts.known
		? []
		: [
				{
					field: 'model',
					message: `'${target.name}' is not in the catalog: its ${target.facts.prices ? '' : 'price is unknown and its '}limits are conservative guesses.`,
				},
			];

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
	const settings = settingsOf(choice);
	const prompt = agent?.systemPrompt ?? null;
	const request = withPrompt(withSettings(call.request, settings), prompt);
	const measured = measure(request);
	const promptTokens = estimateInput(request, measured);
	const all = targets.map((target) => planned(request, target, promptTokens, measured));
	const [first] = targets;
	return {
		request,
		firstMessage: prompt === null ? 0 : 1,
		settings,
		targets: all,
		skipped,
		warnings: first ? unknownModel(first) : [],
		agentId: agent?.id ?? null,
		promptTokens,
		holdNanoUsd: dearest(all),
		provider: first?.provider.id ?? '',
		model: first?.model ?? '',
	};
}

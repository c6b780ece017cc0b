/**
 * What will be asked of whom: the request with settings and prompt applied, the candidates, the hold. Pure, but for
 * what puts the candidates in order and what it takes to count.
 */
import type { ContextPolicy, ContextReceipt } from '../language/context';
import type { ChatRequest, Warning } from '../language/request';
import type { NanoUsd } from '../ledger/contract';
import { holdOf } from '../ledger/hold';
import { insertPrompt } from '../prompt/insert';
import type { Admissible } from './admit';
import type { ChatCall } from './call';
import type { Candidate, Needs, Route } from './candidate';
import { contextOf } from './context-policy';
import { boundOutput, checkInput, checkOutput } from './guardrail';
import { checkAllOptions } from './key-policy';
import { checkOptionalOutput } from './output-option';
import { entryOf } from './pool';
import type { Credential, Settings, Snapshot } from './ports';
import { withPresets } from './preset';
import type { Pursued } from './pursuit';
import { refusalOf } from './refusal';
import { agentSlugOf, type Considered, type RankFacts, rank, type Survey, survey } from './route';
import { type SizePorts, Sizes } from './sizes';
import { factsOf, type Target, unknownModel } from './target';

/** Output taken for granted in a hold where the request sets no maximum (tokens). */
const DEFAULT_OUTPUT = 4_096;

/** A candidate with what lengths alone say of it. */
export interface Planned extends Pursued {
	/** Of the request as it came; what is done for this candidate, if anything, is planned when it is its turn. */
	readonly context: ContextReceipt;
	/** Nothing need be done. */
	readonly fits: boolean;
	/** Estimated, of what is sent at most: no more than its window holds. */
	readonly promptTokens: number;
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
	/** Of the candidate that may be sent most: estimated prompt tokens, for limits and for answers without usage. */
	readonly promptTokens: number;
	/** What may be done so that the conversation fits. */
	readonly context: ContextPolicy;
	/** Nobody asked for its `maxTokens`: it is the configuration's bound. */
	readonly given: boolean;
	/** How much it counts at each model. */
	readonly sizes: Sizes;
}

export type PlanFacts = Omit<RankFacts, 'snapshot'> & SizePorts;

/** A request with all that the configuration adds to it, before anybody is chosen. */
interface Asked {
	readonly call: ChatCall;
	readonly surveyed: Survey;
	readonly ranked: RankFacts;
	readonly sizes: Sizes;
	readonly context: ContextPolicy;
	readonly plan: Pick<
		ChatPlan,
		'request' | 'insisted' | 'firstMessage' | 'settings' | 'warnings' | 'agentId' | 'given'
	>;
	/** The configuration's bounds of tokens are checked. */
	readonly guarded: boolean;
}

/**
 * A promise only where lengths alone do not tell that the conversation fits. `guarded` false: for a question that
 * sends nothing, the bounds of what may be sent are not checked. Throws, or rejects with, GatewayError: unknown or
 * forbidden model or agent, nobody who may answer, `invalid_request` and `context_too_long` for more than is allowed.
 */
export function planChat(
	call: ChatCall,
	snapshot: Snapshot,
	facts: PlanFacts,
	guarded = true,
): ChatPlan | Promise<ChatPlan> {
	const asked = askedOf(call, snapshot, facts, guarded);
	const { surveyed, ranked, sizes, context } = asked;
	const { first, group, others, contextOthers, filterOthers } = surveyed;
	const fits = (one: Considered): boolean => fitsAll(one, sizes, ranked);
	if (context.mode === 'off' || (fits(first) && group.every(fits) && others.every(fits))) return chosen(asked);
	const refusal = refusalOf(surveyed);
	if (refusal) throw refusal;
	const targets = [first, ...group, ...others, ...contextOthers, ...filterOthers]
		.flatMap((one) => entryOf(one, 1, ranked))
		.flatMap((entry) => entry.targets);
	return sizes.load(targets.filter((target) => !sizes.bound(target).fits)).then(() => chosen(asked));
}

/** Lengths alone say so, for each of its keys: what is known of a model may depend on who is asked for it. */
function fitsAll({ target, keys }: Considered, sizes: Sizes, facts: RankFacts): boolean {
	if (target === null) return true;
	const fitsBy = (key: Credential): boolean => {
		const known = key === target.credential ? target.facts : factsOf(target.provider.id, target.model, key, facts);
		return sizes.bound(known === target.facts ? target : { ...target, facts: known }).fits;
	};
	return keys.every(fitsBy);
}

function askedOf(call: ChatCall, snapshot: Snapshot, facts: PlanFacts, guarded: boolean): Asked {
	const agentSlug = agentSlugOf(call.request.model, call.agent);
	const { model, models } = call.request;
	const { catalog, registry, health, affinity, random, time, encodings } = facts;
	const ranked: RankFacts = { snapshot, catalog, registry, health, affinity, random, time };
	const surveyed = survey({ kind: 'chat', model, models, agentSlug, fallback: call.fallback }, ranked);
	const agent = agentSlug === null ? null : snapshot.agent;
	const { request: own, ahead, warnings: kept } = insertPrompt(call.request, agent, snapshot.caller);
	const { request: set, settings, warnings: preset } = withPresets(own, surveyed.choice, snapshot.caller);
	const { policy: context, warnings: wished } = contextOf(own, surveyed.choice, snapshot);
	const isOwn = own.maxTokens !== undefined && own.maxTokens === set.maxTokens;
	const { request, warnings: bounded } = boundOutput(set, isOwn, guarded ? context.maxOutputTokens : undefined);
	return {
		call,
		surveyed,
		ranked,
		sizes: new Sizes(request, isOwn, { encodings, health, registry }),
		context,
		plan: {
			request,
			insisted: own.strict && request !== own ? own : null,
			firstMessage: ahead,
			settings,
			warnings: [...kept, ...preset, ...wished, ...bounded],
			agentId: agent?.id ?? null,
			given: set.maxTokens === undefined && request.maxTokens !== undefined,
		},
		guarded,
	};
}

/** Files are no need: who takes which is known of the wire alone, and `prepare` asks it. */
function needsOf({ sizes, context }: Asked): Needs {
	const { request, measured, estimate } = sizes;
	const input: Needs['input'][number][] = [];
	if (measured.images > 0) input.push('image');
	if (measured.audioBytes > 0) input.push('audio');
	return {
		tools: measured.toolCalls > 0 || (request.tools?.length ?? 0) > 0,
		structuredOutput: request.responseFormat?.type === 'json-schema',
		input,
		promptTokens: estimate,
		maxTokens: request.maxTokens ?? null,
		room: context.mode === 'off' ? () => null : (target) => sizes.lack(target),
	};
}

/** In order, and within the bounds of what may be asked for. */
function chosen(asked: Asked): ChatPlan | Promise<ChatPlan> {
	const { call, surveyed, ranked, sizes, context, guarded } = asked;
	const route = rank(surveyed, needsOf(asked), call, ranked);
	checkAllOptions(route, call.request.providerOptions, ranked.snapshot);
	if (!guarded) return planOf(asked, route);
	const targets = route.candidates.map(({ target }) => target);
	if (sizes.asked) checkOutput(sizes.request.maxTokens, targets);
	checkOptionalOutput(sizes.request, context.maxOutputTokens, targetsOf(route));
	const most = context.maxInputTokens ?? Number.POSITIVE_INFINITY;
	const [first] = targets;
	if (!first || sizes.bound(first).receipt.before <= most) return planOf(asked, route);
	return sizes.load([first]).then(() => {
		checkInput(sizes.counted(first), most);
		return planOf(asked, route);
	});
}

const targetsOf = ({ candidates, contextChain, filterChain }: Route): readonly Target[] =>
	[...candidates, ...contextChain, ...filterChain].map(({ target }) => target);

function planOf({ plan, sizes, context }: Asked, route: Route): ChatPlan {
	const [first] = route.candidates;
	const trims = context.mode !== 'off';
	const planned = (candidate: Candidate): Planned => plannedOf(candidate, sizes, trims);
	const candidates = route.candidates.map(planned);
	return {
		request: plan.request,
		insisted: plan.insisted,
		firstMessage: plan.firstMessage,
		settings: plan.settings,
		candidates,
		contextChain: route.contextChain.map(planned),
		filterChain: route.filterChain.map(planned),
		route,
		warnings: first ? [...unknownModel(first.target), ...plan.warnings] : plan.warnings,
		agentId: plan.agentId,
		promptTokens: candidates.reduce((most, { promptTokens }) => Math.max(most, promptTokens), 0),
		context,
		given: plan.given,
		sizes,
		holdNanoUsd: dearest(candidates),
		totalMs: route.policy.totalTimeoutMs ?? null,
		provider: first?.target.provider.id ?? '',
		model: first?.target.model ?? '',
	};
}

function plannedOf({ target, score, tight }: Candidate, sizes: Sizes, trims: boolean): Planned {
	const { receipt, fits, most } = sizes.bound(target);
	const maxTokens = sizes.maxTokens(target);
	const promptTokens = fits || !trims ? sizes.estimate : Math.min(sizes.likely(target), most);
	return {
		target,
		score,
		...(tight && { tight }),
		context: receipt,
		fits: fits || !trims,
		promptTokens,
		holdNanoUsd: holdOf({
			inputTokens: promptTokens,
			outputTokens: maxTokens ?? Math.min(target.facts.maxOutput ?? DEFAULT_OUTPUT, DEFAULT_OUTPUT),
			prices: target.facts.prices ? [target.facts.prices] : [],
		}),
	};
}

/** The dearest of the chain; null where nobody has a price. */
function dearest(candidates: readonly Planned[]): NanoUsd | null {
	let most: NanoUsd | null = null;
	for (const { holdNanoUsd } of candidates)
		if (holdNanoUsd !== null && (most === null || holdNanoUsd > most)) most = holdNanoUsd;
	return most;
}

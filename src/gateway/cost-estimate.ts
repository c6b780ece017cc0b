/** What a request would cost before it is sent, and whether the budget has that left. No model is asked, nothing is held. */
import type { Prices } from '../catalog/facts';
import { toGatewayError } from '../errors';
import type { ContextReceipt } from '../language/context';
import type { ChatRequest, Warning } from '../language/request';
import { type Usage, usageOf } from '../language/usage';
import type { NanoUsd } from '../ledger/contract';
import { atMost, costOf } from '../ledger/price';
import { type BudgetLeft, budgetLeft } from './budget-left';
import type { ChatCall, CostEstimate } from './call';
import { counted, type First, firstTarget } from './count';
import { type Fit, Fitter } from './fit-plan';
import { outputAsked } from './output-option';
import type { Ports } from './ports';
import { noTarget } from './request-ledger';
import type { Target } from './target';

/** Throws GatewayError: what a chat would be refused for before anybody is asked. */
export async function estimateCost(call: ChatCall, ports: Ports): Promise<CostEstimate> {
	const first = await firstTarget(call, ports, true);
	const { plan, snapshot } = first;
	const [{ target, fit }, budget] = await Promise.all([fitted(first, call, ports), budgetLeft(snapshot, ports)]);
	const { request, receipt, warnings } = fit;
	const { total, counter } = await counted(plan, target);
	const prompt = isWhole(receipt) ? total : receipt.after;
	const outputTokens = { min: 0, max: outputOf(request, target, prompt) };
	const { prices } = target.facts;
	const costNanoUsd = prices && priced(request, prices, prompt, outputTokens.max);
	return {
		inputTokens: total,
		method: counter.method,
		provider: target.provider.id,
		model: target.model,
		configVersion: snapshot.version,
		warnings: [...plan.warnings, ...warnings, ...(budget.known ? [] : [UNKNOWN_BUDGET])],
		context: receipt,
		outputTokens,
		costNanoUsd,
		budgetLeftNanoUsd: budget.nanoUsd,
		fits: fits(costNanoUsd, budget),
	};
}

interface Fitted {
	readonly target: Target;
	readonly fit: Fit;
}

/** The first who can be sent it, as each would be; of summaries only those that were written before are used. */
async function fitted({ plan, snapshot }: First, call: ChatCall, ports: Ports): Promise<Fitted> {
	const commitBy = ports.time.now() + ports.limits.firstEventMs;
	const fitter = new Fitter({ plan, call, snapshot, chat: null, commitBy, waited: () => undefined }, ports);
	let refusal: unknown = noTarget();
	for (const [at, planned] of [...plan.candidates, ...plan.contextChain].entries())
		try {
			return { target: planned.target, fit: await fitter.fit(planned) };
		} catch (error) {
			if (toGatewayError(error).code !== 'context_too_long') throw error;
			if (at === 0) refusal = error;
		}
	throw refusal;
}

const UNKNOWN_BUDGET: Warning = {
	field: 'budget',
	message: 'The ledger could not be reached: what is left of the budget is not known.',
};

/** Then lengths alone may have told that it fits, and its receipt is a bound. */
const isWhole = ({ dropped, shortened, summarized }: ContextReceipt): boolean =>
	dropped.length + shortened.length + summarized.length === 0;

/** What was asked for, else what the model gives, as far as the window has room for it beside the prompt. */
function outputOf(request: ChatRequest, { facts, provider }: Target, prompt: number): number {
	const most = Math.min(
		outputAsked(request, provider.id) ?? Number.POSITIVE_INFINITY,
		facts.maxOutput ?? Number.POSITIVE_INFINITY,
	);
	return Math.max(0, Math.min(most, facts.contextWindow - prompt));
}

/** From all of the prompt read from a cache and no answer, to all of it at its dearest and the longest answer. */
function priced(request: ChatRequest, prices: Prices, input: number, output: number): CostEstimate['costNanoUsd'] {
	const cost = (parts: Partial<Usage>): NanoUsd => atMost(costOf(usageOf(parts), prices));
	const prompts = kindsOf(request).map((kind) => ({ [kind]: input }));
	const dearest = prompts.flatMap((prompt) => [cost({ ...prompt, output }), cost({ ...prompt, reasoning: output })]);
	const [cached, fresh] = [cost({ cacheRead: input }), cost({ input })];
	return {
		min: cached < fresh ? cached : fresh,
		max: dearest.reduce((most, one) => (one > most ? one : most)),
	};
}

type Kind = 'input' | 'cacheWrite5m' | 'cacheWrite1h' | 'inputAudio';

/** As what its prompt may be counted, each with a price of its own. */
function kindsOf({ messages, tools = [] }: ChatRequest): readonly Kind[] {
	const kinds = new Set<Kind>(['input']);
	const marked = (cache: boolean | '1h' | undefined): void => {
		if (cache) kinds.add(cache === '1h' ? 'cacheWrite1h' : 'cacheWrite5m');
	};
	for (const { cache } of tools) marked(cache);
	for (const { content } of messages)
		for (const part of content) {
			if (part.type === 'audio') kinds.add('inputAudio');
			else if ('cache' in part) marked(part.cache);
		}
	return [...kinds];
}

/** Without a budget everything does. */
function fits(cost: CostEstimate['costNanoUsd'], { nanoUsd, known }: BudgetLeft): boolean | null {
	if (!known) return null;
	if (nanoUsd === null) return true;
	return cost && cost.max <= nanoUsd;
}

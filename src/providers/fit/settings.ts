/** The plain settings, the response format and reasoning: what of them the target can't be given. */
import type { ChatRequest, Reasoning } from '../../language/request';
import type { Capability } from '../capability';
import type { Findings } from './findings';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Fields of a request that are a capability of the same name. */
const SETTINGS = [
	'maxTokens',
	'temperature',
	'topP',
	'topK',
	'stop',
	'seed',
	'presencePenalty',
	'frequencyPenalty',
	'logprobs',
	'user',
	'metadata',
] as const satisfies readonly (Capability & keyof ChatRequest)[];

type Setting = (typeof SETTINGS)[number];

/** Throws `invalid_request`. */
export function settleSettings(request: ChatRequest, findings: Findings): void {
	for (const setting of SETTINGS) {
		if (request[setting] === undefined) continue;
		const shortfall = findings.shortfall(setting);
		if (shortfall) findings.settle(setting, shortfall, setting, isNeutral(request, setting));
	}
	if (request.responseFormat && request.responseFormat.type !== 'text') {
		const format = request.responseFormat.type === 'json' ? 'responseFormat.json' : 'responseFormat.schema';
		const shortfall = findings.shortfall(format);
		if (shortfall) findings.settle(format, shortfall, 'responseFormat');
	}
	if (request.reasoning) settleReasoning(request.reasoning, findings);
}

/** It says what holds anyway, or nothing at all. */
function isNeutral(request: ChatRequest, setting: Setting): boolean {
	switch (setting) {
		case 'temperature':
		case 'topP':
			return request[setting] === 1;
		case 'presencePenalty':
		case 'frequencyPenalty':
			return request[setting] === 0;
		case 'stop':
			return request.stop?.length === 0;
		case 'user':
			return request.user === '';
		case 'metadata':
			return Object.keys(request.metadata ?? {}).length === 0;
		default:
			return false;
	}
}

function settleReasoning({ effort, budgetTokens }: Reasoning, findings: Findings): void {
	// Asking a model that never reasons not to reason is asking for nothing.
	if (effort !== undefined) {
		const shortfall = findings.shortfall('reasoning.effort');
		const quiet = effort === 'none' && findings.neverReasons;
		if (shortfall) findings.settle('reasoning.effort', shortfall, 'reasoning.effort', quiet);
	}
	if (budgetTokens !== undefined) {
		const shortfall = findings.shortfall('reasoning.budget');
		const quiet = budgetTokens === 0 && findings.neverReasons;
		if (shortfall) findings.settle('reasoning.budget', shortfall, 'reasoning.budgetTokens', quiet);
	}
}

/** The request without the settings that were dropped. */
export function withoutSettings(request: ChatRequest, { dropped, neverReasons }: Findings): ChatRequest {
	const kept: Mutable<ChatRequest> = { ...request };
	for (const setting of SETTINGS) if (dropped.has(setting)) delete kept[setting];
	if (dropped.has('responseFormat.json') || dropped.has('responseFormat.schema')) delete kept.responseFormat;
	if (!request.reasoning || !(dropped.has('reasoning.effort') || dropped.has('reasoning.budget'))) return kept;
	const reasoning: Mutable<Reasoning> = { ...request.reasoning };
	if (dropped.has('reasoning.effort')) delete reasoning.effort;
	if (dropped.has('reasoning.budget')) delete reasoning.budgetTokens;
	// How to show reasoning is no question where there is none.
	if (neverReasons || Object.keys(reasoning).length === 0) delete kept.reasoning;
	else kept.reasoning = reasoning;
	return kept;
}

import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

/** Cohere's limits; beyond them it answers 400. */
const MAX_STOPS = 5;
const RANGES = {
	temperature: [0, 1],
	topP: [0.01, 0.99],
	topK: [0, 500],
	presencePenalty: [0, 1],
	frequencyPenalty: [0, 1],
} as const satisfies Partial<Record<keyof ChatRequest, readonly [number, number]>>;

/** The plain settings that were said, within their ranges; what was moved is named. */
export function settingFields(request: ChatRequest, { traits, model }: WireTarget, warnings: Warnings): Json {
	const { maxTokens, stop = [], seed, logprobs } = request;
	const most = traits.maxOutput ?? Number.POSITIVE_INFINITY;
	if (maxTokens !== undefined && maxTokens > most) {
		warnings.add('maxTokens', `${model} gives at most ${most} tokens; lowered from ${maxTokens}.`);
	}
	if (stop.length > MAX_STOPS) {
		warnings.add('stop', `Only ${MAX_STOPS} stop sequences are taken; the first were sent.`);
	}
	if (logprobs && logprobs.top > 0) {
		warnings.add('logprobs', 'Only the chosen tokens have log probabilities here, no alternatives.');
	}
	return {
		...(maxTokens !== undefined && { max_tokens: Math.min(maxTokens, most) }),
		...ranged('temperature', 'temperature', request, warnings),
		...ranged('topP', 'p', request, warnings),
		...ranged('topK', 'k', request, warnings),
		...(stop.length > 0 && { stop_sequences: stop.slice(0, MAX_STOPS) }),
		...(seed !== undefined && { seed }),
		...ranged('presencePenalty', 'presence_penalty', request, warnings),
		...ranged('frequencyPenalty', 'frequency_penalty', request, warnings),
		...(logprobs && { logprobs: true }),
	};
}

function ranged(field: keyof typeof RANGES, name: string, request: ChatRequest, warnings: Warnings): Json {
	const asked = request[field];
	if (asked === undefined) return {};
	const [least, most] = RANGES[field];
	const sent = Math.min(most, Math.max(least, asked));
	if (sent !== asked)
		warnings.add(field, `${asked} is out of ${least} to ${most}, which is taken here; sent as ${sent}.`);
	return { [name]: sent };
}

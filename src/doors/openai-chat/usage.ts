/** OpenAI's `usage`, with the cost beside the standard fields. */
import type { CallMeta } from '../../gateway/call';
import { addUsage, completionTokens, promptTokens, totalTokens, type Usage } from '../../language/usage';
import { costOf } from '../receipt';

export interface UsageBody {
	readonly prompt_tokens: number;
	readonly completion_tokens: number;
	readonly total_tokens: number;
	readonly prompt_tokens_details: {
		readonly cached_tokens: number;
		/** Tokens written to a prompt cache (OpenAI's own name since its explicit caching). */
		readonly cache_write_tokens: number;
		readonly audio_tokens: number;
	};
	readonly completion_tokens_details: {
		readonly reasoning_tokens: number;
		readonly audio_tokens: number;
	};
	/** USD; null where the price is unknown. */
	readonly cost: number | null;
}

/** Summed over all choices; null where an upstream did not say. */
export function usageBody(usages: readonly (Usage | null)[], metas: readonly CallMeta[]): UsageBody | null {
	const sum = usages.reduce((left, right) => (left && right ? addUsage(left, right) : null));
	if (!sum) return null;
	return {
		prompt_tokens: promptTokens(sum),
		completion_tokens: completionTokens(sum),
		total_tokens: totalTokens(sum),
		prompt_tokens_details: {
			cached_tokens: sum.cacheRead,
			cache_write_tokens: sum.cacheWrite5m + sum.cacheWrite1h,
			audio_tokens: sum.inputAudio,
		},
		completion_tokens_details: {
			reasoning_tokens: sum.reasoning,
			audio_tokens: sum.outputAudio,
		},
		cost: costOf(metas),
	};
}

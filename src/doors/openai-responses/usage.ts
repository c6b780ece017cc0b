/** `usage` of a response, with the cost beside the standard fields. */
import type { CallMeta } from '../../gateway/call';
import { completionTokens, promptTokens, totalTokens, type Usage } from '../../language/usage';
import { costOf } from '../receipt';

export interface UsageBody {
	readonly input_tokens: number;
	readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
	readonly output_tokens: number;
	readonly output_tokens_details: { readonly reasoning_tokens: number };
	readonly total_tokens: number;
	/** USD; null where the price is unknown. */
	readonly cost: number | null;
}

/** Null where the upstream did not say. */
export function usageBody(usage: Usage | null, meta: CallMeta): UsageBody | null {
	if (!usage) return null;
	return {
		input_tokens: promptTokens(usage),
		input_tokens_details: {
			cached_tokens: usage.cacheRead,
			cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
		},
		output_tokens: completionTokens(usage),
		output_tokens_details: { reasoning_tokens: usage.reasoning },
		total_tokens: totalTokens(usage),
		cost: costOf([meta]),
	};
}

/** Why a key is better left alone at the moment, from what is known of it over all isolates. Pure. */
import type { Allowance, KeyStanding } from '../health/contract';
import type { ProviderConfig } from '../providers/config';

/** What would be asked of it. */
export interface Load {
	/** ms since epoch */
	readonly now: number;
	/** Most that the request may count, prompt and answer together (tokens). */
	readonly tokens: number;
	readonly config: Pick<ProviderConfig, 'requestsPerMinute' | 'tokensPerMinute'>;
}

const leftOf = (allowance: Allowance | null | undefined, now: number): number =>
	allowance && allowance.resetAt > now ? allowance.remaining : Number.POSITIVE_INFINITY;

/** null: nothing speaks against it. */
export function heldBack(standing: KeyStanding, { now, tokens, config }: Load): string | null {
	const { refusedUntil, limitedUntil, rates, requestsMinute, tokensMinute } = standing;
	if (refusedUntil !== null && refusedUntil > now) return 'its key was refused lately';
	if (limitedUntil !== null && limitedUntil > now) return 'its key is limited by the provider';
	if (leftOf(rates?.requests, now) < 1) return "its key's requests are used up for now";
	if (leftOf(rates?.tokens, now) < tokens) return "what is left of its key's tokens is too little for now";
	if (requestsMinute >= (config.requestsPerMinute ?? Number.POSITIVE_INFINITY))
		return "its key's configured requests per minute are used up";
	if (tokensMinute + tokens > (config.tokensPerMinute ?? Number.POSITIVE_INFINITY))
		return "its key's configured tokens per minute do not allow it";
	return null;
}

/** Anthropic's `usage`, with the cost beside the standard fields. */
import { completionTokens, type Usage } from '../../language/usage';

const UNKNOWN = {
	input_tokens: 0,
	cache_creation_input_tokens: null,
	cache_read_input_tokens: null,
	cache_creation: null,
	output_tokens: 0,
	output_tokens_details: null,
	server_tool_use: null,
};

/**
 * As the SDK types it, which wants numbers in two places: where an upstream did not count, those are 0 and all that may
 * be null is null. Cached input is not part of `input_tokens`.
 */
export function countsBody(usage: Usage | null) {
	if (!usage) return UNKNOWN;
	const { input, inputAudio, inputImage, cacheRead, cacheWrite5m, cacheWrite1h, reasoning } = usage;
	return {
		input_tokens: input + inputAudio + inputImage,
		cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
		cache_read_input_tokens: cacheRead,
		cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
		output_tokens: completionTokens(usage),
		output_tokens_details: { thinking_tokens: reasoning },
		server_tool_use: null,
	};
}

/** Of a whole message, and of `message_start`. */
export const messageCounts = (usage: Usage | null) => ({
	...countsBody(usage),
	service_tier: null,
	inference_geo: null,
	speed: null,
});

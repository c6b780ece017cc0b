/**
 * Token usage as a partition: every token is in exactly one field, so that a price per field is the cost.
 * Providers overlap their counts (OpenAI's prompt_tokens include cached ones, Anthropic's input_tokens do
 * not); wires undo that. Totals are derived, never stored.
 */
export interface Usage {
	/** Fresh text input: neither read from nor written to a prompt cache. */
	readonly input: number;
	/** Input read from a prompt cache. */
	readonly cacheRead: number;
	/** Input written to a prompt cache that lives 5 minutes (or the provider's only lifetime). */
	readonly cacheWrite5m: number;
	/** Input written to a prompt cache that lives 1 hour. */
	readonly cacheWrite1h: number;
	readonly inputAudio: number;
	readonly inputImage: number;
	/** Visible output text, tool calls included. */
	readonly output: number;
	/** Output spent on reasoning, shown or hidden. */
	readonly reasoning: number;
	readonly outputAudio: number;
	/** What the provider says it charged, in nano-dollars; it beats the price table (OpenRouter `usage.cost`). */
	readonly reportedNanoUsd?: bigint;
}

export type UsagePart = Exclude<keyof Usage, 'reportedNanoUsd'>;

export const USAGE_PARTS = [
	'input',
	'cacheRead',
	'cacheWrite5m',
	'cacheWrite1h',
	'inputAudio',
	'inputImage',
	'output',
	'reasoning',
	'outputAudio',
] as const satisfies readonly UsagePart[];

const ZERO: Usage = {
	input: 0,
	cacheRead: 0,
	cacheWrite5m: 0,
	cacheWrite1h: 0,
	inputAudio: 0,
	inputImage: 0,
	output: 0,
	reasoning: 0,
	outputAudio: 0,
};

/**
 * A usage from the parts that are known; negative or fractional counts (seen from proxies) become 0 or are cut, as are
 * those above 2^53, which no table would hold as a number of tokens.
 */
export function usageOf(parts: Partial<Usage>): Usage {
	const usage: { -readonly [K in UsagePart]: number } & { reportedNanoUsd?: bigint } = { ...ZERO };
	for (const part of USAGE_PARTS) {
		const count = parts[part];
		if (count !== undefined && Number.isFinite(count) && count > 0)
			usage[part] = Math.min(Math.trunc(count), Number.MAX_SAFE_INTEGER);
	}
	if (parts.reportedNanoUsd !== undefined) usage.reportedNanoUsd = parts.reportedNanoUsd;
	return usage;
}

/** All input tokens: what OpenAI calls prompt_tokens. */
export const promptTokens = (usage: Usage): number =>
	usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + usage.inputAudio + usage.inputImage;

/** All output tokens, reasoning included: what OpenAI calls completion_tokens. */
export const completionTokens = (usage: Usage): number => usage.output + usage.reasoning + usage.outputAudio;

export const totalTokens = (usage: Usage): number => promptTokens(usage) + completionTokens(usage);

/** Part by part sum, for embedding arrays split over several calls. */
export function addUsage(left: Usage, right: Usage): Usage {
	const sum: { -readonly [K in UsagePart]: number } = { ...ZERO };
	for (const part of USAGE_PARTS) sum[part] = left[part] + right[part];
	const reported =
		left.reportedNanoUsd === undefined && right.reportedNanoUsd === undefined
			? undefined
			: (left.reportedNanoUsd ?? 0n) + (right.reportedNanoUsd ?? 0n);
	return reported === undefined ? sum : { ...sum, reportedNanoUsd: reported };
}

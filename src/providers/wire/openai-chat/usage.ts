import { type Usage, usageOf } from '../../../language/usage';
import { type Json, numberOf, objectOf } from '../json';
import { nanoUsd } from '../nano-usd';

/**
 * OpenAI's overlapping counts as a partition. `prompt_tokens` includes cached, cache-written and media
 * tokens, `completion_tokens` the reasoning (xAI's does not: its total gives it away). Null: not said.
 * Zeros on both sides without a charge are a server's blank form, not a count.
 */
export function usageFrom(raw: unknown, reportsCost: boolean): Usage | null {
	const said = objectOf(raw);
	if (!said) return null;
	const prompt = numberOf(said.prompt_tokens) ?? numberOf(said.input_tokens);
	const completion = numberOf(said.completion_tokens) ?? numberOf(said.output_tokens);
	const cost = reportsCost ? charge(said) : undefined;
	if (prompt === undefined && completion === undefined) return null;
	if (!prompt && !completion && cost === undefined) return null;
	return usageOf({
		...inputParts(said, prompt ?? 0),
		...outputParts(said, prompt ?? 0, completion ?? 0),
		...(cost !== undefined && { reportedNanoUsd: cost }),
	});
}

function inputParts(said: Json, prompt: number): Partial<Usage> {
	const details = detailsOf(said, 'prompt_tokens_details', 'prompt_token_details', 'input_tokens_details');
	const rest = new Remainder(prompt);
	return {
		cacheRead: rest.take(cachedTokens(said, details)),
		cacheWrite5m: rest.take(numberOf(details.cache_write_tokens)),
		inputAudio: rest.take(numberOf(details.audio_tokens)),
		inputImage: rest.take(numberOf(details.image_tokens)),
		input: rest.left,
	};
}

function outputParts(said: Json, prompt: number, completion: number): Partial<Usage> {
	const details = detailsOf(said, 'completion_tokens_details', 'output_tokens_details');
	const reasoning = numberOf(details.reasoning_tokens) ?? 0;
	const apart = reasoning > 0 && numberOf(said.total_tokens) === prompt + completion + reasoning;
	const rest = new Remainder(apart ? completion + reasoning : completion);
	return {
		reasoning: rest.take(reasoning),
		outputAudio: rest.take(numberOf(details.audio_tokens)),
		output: rest.left,
	};
}

/** OpenAI, DeepSeek, Together and Mistral each have a place of their own. */
function cachedTokens(said: Json, details: Json): number | undefined {
	return (
		numberOf(details.cached_tokens) ??
		numberOf(said.prompt_cache_hit_tokens) ??
		numberOf(said.cached_tokens) ??
		numberOf(said.num_cached_tokens)
	);
}

/** With a key of one's own at OpenRouter, `cost` is its fee alone and the upstream's charge stands beside it. */
function charge(said: Json): bigint | undefined {
	const cost = nanoUsd(said.cost);
	if (cost === undefined || said.is_byok !== true) return cost;
	return cost + (nanoUsd(objectOf(said.cost_details)?.upstream_inference_cost) ?? 0n);
}

function detailsOf(said: Json, ...names: readonly string[]): Json {
	for (const name of names) {
		const details = objectOf(said[name]);
		if (details) return details;
	}
	return {};
}

/** Parts taken from a total never exceed it, so that they always add up to it. */
class Remainder {
	left: number;

	constructor(total: number) {
		this.left = Math.max(0, Math.trunc(total));
	}

	take(count: number | undefined): number {
		const taken = Math.min(this.left, Math.max(0, Math.trunc(count ?? 0)));
		this.left -= taken;
		return taken;
	}
}

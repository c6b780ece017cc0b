/** Recognises "too long" in the words of the providers, and the token limit they name. */

/** The providers' own sentences (recorded or documented), limit captured where they state one. */
const SENTENCES: readonly RegExp[] = [
	/maximum context length (?:is|of) (\d[\d,]*)/i, // OpenAI, OpenRouter, DeepSeek, vLLM
	/tokens? > (\d[\d,]*) maximum/i, // Anthropic
	/exceeds the maximum number of tokens allowed \((\d[\d,]*)\)/i, // Gemini
	/too large for model with (\d[\d,]*) maximum context length/i, // Mistral
	/maximum prompt length is (\d[\d,]*)/i, // xAI
	/longer than the model'?s context length \((\d[\d,]*)/i, // Together
	/context (?:size|window|length) (?:of |is |limit of )?\(?(\d[\d,]*)/i, // llama.cpp and kin
	/maximum model length of (\d[\d,]*)/i, // vLLM
	/max_new_tokens`? must be <= (\d[\d,]*)/i, // TGI
	/`?inputs`? must have less than (\d[\d,]*) tokens/i, // TGI
	/context length of only (\d[\d,]*)/i, // LM Studio
	/exceeds? the (?:model'?s )?(?:available )?context (?:window|size|length)/i,
	/exceeds? (?:the )?limit of (\d[\d,]*) tokens/i,
	/exceeded max context length/i, // Ollama cloud
	/too many tokens: size limit exceeded.{0,200}limit for this model is (\d[\d,]*)/i, // Cohere
	/exceed context limit: \d+ \+ \d+ > (\d+)/i, // Anthropic, with its output bound
	/max input tokens: (\d[\d,]*)/i, // Bedrock Titan
	/input tokens exceeded/i, // Bedrock Nova
	/input is too long for requested model/i, // Bedrock Claude
	/number of input tokens exceeds/i,
	/too many tokens: size limit exceeded/i, // Cohere
	/reduce the length of (?:the|your) (?:messages|prompt)/i, // Groq
	/prompt is too long/i,
	/tokens to keep from the initial prompt is greater than the context length/i, // LM Studio
	/ContextWindowExceededError/,
	/maximum context length/i,
];

/** Null: the message is about something else. `limit` in tokens, where one is named. */
export function contextLimit(message: string): { readonly limit?: number } | null {
	for (const sentence of SENTENCES) {
		const match = sentence.exec(message);
		if (!match) continue;
		const limit = Number((match[1] ?? '').replaceAll(',', ''));
		return limit > 0 ? { limit } : {};
	}
	return null;
}

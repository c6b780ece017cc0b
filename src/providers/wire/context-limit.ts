/** Recognises "too long" in the words of the providers, with the limit and the count of the prompt that they name. */

import { type Json, numberOf } from './json';

/** Tokens. */
export interface TooLong {
	readonly limit?: number;
	/** The prompt alone, without the output asked for. */
	readonly prompt?: number;
}

/** A figure, its length bounded so that no message takes more than linear time. */
const N = String.raw`(\d[\d,]{0,14})`;
const words = (strings: TemplateStringsArray, ...values: readonly string[]): RegExp =>
	new RegExp(String.raw(strings, ...values), 'i');

/** The providers' own sentences (recorded or documented), limit captured where they state one. */
const SENTENCES: readonly RegExp[] = [
	words`maximum context length (?:is|of) ${N}`, // OpenAI, OpenRouter, DeepSeek, vLLM, Bedrock's Llama and Mistral
	words`tokens? > ${N} maximum`, // Anthropic
	words`exceed context limit: \d{1,15} \+ \d{1,15} > ${N}`, // Anthropic, with its output bound
	words`exceeds the maximum number of tokens allowed \(?${N}`, // Gemini
	words`input token count is \d{1,15} but model only supports up to ${N}`, // Vertex
	words`too large for model with ${N} maximum context length`, // Mistral
	words`maximum prompt length is ${N}`, // xAI
	words`longer than the model'?s context length \(${N}`, // Together, SGLang
	words`context (?:size|window|length)(?: limit)?:? (?:of |is |limit of )?(?:only )?\(?${N}`, // llama.cpp, LM Studio, vLLM, Fireworks, Workers AI and kin
	words`maximum model length of ${N}`, // vLLM
	words`max_new_tokens\`? must be <= ${N}`, // TGI
	words`\`?inputs\`? must have less than ${N} tokens`, // TGI
	words`exceeds? (?:the )?(?:configured )?limit of ${N} tokens`, // OpenAI's reasoning models
	words`prompt token count of \d{1,15} exceeds the limit of ${N}`, // GitHub Models
	words`prompt \(\d{1,15} tokens\) is too long and exceeds limit of ${N}`, // vLLM
	words`exceeded model token limit ?: ?${N}`, // Moonshot
	words`range of input length should be \[\d{1,15}, ?${N}`, // Qwen
	words`too many tokens: size limit exceeded.{0,200}limit for this model is ${N}`, // Cohere
	words`max input tokens: ${N}`, // Bedrock Titan
	words`\bn_ctx: ${N}`, // LM Studio
	/exceeds? the (?:model'?s )?(?:available )?context (?:window|size|length)/i,
	/exceeded max context length/i, // Ollama cloud
	/exceeds the maximum number of tokens allowed/i, // Gemini
	/input tokens exceeded/i, // Bedrock Nova
	/input is too long for requested model/i, // Bedrock Claude
	/number of input tokens exceeds/i,
	/too many tokens: size limit exceeded/i, // Cohere
	/reduce the length of (?:the|your) (?:input )?(?:messages|prompt)/i, // Groq
	/prompt is too long/i,
	/context window exceeds limit/i, // MiniMax
	/tokens to keep from the initial prompt is greater than the context length/i, // LM Studio
	/ContextWindowExceededError/,
	/maximum context length/i,
];

/**
 * What the prompt counted. Not those of newer vLLM ("you passed 4097 input tokens", "at least 4097"): it stops counting
 * one token behind its limit.
 */
const COUNTS: readonly RegExp[] = [
	words`messages resulted in ${N} tokens`, // OpenAI
	words`prompt is too long: ${N}`, // Anthropic, Fireworks, Ollama cloud
	words`exceed context limit: ${N} \+ \d`, // Anthropic, with its output bound
	words`input token count (?:is |\()${N}`, // Gemini, Vertex
	words`prompt contains ${N} tokens`, // Mistral
	words`the request contains ${N} tokens`, // xAI
	words`\b(?:input|request|input prompt) \(${N} tokens\)`, // Together, SGLang, llama.cpp, older vLLM
	words`requested tokens \(${N}\) exceed context window`, // llama-cpp-python
	words`total of \d{1,15} tokens: ${N} tokens from the input`, // SGLang
	words`request has ${N} input tokens`, // vLLM
	words`prompt \((?:total )?length ${N}\) is longer`, // vLLM
	words`given: ${N}`, // TGI
	words`request input token count: ${N}`, // Bedrock Titan
	words`prompt token count of ${N} exceeds`, // GitHub Models
];

/** "you requested 9001 tokens (8000 in the messages, 1001 in the completion)": OpenAI, OpenRouter, DeepSeek, vLLM. */
const REQUESTED = /you requested (?:about )?\d[\d,]{0,14} tokens \(([^()]{1,300})\)/i;
const REQUESTED_PART = /(\d[\d,]{0,14}) (?:in|of|for|from) ([a-z ]{1,40})/gi;
const OUTPUT_PART = /completion|output/i;
/** Cohere names the excess. */
const EXCESS = words`size limit exceeded by ${N} tokens`;

/** UTF-16 units of a message that are read at its beginning, and at its end. */
const READ = 8_192;
const MOST_TOKENS = 100_000_000;

/** null: the message is about something else. */
export function contextLimit(message: string): TooLong | null {
	const said = message.length > 2 * READ ? `${message.slice(0, READ)}\n${message.slice(-READ)}` : message;
	for (const sentence of SENTENCES) {
		const match = sentence.exec(said);
		if (!match) continue;
		const limit = figure(match[1]);
		const prompt = promptIn(said, limit);
		return figures(limit, prompt);
	}
	return null;
}

/** What fields of the body say (llama.cpp and what is built on it); undefined: nothing. */
export function figuresIn(error: Json | undefined): TooLong | undefined {
	const limit = sane(numberOf(error?.n_ctx));
	const prompt = sane(numberOf(error?.n_prompt_tokens));
	return limit === undefined && prompt === undefined ? undefined : figures(limit, prompt);
}

/** The failure that it means. */
export const contextFailure = ({ limit, prompt }: TooLong) =>
	({ failure: 'context-too-long', scope: 'request', contextLimit: limit, promptTokens: prompt }) as const;

const figures = (limit: number | undefined, prompt: number | undefined): TooLong => ({
	...(limit !== undefined && { limit }),
	...(prompt !== undefined && { prompt }),
});

/** undefined where it can't be a number of tokens. */
const sane = (tokens: number | undefined): number | undefined =>
	tokens !== undefined && Number.isInteger(tokens) && tokens > 0 && tokens <= MOST_TOKENS ? tokens : undefined;

const figure = (text: string | undefined): number | undefined =>
	text === undefined ? undefined : sane(Number(text.replaceAll(',', '')));

function promptIn(said: string, limit: number | undefined): number | undefined {
	const parts = REQUESTED.exec(said)?.[1];
	if (parts !== undefined) return requestedIn(parts);
	for (const count of COUNTS) {
		const match = count.exec(said);
		if (match) return figure(match[1]);
	}
	const excess = figure(EXCESS.exec(said)?.[1]);
	return excess === undefined || limit === undefined ? undefined : sane(limit + excess);
}

function requestedIn(parts: string): number | undefined {
	let prompt = 0;
	for (const [, tokens, what = ''] of parts.matchAll(REQUESTED_PART))
		if (!OUTPUT_PART.test(what)) prompt += figure(tokens) ?? 0;
	return sane(prompt);
}

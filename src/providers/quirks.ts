import type { ReasoningEffort } from '../language/request';
import type { Capability } from './capability';

/** What distinguishes one speaker of a wire from another. All optional: absent is the wire's own default. */
export interface Quirks {
	/** Field that carries `maxTokens`. OpenAI: `max_completion_tokens`; most others still `max_tokens`. */
	readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
	/** Field that carries `seed`. Default `seed`. */
	readonly seedField?: 'seed' | 'random_seed';
	/** Field that carries the `dimensions` of an embedding. Default `dimensions`. */
	readonly dimensionsField?: 'dimensions' | 'output_dimension';
	/** Highest temperature it takes; a higher one is lowered. */
	readonly maxTemperature?: number;
	/** Most stop sequences it takes; of more the first are sent. */
	readonly maxStops?: number;
	/** Most alternatives per token; more are lowered. */
	readonly maxTopLogprobs?: number;
	/** Role of system messages for reasoning models. */
	readonly developerRole?: boolean;
	/** How reasoning is asked for. */
	readonly reasoning?: 'effort' | 'openrouter' | 'deepseek';
	/** Efforts it takes where the catalog names none for the model. */
	readonly efforts?: readonly ReasoningEffort[];
	/** Models (with `*`) that put their thoughts into the text unless `reasoning_format` is `parsed`. */
	readonly reasoningFormat?: readonly string[];
	/** A model with a toggle stops thinking by `chat_template_kwargs.enable_thinking`, since `none` is no effort there. */
	readonly thinkingSwitch?: boolean;
	/** Settings that a model ignores or refuses while it thinks. */
	readonly notWhileThinking?: readonly Capability[];
	/** Message field in which reasoning is replayed within a tool loop. */
	readonly reasoningReplay?: 'reasoning_content' | 'reasoning_details';
	/** Models (with `*`) behind it that verify Anthropic's own reasoning signatures. */
	readonly claudeModels?: readonly string[];
	/** `stream_options.include_usage` is understood. Default true. */
	readonly streamUsage?: boolean;
	/** JSON output: `object` has no schemas, `schema` nothing but schemas, `none` neither. Absent: both. */
	readonly jsonModes?: 'none' | 'object' | 'schema';
	/** `auto`: nothing else can be asked for. `words`: no single tool can be named. Absent: all choices. */
	readonly toolChoices?: 'auto' | 'words';
	/** Its word for a required call. Default `required`. */
	readonly requiredChoice?: 'required' | 'any';
	/** Ids of tool calls are nine letters or digits; others are replaced, alike in calls and results. */
	readonly shortCallIds?: boolean;
	/** Content is never null: an assistant that only calls tools says an empty text. */
	readonly textRequired?: boolean;
	/** A system message may not follow an assistant or a tool result: all go ahead of the conversation. */
	readonly systemAhead?: boolean;
	/** A user may not follow a tool result directly: a word of the assistant goes between. */
	readonly assistantAfterTools?: boolean;
	/** Field by which a last message of the assistant is the beginning of the answer; refused without it. */
	readonly prefillMark?: 'prefix';
	/** Files are `document_url` parts, and audio is bare base64 (Mistral's chunks). */
	readonly documentParts?: boolean;
	/** A list of fallback models is the caller's to give as an option (`models`). */
	readonly fallbackModels?: boolean;
	/** Usage carries the charge in USD as `usage.cost`. */
	readonly reportsCost?: boolean;
	/** What models without sampling (`ModelTraits.sampling`) lack besides temperature, topP and topK. Read by `fit.ts`. */
	readonly withoutSampling?: readonly Capability[];
	/** It reads files itself (OpenRouter's parser), so that models without `pdf` input take them too. Read by `fit.ts`. */
	readonly parsesFiles?: boolean;
	/** Fields of OpenAI's dialect (`ChatRequest.dialect`) that it takes; absent: none. Read by `fit.ts`. */
	readonly dialect?: 'whole' | readonly string[];
	/** Streams are padded with random text unless `stream_options.include_obfuscation` is false. */
	readonly streamObfuscation?: boolean;
	/** `metadata` is refused unless `store` is true. */
	readonly metadataNeedsStore?: boolean;
	/** Field of a content part that marks a prompt-cache breakpoint; absent: there are none. */
	readonly cacheField?: 'cache_control' | 'prompt_cache_breakpoint';
	/** Models (with `*`) that take breakpoints. Absent: all. */
	readonly cacheModels?: readonly string[];
	/** Assistant messages have a field `refusal`; elsewhere a refusal is replayed as text. */
	readonly refusalField?: boolean;
	/** Text content must be one string, never an array of parts. */
	readonly stringContent?: boolean;
	/** Embeddings are to be had as base64 of little-endian float32, which is exact and half as long. */
	readonly base64Embeddings?: boolean;
	/** An embedding takes no `user`. */
	readonly anonymousEmbeddings?: boolean;
	/** It embeds texts alone, no token ids. */
	readonly textEmbeddings?: boolean;
	/** An embedding takes `input_type`, in Cohere's words. */
	readonly embeddingInputTypes?: boolean;
}

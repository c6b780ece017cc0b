/** Requests and responses in the canonical form. Absent means "not said": nothing is injected. */
import type { ContextWish } from './context';
import type { AssistantPart, CacheBreakpoint, Message } from './message';
import type { Usage } from './usage';

/** A JSON Schema (draft 2020-12) object, passed on as it is. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Tool {
	readonly name: string;
	readonly description?: string;
	/** Schema of the arguments; absent means no arguments. */
	readonly parameters?: JsonSchema;
	/** The provider must make arguments fit the schema exactly. */
	readonly strict?: boolean;
	/** See `TextPart.cache`: a breakpoint after the tools up to this one. */
	readonly cache?: CacheBreakpoint;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export type ResponseFormat =
	| { readonly type: 'text' }
	| { readonly type: 'json' }
	| {
			readonly type: 'json-schema';
			readonly name: string;
			readonly schema: JsonSchema;
			readonly description?: string;
			readonly strict?: boolean;
	  };

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface Reasoning {
	readonly effort?: ReasoningEffort;
	/** Tokens the model may spend on reasoning. */
	readonly budgetTokens?: number;
	/** How much of it to show; absent: what the provider shows by itself. */
	readonly summary?: 'none' | 'auto' | 'concise' | 'detailed';
	/** Give it back sealed, so that a stateless caller can replay it (OpenAI `reasoning.encrypted_content`). */
	readonly sealed?: boolean;
}

/** Of a variable in an agent's prompt. */
export type VariableValue = string | number | boolean;

export interface ChatRequest {
	/** `provider/model`, a bare name, `agent:<slug>`, `profile:<name>`, `default` or absent. */
	readonly model?: string;
	/** Ordered models in place of `model` and the configured chain. */
	readonly models?: readonly string[];
	readonly messages: readonly Message[];
	/** Values for the variables of the agent's prompt. Read by the gateway alone. */
	readonly variables?: Readonly<Record<string, VariableValue>>;
	readonly tools?: readonly Tool[];
	readonly toolChoice?: ToolChoice;
	readonly parallelToolCalls?: boolean;
	readonly responseFormat?: ResponseFormat;
	/** Upper bound of output tokens, reasoning included. */
	readonly maxTokens?: number;
	readonly temperature?: number;
	readonly topP?: number;
	readonly topK?: number;
	readonly stop?: readonly string[];
	readonly seed?: number;
	readonly presencePenalty?: number;
	readonly frequencyPenalty?: number;
	/** Token log probabilities, with this many alternatives (0–20) each. */
	readonly logprobs?: { readonly top: number };
	readonly reasoning?: Reasoning;
	/** The caller's own end user, for abuse signals, limits and reports. */
	readonly user?: string;
	readonly tags?: readonly string[];
	/** Marks all requests of one run. */
	readonly runId?: string;
	readonly metadata?: Readonly<Record<string, string>>;
	/** What may be done so that the conversation fits, in the configuration's place. Read by the gateway alone. */
	readonly context?: ContextWish;
	/** Refuse, instead of warning, where a target can't honour a setting. */
	readonly strict?: boolean;
	/**
	 * Fields of OpenAI's chat dialect that have no name here, in its spelling (`logit_bias`, `verbosity`, …): sent to
	 * providers that speak it, elsewhere left out and named in the warnings.
	 */
	readonly dialect?: Readonly<Record<string, unknown>>;
	/** Provider id → fields merged into that provider's body as they are: the escape hatch. */
	readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export type FinishReasonKind = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';

export interface FinishReason {
	readonly kind: FinishReasonKind;
	/** The provider's own word, for the log. */
	readonly raw?: string;
	/** The stop sequence that ended it, where the provider says which. */
	readonly sequence?: string;
}

/** A setting a target could not honour as asked. */
export interface Warning {
	/** Canonical field, e.g. `topK`, or a topic such as `limits-unchecked`. */
	readonly field: string;
	readonly message: string;
}

export interface ChatResponse {
	/** The upstream's id of the completion. */
	readonly id: string;
	/** The model that answered, in the upstream's own spelling. */
	readonly model: string;
	readonly content: readonly AssistantPart[];
	readonly finish: FinishReason;
	/** null: the upstream did not say. Never zeros in its place. */
	readonly usage: Usage | null;
	readonly logprobs?: readonly TokenLogprob[];
	/** Of the refusal; `logprobs` are those of the text. */
	readonly refusalLogprobs?: readonly TokenLogprob[];
}

export interface TokenLogprob {
	readonly token: string;
	readonly logprob: number;
	readonly bytes?: readonly number[] | null;
	readonly top: readonly {
		readonly token: string;
		readonly logprob: number;
		readonly bytes?: readonly number[] | null;
	}[];
}

export interface EmbedRequest {
	readonly model?: string;
	/** Texts, or arrays of token ids where the provider takes those. */
	readonly input: readonly string[] | readonly (readonly number[])[];
	/** Length of each vector, where the model can shorten it. */
	readonly dimensions?: number;
	/** What the vectors are for, where the model tells them apart; absent: `document` where one must be said. */
	readonly inputType?: 'query' | 'document' | 'classification' | 'clustering' | 'similarity';
	readonly user?: string;
	readonly tags?: readonly string[];
	readonly runId?: string;
	readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface EmbedResponse {
	readonly model: string;
	/** One vector per input, in the input's order. */
	readonly embeddings: readonly (readonly number[])[];
	readonly usage: Usage | null;
}

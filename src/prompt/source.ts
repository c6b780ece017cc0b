/** An agent's prompt as its author writes it. Texts may hold `{{name}}`; `\{{` is a plain `{{`. */
import type { VariableValue } from '../language/request';

export type { VariableValue };

export interface PromptVariable {
	readonly type: 'string' | 'number' | 'boolean';
	/** Absent: each request must give it. */
	readonly default?: VariableValue;
	readonly description?: string;
}

/** Sections in the order in which they are sent; an absent or empty one leaves nothing behind. */
export interface PromptSource {
	readonly identity?: string;
	readonly system?: string;
	/** One rule each. */
	readonly instructions?: readonly string[];
	/** What the answer has to look like. */
	readonly format?: string;
	/** Every name that occurs in the texts. */
	readonly variables?: Readonly<Record<string, PromptVariable>>;
	/**
	 * A prompt-cache breakpoint after the part that is the same for every request, for providers with explicit ones
	 * (writing their cache costs extra). Default false; the others cache by themselves.
	 */
	readonly cache?: boolean;
}

/** A prompt in force. */
export interface PromptVersion {
	readonly source: PromptSource;
	/** SHA-256 of the source, lower-case hex: what its compiled form is cached by. */
	readonly hash: string;
	/** From 1, per agent. */
	readonly version: number;
}

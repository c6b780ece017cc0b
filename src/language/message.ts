/**
 * Messages: the canonical conversation. Doors translate into this form, wires out of it.
 * Content is always an array of parts; a door turns a bare string into one text part.
 */

/** `true`: the provider's shortest lifetime (5 minutes); `1h`: an hour, where it has that. */
export type CacheBreakpoint = boolean | '1h';

export interface TextPart {
	readonly type: 'text';
	readonly text: string;
	/** A prompt-cache breakpoint after this part, where the provider has explicit ones. */
	readonly cache?: CacheBreakpoint;
	/** Citations and the like, on assistant text only. */
	readonly annotations?: readonly Annotation[];
	/** On assistant text only; OpenAI's models want it back as it came. */
	readonly phase?: Phase;
}

/** Said on the way to the answer, or the answer itself (OpenAI Responses, from GPT-5.3 on). */
export type Phase = 'commentary' | 'final_answer';

/** Where media comes from: a URL the provider fetches, inline base64, or a file id at the provider. */
export type MediaSource =
	| { readonly kind: 'url'; readonly url: string }
	| { readonly kind: 'data'; readonly mediaType: string; readonly data: string }
	| { readonly kind: 'file-id'; readonly id: string };

export interface ImagePart {
	readonly type: 'image';
	readonly source: MediaSource;
	/** OpenAI's fidelity hint. */
	readonly detail?: 'low' | 'high' | 'auto' | 'original';
	readonly cache?: CacheBreakpoint;
}

export interface FilePart {
	readonly type: 'file';
	readonly source: MediaSource;
	readonly filename?: string;
	/** The answer is to cite passages of it, where a provider does so only when asked. */
	readonly citations?: boolean;
	readonly cache?: CacheBreakpoint;
}

export interface AudioPart {
	readonly type: 'audio';
	/** base64 */
	readonly data: string;
	/** Container, e.g. `wav`, `mp3`. */
	readonly format: string;
}

/** Reasoning ("thinking") with the provider's opaque proof, to be replayed verbatim in tool loops. */
export interface ReasoningPart {
	readonly type: 'reasoning';
	/** Empty where the provider shows none. */
	readonly text: string;
	/** Opaque; says by itself whose it is: `signature.ts`. */
	readonly signature?: string;
	/** The text is withheld and `signature` is the encrypted whole (Anthropic `redacted_thinking`). */
	readonly redacted?: boolean;
}

export interface RefusalPart {
	readonly type: 'refusal';
	readonly text: string;
}

export interface ToolCallPart {
	readonly type: 'tool-call';
	readonly id: string;
	readonly name: string;
	/** JSON text exactly as the model wrote it; `{}` where it wrote none. */
	readonly arguments: string;
}

/** A citation of a source; offsets are UTF-16 units into the part's text. */
export interface Annotation {
	readonly type: 'url-citation' | 'file-citation' | 'other';
	readonly url?: string;
	readonly title?: string;
	readonly start?: number;
	readonly end?: number;
	/** The provider's own object, kept where the fields above don't say it all. */
	readonly raw?: unknown;
}

export type UserPart = TextPart | ImagePart | FilePart | AudioPart;
export type AssistantPart = TextPart | ReasoningPart | RefusalPart | ToolCallPart;
export type ToolResultPart = TextPart | ImagePart;

interface MessageBase {
	/** For the planner: higher stays longer, −1,000 to 1,000. Default 0. */
	readonly priority?: number;
	/** Never dropped or shortened by the planner. */
	readonly pinned?: boolean;
}

export interface SystemMessage extends MessageBase {
	readonly role: 'system';
	readonly content: readonly TextPart[];
}

export interface UserMessage extends MessageBase {
	readonly role: 'user';
	readonly content: readonly UserPart[];
	readonly name?: string;
}

export interface AssistantMessage extends MessageBase {
	readonly role: 'assistant';
	readonly content: readonly AssistantPart[];
}

export interface ToolMessage extends MessageBase {
	readonly role: 'tool';
	/** `ToolCallPart.id` this answers. */
	readonly callId: string;
	readonly content: readonly ToolResultPart[];
	readonly isError?: boolean;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

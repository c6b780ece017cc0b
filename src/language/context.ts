/** What may be done so that a conversation fits its model, and the receipt that says what was done. Tokens throughout. */

/**
 * `trim`: long tool results are shortened, then the oldest exchanges dropped. `summarize`: what would be dropped becomes
 * a summary first. `refuse`: nothing is taken away, what does not fit is refused. `off`: nothing is counted.
 */
export const CONTEXT_MODES = ['trim', 'summarize', 'refuse', 'off'] as const;
export type ContextMode = (typeof CONTEXT_MODES)[number];

/** What a layer of the configuration says of it; absent fields are left to the layers below it. */
export interface ContextPolicy {
	/** Absent: `trim`. */
	readonly mode?: ContextMode;
	/** `provider/model`, an alias or `profile:<name>` that writes summaries; absent: nobody does, so it is trimmed. */
	readonly summarizer?: string;
	/** Most prompt tokens of a request, as it came: more is refused. Of several layers the lowest counts. */
	readonly maxInputTokens?: number;
	/** Most output tokens a request may ask for: more is refused, and one that asks for none is given this bound. */
	readonly maxOutputTokens?: number;
}

export type ContextField = keyof ContextPolicy;

export const CONTEXT_FIELDS = [
	'mode',
	'summarizer',
	'maxInputTokens',
	'maxOutputTokens',
] as const satisfies readonly ContextField[];

/** What a request may say of it itself. */
export type ContextWish = Pick<ContextPolicy, 'mode'>;

/** A run of messages by their places among the caller's own, from 0, both ends included. */
export interface MessageRun {
	readonly first: number;
	readonly last: number;
	/** What they counted. */
	readonly tokens: number;
}

export interface Dropped extends MessageRun {
	/** `images`: the messages stayed, the images in them became a note. */
	readonly what: 'messages' | 'images';
}

/** A tool result whose middle was left out. */
export interface Shortened {
	readonly message: number;
	readonly before: number;
	readonly after: number;
}

export interface Summarized extends MessageRun {
	/** What the summary counts. */
	readonly into: number;
	/** `provider/model` that wrote it. */
	readonly model: string;
	/** It had been written for an earlier request. */
	readonly cached: boolean;
}

/** `bound`: from lengths alone, never too low. `exact`: by the model's own encoding. `calibrated`: by another one's count times a factor. */
export type CountMethod = 'bound' | 'exact' | 'calibrated';

/** Entries of each list of a receipt that is kept. */
export const RECEIPT_ENTRIES = 64;

/** What the planner did for one target. */
export interface ContextReceipt {
	/** Prompt tokens as the request came, and as it was sent. */
	readonly before: number;
	readonly after: number;
	/** Most that the prompt may count at that model. */
	readonly limit: number;
	/** Kept free for the answer. */
	readonly reserve: number;
	readonly method: CountMethod;
	/** What the encoding's count was multiplied with, its margin included; 1 where nothing was. */
	readonly factor: number;
	readonly dropped: readonly Dropped[];
	readonly shortened: readonly Shortened[];
	readonly summarized: readonly Summarized[];
	/** Times it was planned anew because an upstream said that it was still too long. */
	readonly replans: number;
}

/** Messages that are gone from the conversation, or those of which only the images are. */
export function messagesOf(
	runs: readonly (MessageRun & { readonly what?: Dropped['what'] })[],
	wanted: Dropped['what'] = 'messages',
): number {
	let messages = 0;
	for (const { first, last, what = 'messages' } of runs) if (what === wanted) messages += last - first + 1;
	return messages;
}

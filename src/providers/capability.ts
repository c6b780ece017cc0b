/**
 * What a target does with each part of a request. Data: a wire states its own, a provider what differs, and the
 * model's facts narrow both. `fit.ts` applies it before a wire sees the request; docs/providers.md prints it.
 */

/** Parts of a request that targets differ in. A part's first segment is what `warnings` name. */
export const CAPABILITIES = [
	'messages.system', // instructions ahead of the conversation
	'messages.systemMidway', // a system message after the first user turn
	'messages.name', // a user's name
	'image.url',
	'image.data',
	'image.fileId',
	'file.url',
	'file.data',
	'file.fileId',
	'audio',
	'tools',
	'tools.strict',
	'tools.parallelResults', // several results after one turn
	'tools.resultError', // `isError`
	'tools.resultImage',
	'toolChoice.none',
	'toolChoice.required',
	'toolChoice.named',
	'parallelToolCalls', // false: one call at most
	'responseFormat.json',
	'responseFormat.schema',
	'maxTokens',
	'temperature',
	'topP',
	'topK',
	'stop',
	'seed',
	'presencePenalty',
	'frequencyPenalty',
	'logprobs',
	'reasoning.effort',
	'reasoning.budget',
	'reasoning.replay', // signed reasoning of earlier turns
	'cache', // explicit prompt-cache breakpoints
	'user',
	'metadata',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/**
 * `exact`: as asked. `lossy`: given in another way, or in part; the wire does that, names it in its warnings, and the
 * text says what it does. `dropped`: left out before the wire sees it, with this text as the warning (`cache` in silence:
 * it changes no answer). `refused`: `invalid_request` before any call, since an answer without it would mislead; media,
 * tools and instructions are never dropped.
 */
export type Support =
	| 'exact'
	| { readonly lossy: string }
	| { readonly dropped: string }
	| { readonly refused: string };

/** Complete: what a wire says. */
export type Capabilities = Readonly<Record<Capability, Support>>;

/** What a provider says in place of its wire. */
export type CapabilityOverrides = Partial<Capabilities>;

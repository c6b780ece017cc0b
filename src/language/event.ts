/**
 * The events of a streamed answer. Grammar, held by `grammar.ts`:
 *
 *   stream  = start { delta | usage } ( finish | error )
 *   delta   = text-delta | reasoning-delta | reasoning-signature | refusal-delta | annotation
 *           | tool-call-start | tool-call-delta
 *
 * A part is named by `index`. Its first event opens it; new parts take an index above all earlier ones.
 * Open parts may interleave (parallel tool calls do). A part keeps its kind: text (text-delta, annotation),
 * reasoning (reasoning-delta, reasoning-signature), refusal, tool call (start first, then deltas).
 * Exactly one `finish` or `error`, last, also when the socket is cut. `usage` is cumulative: it replaces
 * the one before.
 */
import type { GatewayError } from '../errors';
import type { Annotation, Phase } from './message';
import type { FinishReason, TokenLogprob } from './request';
import type { Usage } from './usage';

export type ChatEvent =
	| { readonly type: 'start'; readonly id: string; readonly model: string }
	| {
			readonly type: 'text-delta';
			readonly index: number;
			readonly text: string;
			readonly logprobs?: readonly TokenLogprob[];
			/** On the first delta of its part. */
			readonly phase?: Phase;
	  }
	| { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
	| {
			readonly type: 'reasoning-signature';
			readonly index: number;
			readonly signature: string;
			readonly redacted?: boolean;
	  }
	| {
			readonly type: 'refusal-delta';
			readonly index: number;
			readonly text: string;
			readonly logprobs?: readonly TokenLogprob[];
	  }
	| { readonly type: 'annotation'; readonly index: number; readonly annotation: Annotation }
	| { readonly type: 'tool-call-start'; readonly index: number; readonly id: string; readonly name: string }
	| { readonly type: 'tool-call-delta'; readonly index: number; readonly arguments: string }
	| { readonly type: 'usage'; readonly usage: Usage }
	| { readonly type: 'finish'; readonly finish: FinishReason }
	| { readonly type: 'error'; readonly error: GatewayError };

export type ChatEventType = ChatEvent['type'];

/** True for events a client may act on: the commit point of a stream is the first of these. */
export const isContent = (event: ChatEvent): boolean =>
	event.type !== 'start' && event.type !== 'usage' && event.type !== 'error';

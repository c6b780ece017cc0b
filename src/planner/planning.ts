/** What planning a conversation for one model is given, and what comes of it. Tokens throughout. */
import type { ContextMode, ContextReceipt } from '../language/context';
import type { Message } from '../language/message';
import type { ChatRequest, Warning } from '../language/request';
import type { Counter } from './counter';

/** How long a prompt may be at one model. */
export interface Room {
	/** The smaller of the context window and what an upstream has stated. */
	readonly window: number;
	/** The model's own limit of the prompt; null: only the window limits it. */
	readonly inputLimit: number | null;
	/** Kept free for the answer: what was asked for, else what the model is given. */
	readonly reserve: number;
	/** How far that may be lowered; `reserve` itself where the caller set it. */
	readonly leastReserve: number;
	/** Kept free besides. */
	readonly safety: number;
	/** The window is a guess: nobody lists the model. */
	readonly assumed?: boolean;
}

export interface PlanTerms {
	readonly counter: Counter;
	readonly room: Room;
	/** `summarize` is `trim` here: what is to be summarised is so before. */
	readonly mode: Exclude<ContextMode, 'off'>;
	/** Places of messages among the caller's own, for the receipt; those not in it are the gateway's, and stay. */
	readonly places: ReadonlyMap<Message, number>;
	/** Of the request as it came; absent: what this one counts. */
	readonly before?: number;
	/** Done to the conversation already, for the receipt. */
	readonly summarized?: ContextReceipt['summarized'];
	readonly replans?: number;
}

/** `fits`: `request` is the same object where nothing had to be done to it. */
export type PlanResult =
	| {
			readonly kind: 'fits';
			readonly request: ChatRequest;
			readonly receipt: ContextReceipt;
			readonly warnings: readonly Warning[];
	  }
	/** What may not be taken away does not fit by itself, or (mode `refuse`) the conversation as it is does not. */
	| {
			readonly kind: 'too-long';
			readonly receipt: ContextReceipt;
			/** What must stay counts so much. */
			readonly least: number;
			/** In words with figures, for `context_too_long`. */
			readonly message: string;
			/** The field at fault, e.g. `messages[3]`: the largest of what must stay. */
			readonly param: string;
	  };

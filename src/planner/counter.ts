/** How one model counts one request: what planning asks, whoever answers it. */
import type { CountMethod } from '../language/context';
import type { Message } from '../language/message';

/** Tokens as that model would count them, fractions of one included: only a sum is rounded, up. */
export interface Counter {
	readonly method: CountMethod;
	/** What an encoding's count is multiplied with, margin and calibration included; 1 where nothing is. */
	readonly factor: number;
	/** What is there whatever the messages: priming, a hidden preamble, tools, the answer's schema, the wire's additions. */
	readonly fixed: number;
	/** Of one message, its framing and media included. The same object is counted once, over all targets of a request. */
	message(message: Message): number;
	/** Of a text within a message. */
	text(text: string): number;
	/** Of the whole prompt: `fixed` and all messages, rounded up. */
	total(messages: readonly Message[]): number;
	/** As `Encoding.headEnd` and `tailStart`, of this model's tokens. */
	headEnd(text: string, tokens: number): number;
	tailStart(text: string, tokens: number): number;
}

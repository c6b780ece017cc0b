/** A counter with the plainest framing over an encoding, so that what the planner does can be reckoned by hand. */
import type { Message } from '../../src/language/message';
import type { Counter } from '../../src/planner/counter';
import type { Encoding } from '../../src/planner/encoding';

/** Tokens beside the text. */
export const PER_MESSAGE = 4;
export const PER_IMAGE = 500;
export const PER_CALL = 8;

export interface PlainTerms {
	/** As a calibrated counter's. */
	readonly factor?: number;
	readonly fixed?: number;
}

function partTokens(part: Message['content'][number], count: (text: string) => number): number {
	switch (part.type) {
		case 'text':
		case 'refusal':
			return count(part.text);
		case 'reasoning':
			return count(part.text) + count(part.signature ?? '');
		case 'tool-call':
			return PER_CALL + count(part.id) + count(part.name) + count(part.arguments);
		case 'image':
			return PER_IMAGE;
		default:
			return 0;
	}
}

export function plainCounter(encoding: Encoding, { factor = 1, fixed = 3 }: PlainTerms = {}): Counter {
	const known = new WeakMap<Message, number>();
	const text = (value: string): number => encoding.count(value) * factor;
	const counted = (message: Message): number => {
		const id = message.role === 'tool' ? text(message.callId) : 0;
		return message.content.reduce((sum, part) => sum + partTokens(part, text), PER_MESSAGE + id);
	};
	const message = (one: Message): number => {
		const tokens = known.get(one) ?? counted(one);
		known.set(one, tokens);
		return tokens;
	};
	return {
		method: factor === 1 ? 'exact' : 'calibrated',
		factor,
		fixed,
		message,
		text,
		total: (messages) => Math.ceil(messages.reduce((sum, one) => sum + message(one), fixed)),
		headEnd: (value, tokens) => encoding.headEnd(value, tokens / factor),
		tailStart: (value, tokens) => encoding.tailStart(value, tokens / factor),
	};
}

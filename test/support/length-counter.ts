/** Counts a token for every four UTF-16 units, so that a test can reckon. */
import type { Message } from '../../src/language/message';
import type { Counter } from '../../src/planner/counter';

const UNITS = 4;
const PER_MESSAGE = 4;
const PER_IMAGE = 100;
const FIXED = 3;

const tokensOf = (text: string): number => Math.ceil(text.length / UNITS);

function messageTokens({ content }: Message): number {
	let tokens = PER_MESSAGE;
	for (const part of content) {
		if (part.type === 'text' || part.type === 'refusal' || part.type === 'reasoning') tokens += tokensOf(part.text);
		else if (part.type === 'tool-call') tokens += tokensOf(part.name) + tokensOf(part.arguments);
		else tokens += PER_IMAGE;
	}
	return tokens;
}

export const lengthCounter: Counter = {
	method: 'exact',
	factor: 1,
	fixed: FIXED,
	message: messageTokens,
	text: tokensOf,
	total: (messages) => messages.reduce((sum, message) => sum + messageTokens(message), FIXED),
	headEnd: (text, tokens) => Math.min(text.length, tokens * UNITS),
	tailStart: (text, tokens) => Math.max(0, text.length - tokens * UNITS),
};

/** Long tool results lose their middle: what stands at the beginning and at the end tells most. */
import type { TextPart, ToolMessage, ToolResultPart } from '../language/message';
import type { Counter } from './counter';

/** Shorter results are left alone (tokens). */
const LONG = 512;
/** Kept of a result at least (tokens). */
const LEAST = 256;
const HEAD_SHARE = 0.6;
/** Where two cut ends meet they may count a little more than apart (tokens). */
const SEAM = 4;
const TRIES = 4;

export interface ShortResult {
	readonly message: ToolMessage;
	readonly tokens: number;
}

/**
 * The same result without so much of its middle, or as much as may go of it; `tokens`: what it counts. null: it is
 * short, or nothing is won. Only its text is cut, all its text parts taken as one.
 */
export function shortenResult(
	message: ToolMessage,
	tokens: number,
	excess: number,
	counter: Counter,
): ShortResult | null {
	if (tokens <= LONG) return null;
	const texts = message.content.filter((part) => part.type === 'text');
	const frame = counter.message({ ...message, content: message.content.filter((part) => part.type !== 'text') });
	const long = tokens - frame;
	if (long <= LONG) return null;
	const text = texts.map((part) => part.text).join('');
	const note = counter.text(noteOf(Math.round(long))) + SEAM * counter.factor;
	let budget = Math.max(LEAST, long - excess - note);
	let shortest: ShortResult | null = null;
	for (let tried = 1; tried <= TRIES; tried += 1) {
		const short = cutTo(budget, message, text, long, counter);
		if (short && short.tokens < (shortest?.tokens ?? tokens)) shortest = short;
		const missing = excess - (tokens - (shortest?.tokens ?? tokens));
		if (missing <= 0 || budget <= LEAST) return shortest;
		// Text may count for more within a message than by itself; at last as much goes as may.
		budget = tried === TRIES - 1 ? LEAST : Math.max(LEAST, budget - missing - SEAM);
	}
	return shortest;
}

const noteOf = (tokens: number): string => `\n[… ${tokens} tokens left out …]\n`;

/** `budget`: tokens of its beginning and its end together. */
function cutTo(budget: number, message: ToolMessage, text: string, long: number, counter: Counter): ShortResult | null {
	const from = counter.headEnd(text, budget * HEAD_SHARE);
	const to = counter.tailStart(text, budget * (1 - HEAD_SHARE));
	if (to <= from) return null;
	const kept = counter.text(text.slice(0, from)) + counter.text(text.slice(to));
	const left = Math.max(1, Math.round(long - kept));
	const short: ToolMessage = { ...message, content: cutParts(message.content, from, to, noteOf(left)) };
	return { message: short, tokens: counter.message(short) };
}

/** Takes `from` up to `to` out of the text of all parts together; a cache mark goes to the part before its own. */
function cutParts(parts: readonly ToolResultPart[], from: number, to: number, note: string): ToolResultPart[] {
	const kept: ToolResultPart[] = [];
	let end = 0;
	for (const part of parts) {
		if (part.type !== 'text') {
			kept.push(part);
			continue;
		}
		const start = end;
		end += part.text.length;
		const head = part.text.slice(0, Math.max(0, from - start));
		const tail = part.text.slice(Math.max(0, to - start));
		const noted = start <= from && from < end;
		if (noted) kept.push({ ...part, text: head + note + tail });
		else if (end <= from || start >= to) kept.push(part);
		else if (tail !== '') kept.push({ ...part, text: tail });
		else keepMark(kept, part);
	}
	return kept;
}

function keepMark(kept: ToolResultPart[], { cache }: TextPart): void {
	const before = kept.at(-1);
	if (before && cache !== undefined) kept[kept.length - 1] = { ...before, cache };
}

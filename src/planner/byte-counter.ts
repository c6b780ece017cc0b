/** Counts where no encoding can be had: bytes in place of tokens, so that nothing is counted too low. */
import type { ModelFacts } from '../catalog/facts';
import type { ChatRequest } from '../language/request';
import { fixedBound, messageBound } from './bound';
import type { Counter } from './counter';
import { roundedUp } from './framing';
import { overheadOf } from './overhead';
import { normalizedLength } from './text';

export function byteCounter(request: ChatRequest, facts: ModelFacts): Counter {
	const overhead = overheadOf(facts);
	const fixed = fixedBound(request, facts);
	const bytes = (text: string): number => normalizedLength(text, overhead.normalization);
	return {
		method: 'bound',
		factor: 1,
		fixed,
		message: (message) => messageBound(message, overhead),
		text: bytes,
		total: (messages) => roundedUp(messages.reduce((sum, one) => sum + messageBound(one, overhead), fixed)),
		headEnd: (text, tokens) => headEnd(text, tokens, bytes),
		tailStart: (text, tokens) => tailStart(text, tokens, bytes),
	};
}

/** Code point after code point, as far as they go. */
function headEnd(text: string, tokens: number, bytes: (text: string) => number): number {
	let end = 0;
	let left = tokens;
	while (end < text.length) {
		const point = String.fromCodePoint(text.codePointAt(end) ?? 0);
		left -= bytes(point);
		if (left < 0) break;
		end += point.length;
	}
	return end;
}

function tailStart(text: string, tokens: number, bytes: (text: string) => number): number {
	let start = text.length;
	let left = tokens;
	while (start > 0) {
		const isPair = start > 1 && (text.codePointAt(start - 2) ?? 0) > 0xffff;
		const next = start - (isPair ? 2 : 1);
		left -= bytes(text.slice(next, start));
		if (left < 0) break;
		start = next;
	}
	return start;
}

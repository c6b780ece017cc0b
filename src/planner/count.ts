/** How one model counts one request: its text by an encoding, all else by figures. */
import type { ModelFacts } from '../catalog/facts';
import type { Calibration } from '../health/contract';
import type { Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import { byteCounter } from './byte-counter';
import type { Counter } from './counter';
import type { Encoding, EncodingName } from './encoding';
import { fixedFraming, messageFraming, roundedUp } from './framing';
import { messageMedia } from './media';
import { type CountMemo, countMemo, type TextCount } from './memo';
import { type Overhead, overheadOf } from './overhead';
import { normalized, utf8Length } from './text';
import { fixedTexts, messageTexts } from './texts';

export { type CountMemo, countMemo } from './memo';

export interface CountTerms {
	readonly facts: ModelFacts;
	/** Of `encodingOf(facts)`; null: its ranks can't be had, so that bytes are counted in place of tokens. */
	readonly encoding: Encoding | null;
	/** What was learned of the tokenizer; null: nothing yet. */
	readonly calibration: Calibration | null;
	/** One for all counters of a request. */
	readonly memo: CountMemo;
}

/** Samples from which on the margin follows from what was learned, and the least it then is. */
const TELLING_SAMPLES = 20;
const LEAST_MARGIN = 0.02;

/** The encoding that a model's text is counted with: its own, or the one that its family's factor is of. */
export const encodingOf = ({ tokenizer }: Pick<ModelFacts, 'tokenizer'>): EncodingName =>
	tokenizer === 'cl100k' ? 'cl100k_base' : 'o200k_base';

/** Throws `invalid_request` for a schema that no JSON can hold. */
export function counterFor(request: ChatRequest, { facts, encoding, calibration, memo }: CountTerms): Counter {
	if (encoding === null) return byteCounter(request, facts);
	const overhead = overheadOf(facts);
	return tokenCounter(request, facts, overhead, encoding, scaleOf(overhead, calibration), memo);
}

/**
 * Prompt tokens by the tables alone, without any margin or what was learned. `report`: of what the provider will say,
 * which is what there is to learn from; `prompt`: of what the model reads.
 */
export function tableEstimate(
	request: ChatRequest,
	facts: ModelFacts,
	encoding: Encoding,
	memo: CountMemo = countMemo(),
	of: 'report' | 'prompt' = 'report',
): number {
	const overhead = overheadOf(facts);
	const framing = of === 'report' && overhead.billsLess ? 0 : 1;
	const scale: Scale = { text: overhead.factor, framing, slack: 0 };
	return tokenCounter(request, facts, overhead, encoding, scale, memo).total(request.messages);
}

/** What counts are multiplied with. What was learned is of long prompts, so it is of their text. */
interface Scale {
	readonly text: number;
	readonly framing: number;
	/** Tokens added once. */
	readonly slack: number;
}

function scaleOf({ factor, margin: table, slack }: Overhead, calibration: Calibration | null): Scale {
	if (!calibration) return { text: factor * (1 + table), framing: 1 + table, slack };
	const learned = Math.max(LEAST_MARGIN, (2 * calibration.spread) / calibration.factor);
	const margin = calibration.samples >= TELLING_SAMPLES ? Math.min(table, learned) : table;
	return { text: factor * calibration.factor * (1 + margin), framing: 1 + margin, slack };
}

/** No byte-level tokenizer makes more tokens of a text than it has bytes, whatever the factor. */
const scaled = ({ tokens, bytes }: TextCount, factor: number): number => Math.min(tokens * factor, bytes);

function tokenCounter(
	request: ChatRequest,
	facts: ModelFacts,
	overhead: Overhead,
	encoding: Encoding,
	scale: Scale,
	memo: CountMemo,
): Counter {
	const known = new Map<Message, number>();
	const texts = messageTexts(encoding, overhead, memo);
	const isOwn = facts.tokenizer === 'o200k' || facts.tokenizer === 'cl100k';
	const fixed =
		scaled(fixedTexts(request, overhead, encoding, memo), scale.text) +
		fixedFraming(request, facts, overhead) * scale.framing +
		scale.slack;
	const count = (one: Message): number =>
		scaled(texts(one), scale.text) + messageFraming(one, overhead) * scale.framing + messageMedia(one, overhead, memo);
	const message = (one: Message): number => {
		const tokens = known.get(one) ?? count(one);
		known.set(one, tokens);
		return tokens;
	};
	return {
		method: isOwn && scale.text === 1 ? 'exact' : 'calibrated',
		factor: scale.text,
		fixed,
		message,
		text: (text) => {
			const read = normalized(text, overhead.normalization);
			const bytes = Math.max(utf8Length(text), read === text ? 0 : utf8Length(read));
			return scaled({ tokens: encoding.count(read), bytes }, scale.text);
		},
		total: (messages) => roundedUp(messages.reduce((sum, one) => sum + message(one), fixed)),
		headEnd: (text, tokens) => encoding.headEnd(text, Math.floor(tokens / scale.text)),
		tailStart: (text, tokens) => encoding.tailStart(text, Math.floor(tokens / scale.text)),
	};
}

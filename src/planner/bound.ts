/**
 * The cheapest answer to "does it fit": an upper bound of the prompt's tokens from lengths alone. A byte-level
 * tokenizer makes at most one token of a byte, so where the bound fits nothing else need be computed.
 */
import type { ModelFacts } from '../catalog/facts';
import type { Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import { fixedFraming, framesTokens, roundedUp } from './framing';
import { mostImageTokens } from './image';
import { forEachFixedText, forEachText, forEachTextOf, type Measure, measure, measureMessage } from './measure';
import { LEAST_PAGE_BYTES, MOST_PAGES } from './media';
import { type Overhead, overheadOf } from './overhead';
import { normalizedLength, UNFOLDED } from './text';
import { typesRoom } from './tool-text';

/** A page of a document as text and image together (Anthropic: 1,500–3,000). */
const PAGE = 3_000;
/** Pages taken for granted where the document is elsewhere. */
const USUAL_PAGES = 100;
/** 32 tokens a second (Gemini, the dearest) at 8 kbit/s. */
const AUDIO_BYTES_PER_TOKEN = 32;

export interface Bound {
	/** Prompt tokens at that model, at most. */
	readonly before: number;
}

/** `measured`: of the same request, where the caller has it already. Throws `invalid_request` for a schema no JSON can hold. */
export function bound(request: ChatRequest, facts: ModelFacts, measured: Measure = measure(request)): Bound {
	const overhead = overheadOf(facts);
	const framing = fixedFraming(request, facts, overhead) + framesTokens(measured, overhead);
	const types = toolRoom(request, overhead);
	const isMeasured = measured.ascii || overhead.normalization === 'none';
	const text = isMeasured ? measured.textBytes : textBound(overhead, (visit) => forEachText(request, visit));
	return {
		before: roundedUp(text + types + raised(framing, overhead) + overhead.slack + mediaBound(measured, overhead)),
	};
}

/** The part of the bound that is there whatever the messages. */
export function fixedBound(request: ChatRequest, facts: ModelFacts): number {
	const overhead = overheadOf(facts);
	const text = textBound(overhead, (visit) => forEachFixedText(request, visit));
	return text + toolRoom(request, overhead) + raised(fixedFraming(request, facts, overhead), overhead) + overhead.slack;
}

/** The part that is one message's. */
export function messageBound(message: Message, overhead: Overhead): number {
	const measured = measureMessage(message);
	const text = textBound(overhead, (visit) => forEachTextOf(message, visit));
	return text + raised(framesTokens(measured, overhead), overhead) + mediaBound(measured, overhead);
}

const toolRoom = ({ tools = [] }: ChatRequest, { toolText }: Overhead): number =>
	toolText === 'typescript' ? typesRoom(tools.length) : 0;

const raised = (tokens: number, { margin }: Overhead): number => tokens * (1 + margin);

function textBound({ normalization }: Overhead, forEach: (visit: (text: string) => void) => void): number {
	let bytes = 0;
	forEach((text) => {
		bytes += normalizedLength(text, normalization);
	});
	return bytes;
}

function mediaBound(measured: Measure, { image, normalization }: Overhead): number {
	const { images, originals, audioBytes, documents, textFileBytes, foldedBytes } = measured;
	let tokens = textFileBytes + foldedBytes * UNFOLDED[normalization] + audioBytes / AUDIO_BYTES_PER_TOKEN;
	if (images > 0) {
		const usual = mostImageTokens(image, 'auto');
		tokens += (images - originals) * usual + originals * Math.max(usual, mostImageTokens(image, 'original'));
	}
	for (const bytes of documents)
		tokens += PAGE * (bytes === null ? USUAL_PAGES : Math.min(MOST_PAGES, Math.ceil(bytes / LEAST_PAGE_BYTES)));
	return tokens;
}

/**
 * The cheapest answer to "does it fit": an upper bound of the prompt's tokens from lengths alone. A byte-level
 * tokenizer makes at most one token of a byte, so where the bound fits nothing else need be computed.
 */
import type { ModelFacts } from '../catalog/facts';
import type { ChatRequest } from '../language/request';
import type { ContextReceipt } from '../ledger/contract';
import { forEachText, type Measure, measure } from './measure';
import { overheadOf } from './overhead';
import { type Normalization, normalizedLength } from './text';

/** Output tokens kept free where the request sets no maximum. */
const USUAL_OUTPUT = 4_096;
/** Kept free besides, for what providers add without saying (tokens). */
const SAFETY = 128;
/** Beside the text of a tool call. */
const PER_TOOL_CALL = 16;
/** For an image at full resolution, where a model offers that. */
const ORIGINAL_IMAGE = 16_384;
/** A page of a document as text and image together (Anthropic: 1,500–3,000). */
const PAGE = 3_000;
/** Bytes of the shortest page worth the name. */
const LEAST_PAGE_BYTES = 1_024;
/** Pages taken for granted where the document is elsewhere, and the most a provider reads. */
const USUAL_PAGES = 100;
const MOST_PAGES = 1_000;
/** 32 tokens a second (Gemini, the dearest) at 8 kbit/s. */
const AUDIO_BYTES_PER_TOKEN = 32;

export interface Bound extends ContextReceipt {
	/** False: it may be too long, or may not; only a closer count can tell. */
	readonly fits: boolean;
}

/** `measured`: of the same request, where the caller has it already. */
export function bound(request: ChatRequest, facts: ModelFacts, measured: Measure = measure(request)): Bound {
	const tokens = boundOf(request, facts, measured);
	const limit = inputLimit(request, facts);
	return { before: tokens, after: tokens, limit, method: 'bound', dropped: 0, summarized: 0, fits: tokens <= limit };
}

/** Tokens that the prompt may have at that model; 0 where the output asked for leaves no room. */
export function inputLimit({ maxTokens }: Pick<ChatRequest, 'maxTokens'>, facts: ModelFacts): number {
	const window = Math.min(facts.contextWindow, facts.inputLimit ?? Number.POSITIVE_INFINITY);
	const output = Math.min(maxTokens ?? USUAL_OUTPUT, facts.maxOutput ?? Number.POSITIVE_INFINITY);
	return Math.max(0, window - output - SAFETY);
}

function boundOf(request: ChatRequest, facts: ModelFacts, measured: Measure): number {
	const overhead = overheadOf(facts);
	const text = measured.ascii ? measured.textBytes : textBound(request, overhead.normalization, measured);
	return (
		text +
		overhead.base +
		measured.messages * overhead.perMessage +
		measured.toolCalls * PER_TOOL_CALL +
		(measured.schemas > 0 ? overhead.toolPreamble + measured.schemas * overhead.perTool : 0) +
		mediaBound(measured, overhead.image)
	);
}

function textBound(request: ChatRequest, normalization: Normalization, measured: Measure): number {
	if (normalization === 'none') return measured.textBytes;
	let bytes = 0;
	forEachText(request, (text) => {
		bytes += normalizedLength(text, normalization);
	});
	return bytes;
}

function mediaBound(measured: Measure, image: number): number {
	const { images, originals, audioBytes, documents, textFileBytes } = measured;
	let tokens = (images - originals) * image + originals * Math.max(image, ORIGINAL_IMAGE) + textFileBytes;
	tokens += Math.ceil(audioBytes / AUDIO_BYTES_PER_TOKEN);
	for (const bytes of documents)
		tokens += PAGE * (bytes === null ? USUAL_PAGES : Math.min(MOST_PAGES, Math.ceil(bytes / LEAST_PAGE_BYTES)));
	return tokens;
}

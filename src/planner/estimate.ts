/** What a prompt will likely count, for holds and for answers without usage: a figure on the high side, no bound. */
import type { ChatRequest, EmbedRequest } from '../language/request';
import { type Measure, measure } from './measure';
import { utf8Length } from './text';

const BYTES_PER_TOKEN = 3;
const IMAGE = 1_600;
/** Some ten pages. */
const DOCUMENT = 20_000;
/** 32 tokens a second at 64 kbit/s. */
const AUDIO_BYTES_PER_TOKEN = 250;

/** Tokens. `measured`: of the same request, where the caller has it already. */
export function estimateInput(request: ChatRequest, measured: Measure = measure(request)): number {
	const { textBytes, textFileBytes, images, documents, audioBytes } = measured;
	return (
		Math.ceil((textBytes + textFileBytes) / BYTES_PER_TOKEN) +
		images * IMAGE +
		documents.length * DOCUMENT +
		Math.ceil(audioBytes / AUDIO_BYTES_PER_TOKEN)
	);
}

/** Tokens of all inputs together; exact where they are tokens already. */
export function estimateEmbedding({ input }: Pick<EmbedRequest, 'input'>): number {
	let tokens = 0;
	for (const one of input)
		tokens += typeof one === 'string' ? Math.ceil(utf8Length(one) / BYTES_PER_TOKEN) : one.length;
	return tokens;
}

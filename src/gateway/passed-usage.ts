/** What an answer that is only passed on says of its tokens, read beside the way without holding it up. */
import { type Usage, usageOf } from '../language/usage';
import { sseFramer } from '../providers/framing/sse';
import { type Json, objectOf, tryJson } from '../providers/wire/json';
import { usageFrom } from '../providers/wire/openai-chat/usage';

/** Bytes of a JSON answer that are kept to be read at its end; of a longer one the usage is unknown. */
const MOST_JSON = 4 * 1024 * 1024;

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

/** Anthropic's input does not include what came from or went to its cache. */
function anthropicUsage(usage: Json): Usage | null {
	if (!('cache_read_input_tokens' in usage || 'cache_creation_input_tokens' in usage)) return null;
	return usageOf({
		input: count(usage.input_tokens),
		cacheRead: count(usage.cache_read_input_tokens),
		cacheWrite5m: count(usage.cache_creation_input_tokens),
		output: count(usage.output_tokens),
	});
}

/** Gemini: candidates exclude thoughts. */
function geminiUsage(usage: Json): Usage {
	const cached = count(usage.cachedContentTokenCount);
	return usageOf({
		input: count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount) - cached,
		cacheRead: cached,
		output: count(usage.candidatesTokenCount),
		reasoning: count(usage.thoughtsTokenCount),
	});
}

/** The token counts in one JSON value, in any of the shapes the providers use; null: it states none. */
export function usageIn(value: unknown, reportsCost = false): Usage | null {
	const fields = objectOf(value);
	// Cloudflare's envelope, and the last events of OpenAI's Responses.
	if (!fields) return null;
	return stated(fields, reportsCost) ?? within(fields.result, reportsCost) ?? within(fields.response, reportsCost);
}

function within(value: unknown, reportsCost: boolean): Usage | null {
	const fields = objectOf(value);
	return fields ? stated(fields, reportsCost) : null;
}

function stated(fields: Json, reportsCost: boolean): Usage | null {
	const { usage, usageMetadata, meta } = fields;
	const plain = objectOf(usage);
	if (plain) return anthropicUsage(plain) ?? usageFrom(plain, reportsCost);
	const gemini = objectOf(usageMetadata);
	if (gemini) return geminiUsage(gemini);
	const billed = objectOf(objectOf(meta)?.billed_units);
	if (billed && (billed.input_tokens !== undefined || billed.output_tokens !== undefined))
		return usageOf({ input: count(billed.input_tokens), output: count(billed.output_tokens) });
	return null;
}

export interface UsageReader {
	push(bytes: Uint8Array): void;
	/** After the last byte. */
	end(): Usage | null;
}

const NOTHING: UsageReader = { push: () => undefined, end: () => null };

/** `reportsCost`: the provider is believed where it says what it charged. */
export function usageReader(contentType: string, reportsCost = false): UsageReader {
	if (contentType.includes('json')) return jsonReader(reportsCost);
	return contentType.includes('text/event-stream') ? eventReader(reportsCost) : NOTHING;
}

function jsonReader(reportsCost: boolean): UsageReader {
	const decoder = new TextDecoder();
	let text = '';
	let size = 0;
	return {
		push(bytes) {
			size += bytes.byteLength;
			text = size > MOST_JSON ? '' : text + decoder.decode(bytes, { stream: true });
		},
		end: () => (size > MOST_JSON ? null : usageIn(tryJson(text + decoder.decode()), reportsCost)),
	};
}

/** The last count counts: where there are several they are cumulative. */
function eventReader(reportsCost: boolean): UsageReader {
	const framer = sseFramer();
	let last: Usage | null = null;
	let readable = true;
	/** Anthropic's: the input stands in `message_start`, and a later event replaces field by field. */
	let begun: Json = {};
	const read = (frames: ReturnType<typeof framer.push>): void => {
		for (const { data } of frames) {
			if (!data.includes('sage')) continue;
			const event = objectOf(tryJson(data));
			const first = objectOf(objectOf(event?.message)?.usage);
			if (first) begun = first;
			const usage = first ?? objectOf(event?.usage);
			const merged = usage ? { ...event, usage: { ...begun, ...usage } } : event;
			last = usageIn(merged, reportsCost) ?? last;
		}
	};
	const tried = (step: () => ReturnType<typeof framer.push>): void => {
		if (!readable) return;
		try {
			read(step());
		} catch {
			// An event above the framer's bound: passed on all the same, its counts are not seen.
			readable = false;
		}
	};
	return {
		push: (bytes) => tried(() => framer.push(bytes)),
		end() {
			tried(() => framer.end());
			return last;
		},
	};
}

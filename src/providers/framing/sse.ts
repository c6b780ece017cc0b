/** Server-sent events (WHATWG HTML 9.2), read leniently: bytes in, frames out. */
import { createParser, type ParseError } from 'eventsource-parser';
import type { Frame, Framer } from '../provider';
import { malformed, tryJson } from '../wire/json';

/** Characters one event may hold before its blank line: the last of Responses repeats all tools and the whole answer. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

const tooLong = () => malformed(`The upstream sent an event of more than ${MAX_EVENT_LENGTH} characters.`);

/**
 * LF, CRLF and CR; `data` over several lines; comments skipped; UTF-8 split across chunks. A line
 * `error: {…}` (llama.cpp) or a bare `{"error":…}` becomes a frame of event `error`. Throws
 * `upstream_malformed` where one event is longer than 16 MiB.
 */
export function sseFramer(): Framer {
	const decoder = new TextDecoder();
	let frames: Frame[] = [];

	const onError = (error: ParseError) => {
		if (error.type === 'max-buffer-size-exceeded') throw tooLong();
		const stray = strayError(error);
		if (stray) frames.push({ event: 'error', data: stray });
	};

	const parser = createParser({
		maxBufferSize: MAX_EVENT_LENGTH,
		onEvent: ({ event, data }) => {
			if (data.length > MAX_EVENT_LENGTH) throw tooLong();
			frames.push({ event: event ?? '', data });
		},
		onError,
	});

	const feed = (text: string): Frame[] => {
		frames = [];
		if (text) parser.feed(text);
		return frames;
	};

	return {
		push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
		// A cut inside an event is no event: what is held back counts only where it is whole.
		end: () => feed(`${decoder.decode()}\n\n`).filter((frame) => isWhole(frame.data)),
	};
}

function strayError(error: ParseError): string | undefined {
	if (error.type !== 'unknown-field') return undefined;
	if (error.field === 'error') return error.value;
	return error.line?.startsWith('{"error"') ? error.line : undefined;
}

const isWhole = (data: string): boolean => data === '[DONE]' || tryJson(data) !== undefined;

/** One JSON object per line (https://github.com/ollama/ollama/blob/main/docs/api.md), read leniently. */
import type { Frame, Framer } from '../provider';
import { malformed, tryJson } from '../wire/json';

/** Characters one line may hold: a tool call comes whole on one. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/**
 * `\n` and `\r\n` end a line; empty ones are skipped, as is a byte order mark; UTF-8 may be split across chunks.
 * Throws `upstream_malformed` where one line is longer than 16 MiB.
 */
export function ndjsonFramer(): Framer {
	const decoder = new TextDecoder();
	/** Of a line whose end has not come. Only appended to, never searched again: chunks may be single bytes. */
	let rest = '';

	const grown = (text: string): string => {
		if (rest.length + text.length > MAX_LINE_LENGTH) {
			throw malformed(`The upstream sent a line of more than ${MAX_LINE_LENGTH} characters.`);
		}
		return rest + text;
	};

	const feed = (text: string): Frame[] => {
		const frames: Frame[] = [];
		let at = 0;
		for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
			const data = grown(text.slice(at, end)).trim();
			rest = '';
			at = end + 1;
			if (data !== '') frames.push({ event: '', data });
		}
		rest = grown(text.slice(at));
		return frames;
	};

	return {
		push: (bytes) => feed(decoder.decode(bytes, { stream: true })),
		// A cut inside a line is no line: what is held back counts only where it is whole.
		end: () => feed(`${decoder.decode()}\n`).filter((frame) => tryJson(frame.data) !== undefined),
	};
}

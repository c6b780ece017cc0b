/** Errors that a client may see, without the key that the upstream was called with. */
import { GatewayError } from '../errors';

/** Characters of a key in a row that give it away; a shorter key protects nothing. */
const LEAST = 8;
const REDACTED = '[redacted]';

/** Whatever stands in `text` of the key, whole, cut off or with a part scrubbed already. */
function redacted(text: string, apiKey: string): string {
	let left = '';
	let at = 0;
	while (at < text.length) {
		let end = at + LEAST;
		if (end > text.length || !apiKey.includes(text.slice(at, end))) {
			left += text.charAt(at);
			at += 1;
			continue;
		}
		while (end < text.length && apiKey.includes(text.slice(at, end + 1))) end += 1;
		left += REDACTED;
		at = end;
	}
	return left;
}

/** Wires scrub what looks like a key; this is about the very key, whatever it looks like. `apiKey` null: there is none. */
export function withoutKey(error: GatewayError, apiKey: string | null): GatewayError {
	if (apiKey === null || apiKey.length < LEAST) return error;
	const { cause, param, retryAfterMs, upstream, requests } = error;
	const message = redacted(error.message, apiKey);
	const field = param === undefined ? undefined : redacted(param, apiKey);
	const reason = typeof cause === 'string' ? redacted(cause, apiKey) : cause;
	if (message === error.message && field === param && reason === cause) return error;
	return new GatewayError(error.code, message, {
		...(field !== undefined && { param: field }),
		...(retryAfterMs !== undefined && { retryAfterMs }),
		...(upstream !== undefined && { upstream }),
		...(requests !== undefined && { requests }),
		...(reason !== undefined && { cause: reason }),
	});
}

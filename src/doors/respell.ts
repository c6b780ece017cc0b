/** Errors of the path name canonical fields; a door says them in its own protocol's words. */
import { GatewayError } from '../errors';

export interface Spelling {
	/** Canonical path or first segment → the door's. */
	readonly words: Readonly<Record<string, string>>;
	/** What a table can't say: a path under `messages` or `tools`; null: by `words`. */
	readonly place: (param: string) => string | null;
}

/** The canonical names that no English text holds. */
const CAMEL_CASE = /\b[a-z]+[A-Z][A-Za-z]*\b/g;

/**
 * The same error with its field, in `param` and message, as the client wrote it. What an upstream refused is in the
 * upstream's words, and stays.
 */
export function respelled(thrown: unknown, spelling: Spelling): unknown {
	if (!(thrown instanceof GatewayError) || thrown.param === undefined || thrown.upstream) return thrown;
	const { code, message, param: canonical, retryAfterMs, requests, cause } = thrown;
	const param = paramOf(canonical, spelling);
	// A place is no English word: it stands for nothing else, wherever the message has it.
	const said = canonical.endsWith(']') ? message.replaceAll(canonical, param) : message;
	const [field, text] = said.startsWith(`${canonical}:`) ? [param, said.slice(canonical.length)] : ['', said];
	return new GatewayError(code, field + text.replace(CAMEL_CASE, (word) => spelling.words[word] ?? word), {
		param,
		...(retryAfterMs !== undefined && { retryAfterMs }),
		...(requests && { requests }),
		...(cause !== undefined && { cause }),
	});
}

function paramOf(canonical: string, { words, place }: Spelling): string {
	const whole = place(canonical) ?? words[canonical];
	if (whole !== undefined) return whole;
	const [head = ''] = canonical.split(/[.[]/, 1);
	return `${words[head] ?? head}${canonical.slice(head.length)}`;
}

/** Which headers pass through: lists of what may, so that no credential, cookie or address does. */

/** From the client to the upstream. */
const REQUEST: ReadonlySet<string> = new Set([
	'accept',
	'accept-language',
	'content-type',
	'idempotency-key',
	'range',
	'user-agent',
]);
const REQUEST_PREFIXES = ['anthropic-', 'openai-beta'];

/** From the upstream to the client. Length and encoding are the platform's: it has decoded the body. */
const RESPONSE: ReadonlySet<string> = new Set([
	'accept-ranges',
	'cache-control',
	'content-disposition',
	'content-language',
	'content-range',
	'content-type',
	'etag',
	'last-modified',
	'retry-after',
]);
const RESPONSE_PREFIXES = ['openai-processing', 'openai-version', 'anthropic-ratelimit', 'x-ratelimit-'];

function selected(headers: Headers, names: ReadonlySet<string>, prefixes: readonly string[]): Record<string, string> {
	const chosen: Record<string, string> = {};
	for (const [name, value] of headers)
		if (names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))) chosen[name] = value;
	return chosen;
}

export const requestHeaders = (headers: Headers): Record<string, string> =>
	selected(headers, REQUEST, REQUEST_PREFIXES);

/** The upstream's limits are told apart from ours, which have the plain names. */
export function responseHeaders(headers: Headers): Headers {
	const chosen = new Headers();
	for (const [name, value] of Object.entries(selected(headers, RESPONSE, RESPONSE_PREFIXES)))
		chosen.set(name.startsWith('x-ratelimit-') ? `x-upstream-${name.slice(2)}` : name, value);
	// Whatever an upstream serves, it is no page of this origin, where the console is.
	chosen.set('content-security-policy', 'sandbox');
	chosen.set('x-content-type-options', 'nosniff');
	return chosen;
}

/** Bytes of the body as it is passed on; null: not stated, or those of a compressed form. */
export function lengthOf(headers: Headers): number | null {
	const stated = headers.get('content-length') ?? '';
	return /^\d{1,15}$/.test(stated) && !headers.has('content-encoding') ? Number(stated) : null;
}

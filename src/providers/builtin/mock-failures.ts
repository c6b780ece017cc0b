/** `mock/fail-…`: the ways a real upstream fails, each with the status, headers and body it would have. */
import type { MockError } from '../wire/mock/protocol';
import type { Step } from './mock-steps';
import { half } from './mock-steps';

const MESSAGES: Readonly<Record<string, string>> = {
	'400': 'The mock was asked to refuse this request.',
	'401': 'The mock was asked to refuse this key.',
	'403': 'The mock was asked to forbid this request.',
	'404': 'The mock was asked not to know this model.',
	'408': 'The mock was asked to run out of time.',
	'413': 'The mock was asked to find this request too large.',
	'422': 'The mock was asked to find this request unprocessable.',
	'429': 'The mock was asked to limit the rate of requests.',
	'500': 'The mock was asked to fail.',
	'503': 'The mock was asked to be unavailable.',
	'529': 'The mock was asked to be overloaded.',
};

/** Seconds that a 429 asks to wait. */
const RETRY_AFTER = 1;

export const FAILURES: readonly string[] = [
	...Object.keys(MESSAGES).map((status) => `fail-${status}`),
	'fail-timeout',
	'fail-cut',
	'fail-midstream',
	'fail-malformed',
	'fail-reset',
];

/** The answer in place of one; undefined: this model answers. Rejects where the caller gave up waiting. */
export function failureOf(model: string, signal: AbortSignal): Promise<Response> | Response | undefined {
	if (model === 'fail-timeout') return never(signal);
	if (model === 'fail-malformed') return html();
	const status = /^fail-(\d{3})$/.exec(model)?.[1];
	const message = status === undefined ? undefined : MESSAGES[status];
	if (message === undefined) return undefined;
	return refusal({ status: Number(status), message }, status === '429' ? RETRY_AFTER : undefined);
}

/** An error answer; `retryAfter` in seconds. */
export function refusal(error: Required<MockError>, retryAfter?: number): Response {
	const headers = { 'content-type': 'application/json', ...(retryAfter && { 'retry-after': String(retryAfter) }) };
	return new Response(JSON.stringify({ error }), { status: error.status, headers });
}

/** How the failures that begin as an answer go on. */
export function brokenSteps(model: string, text: string): readonly Step[] | undefined {
	switch (model) {
		case 'fail-cut':
			return [{ text: half(text) }, { cut: true }];
		case 'fail-midstream':
			return [{ text: half(text) }, { error: { status: 529, message: 'The mock was asked to break off.' } }];
		case 'fail-reset':
			return [{ reset: true }];
		default:
			return undefined;
	}
}

function never(signal: AbortSignal): Promise<Response> {
	return new Promise((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}

const html = (): Response =>
	new Response('<!doctype html><title>Bad gateway</title><h1>The mock was asked to talk nonsense.</h1>', {
		headers: { 'content-type': 'text/html' },
	});

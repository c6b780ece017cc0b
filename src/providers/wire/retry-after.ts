/** When an upstream wants to be asked again, from its headers alone: no clock is needed. */

/** Nobody is left alone for longer. */
export const DAY_MS = 86_400_000;

/**
 * Milliseconds, at most a day: the larger of `retry-after-ms` and `retry-after` (seconds, or an HTTP date measured
 * against the answer's own `date`; without one it says nothing, since whose clock it was is unknown). Undefined where
 * neither says more than now; Azure sends `retry-after-ms: 0` beside `retry-after: 1` (recorded).
 */
export function retryAfterMs(headers: Headers): number | undefined {
	const said = [amountsIn(headers.get('retry-after-ms')), retryAfter(headers) * 1000].filter((ms) => ms > 0);
	return said.length > 0 ? Math.min(Math.ceil(Math.max(...said)), DAY_MS) : undefined;
}

/** Digits alone (RFC 9110 `delay-seconds`), with a fraction as some send it: no sign, exponent, hexadecimal, name. */
const AMOUNT = /^\d+(?:\.\d+)?$/;
/** Characters of a value that is read. */
const VALUE_LENGTH = 64;

/** The largest of one or, where the header came several times, of all; NaN: there is none, or one is no amount. */
function amountsIn(value: string | null): number {
	if (value === null || value.length > VALUE_LENGTH) return Number.NaN;
	return Math.max(...value.split(',').map((part) => (AMOUNT.test(part.trim()) ? Number(part) : Number.NaN)));
}

/** Seconds; NaN: not said. */
function retryAfter(headers: Headers): number {
	const value = headers.get('retry-after');
	const seconds = amountsIn(value);
	if (value === null || !Number.isNaN(seconds)) return seconds;
	return (instantOf(value) - instantOf(headers.get('date') ?? '')) / 1000;
}

/** Only what begins as an HTTP date does: `Date.parse` takes `5, 10` for a day in May. */
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)/i;

/** The three forms of RFC 9110, the last of which (`Sun Nov  6 08:49:37 1994`) does not say that it is in GMT. */
function instantOf(value: string): number {
	if (!WEEKDAY.test(value)) return Number.NaN;
	return Date.parse(/gmt$/i.test(value) ? value : `${value} GMT`);
}

/** "Please try again in 7.66s", "in 6m0s", "in 120ms" (OpenAI, Groq), where no header says it. */
export function retryAfterInMessage(message: string): number | undefined {
	const match = /try again in (?:(\d{1,4})h)?(?:(\d{1,4})m(?!s))?(?:([\d.]{1,9})(ms|s))?/i.exec(message);
	if (!match) return undefined;
	const [, hours = '0', minutes = '0', amount = '0', unit = 's'] = match;
	const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(amount) * (unit === 'ms' ? 1 : 1000);
	return ms > 0 ? Math.min(Math.ceil(ms), DAY_MS) : undefined;
}

/** OpenAI and Anthropic say themselves whether a retry can help; it overrides the failure class. */
export function shouldRetry(headers: Headers): boolean | undefined {
	const value = headers.get('x-should-retry');
	return value === 'true' ? true : value === 'false' ? false : undefined;
}

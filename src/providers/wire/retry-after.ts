/** When an upstream wants to be asked again, from its headers alone: no clock is needed. */

const DAY_MS = 86_400_000;

/**
 * Milliseconds, at most a day: the larger of `retry-after-ms` and `retry-after` (seconds, or an HTTP date
 * measured against the answer's own `date`). Undefined where neither says more than now; Azure sends
 * `retry-after-ms: 0` beside `retry-after: 1` (recorded).
 */
export function retryAfterMs(headers: Headers): number | undefined {
	const said = [Number(headers.get('retry-after-ms') || NaN), secondsMs(headers)].filter((ms) => ms > 0);
	return said.length > 0 ? Math.min(Math.ceil(Math.max(...said)), DAY_MS) : undefined;
}

function secondsMs(headers: Headers): number {
	const value = headers.get('retry-after');
	if (!value) return Number.NaN;
	const seconds = Number(value);
	if (!Number.isNaN(seconds)) return seconds * 1000;
	return Date.parse(value) - Date.parse(headers.get('date') ?? '');
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

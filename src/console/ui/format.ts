/** Figures as people read them. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (value: number): string => whole.format(value);
export const shortCount = (value: number): string => compact.format(value);

/** Singular for one: `1 attempt`, `2 attempts`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** ms since epoch; null: never. */
export const instant = (ms: number | null): string => (ms === null ? 'never' : dateTime.format(ms));

export const duration = (ms: number): string =>
	ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(1))} s`;

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** Whole units of a span in seconds, the two largest: `4 min 10 s`. */
function span(seconds: number): string {
	if (seconds < MINUTE_S) return `${seconds} s`;
	if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min ${seconds % MINUTE_S} s`;
	if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h ${Math.floor((seconds % HOUR_S) / MINUTE_S)} min`;
	return `${Math.floor(seconds / DAY_S)} d`;
}

/** Both ms since epoch. Clocks differ by a little: what is just ahead was just now. */
export const ago = (at: number, now: number): string => {
	const seconds = Math.max(0, Math.round((now - at) / 1_000));
	return seconds === 0 ? 'just now' : `${span(seconds)} ago`;
};

/** Counts down to `now`. */
export const ahead = (at: number, now: number): string => {
	const seconds = Math.ceil((at - now) / 1_000);
	return seconds <= 0 ? 'now' : `in ${span(seconds)}`;
};

export const share = (part: number): string => percent.format(part);

/** Three figures of whatever size, at least cents: `$0.000062`, `$1.50`. */
export function usd(amount: number): string {
	if (amount === 0) return '$0';
	const decimals = Math.max(2, Math.min(12, 2 - Math.floor(Math.log10(amount))));
	return `$${amount.toFixed(decimals).replace(/(\.\d\d+?)0+$/, '$1')}`;
}

export const perMillion = (amount: number): string => `$${Number(amount.toFixed(4))}`;

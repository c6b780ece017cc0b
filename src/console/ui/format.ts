/** Figures as people read them. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (value: number): string => whole.format(value);
export const shortCount = (value: number): string => compact.format(value);

/** Singular for one: `1 attempt`, `2 attempts`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** ms since epoch; null: never. */
export const instant = (ms: number | null): string => (ms === null ? 'never' : dateTime.format(ms));

export const duration = (ms: number): string =>
	ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(1))} s`;

/** Three figures of whatever size, at least cents: `$0.000062`, `$1.50`. */
export function usd(amount: number): string {
	if (amount === 0) return '$0';
	const decimals = Math.max(2, Math.min(12, 2 - Math.floor(Math.log10(amount))));
	return `$${amount.toFixed(decimals).replace(/(\.\d\d+?)0+$/, '$1')}`;
}

export const perMillion = (amount: number): string => `$${Number(amount.toFixed(4))}`;

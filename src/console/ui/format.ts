/** Figures as people read them. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (value: number): string => whole.format(value);
export const shortCount = (value: number): string => compact.format(value);

/** Singular for one: `1 attempt`, `2 attempts`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** ms since epoch; null: `never`. */
export const instant = (ms: number | null, never = 'never'): string => (ms === null ? never : dateTime.format(ms));

export const duration = (ms: number): string =>
	ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(1))} s`;

/** Six decimals, or as many as the first figure needs. */
export const usd = (amount: number): string =>
	amount === 0 ? '$0' : `$${amount.toFixed(Math.max(2, Math.min(12, 2 - Math.floor(Math.log10(amount)))))}`;

export const perMillion = (amount: number): string => `$${Number(amount.toFixed(4))}`;

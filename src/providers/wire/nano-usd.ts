const DECIMAL = /^(\d{1,20})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i;

/**
 * Dollars, as a JSON number or its text, in nano-dollars, rounded half up. Digit by digit: `0.1 * 1e9` and
 * the like would pass through binary fractions. Undefined for anything negative or unreadable.
 */
export function nanoUsd(dollars: unknown): bigint | undefined {
	if (typeof dollars !== 'number' && typeof dollars !== 'string') return undefined;
	const match = DECIMAL.exec(String(dollars));
	if (!match) return undefined;
	const [, whole = '', fraction = '', exponent = '0'] = match;
	const digits = BigInt(whole + fraction);
	const shift = Number(exponent) + 9 - fraction.length;
	if (shift >= 0) return digits * 10n ** BigInt(shift);
	const unit = 10n ** BigInt(-shift);
	return (digits + unit / 2n) / unit;
}

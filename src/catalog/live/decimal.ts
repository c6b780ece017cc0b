const DECIMAL = /^(\d{1,12})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i;
const PICO_DIGITS = 12;

/**
 * Dollars per token as decimal text in pico-dollars, rounded half up, digit by digit: `0.0000025` → 2,500,000.
 * undefined for what is negative (OpenRouter's "it depends"), unreadable or larger than a number holds exactly.
 */
export function picoUsd(dollars: unknown): number | undefined {
	if (typeof dollars !== 'string' && typeof dollars !== 'number') return undefined;
	const [text, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(String(dollars)) ?? [];
	if (text === undefined) return undefined;
	const digits = BigInt(whole + fraction);
	const shift = PICO_DIGITS + Number(exponent) - fraction.length;
	const unit = 10n ** BigInt(Math.abs(shift));
	const pico = Number(shift >= 0 ? digits * unit : (digits + unit / 2n) / unit);
	return Number.isSafeInteger(pico) ? pico : undefined;
}

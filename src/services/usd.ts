/** Dollars as people write them, nano-dollars as they are stored; exact both ways, no float in between. */
import { MAX_AMOUNT } from '../db/money';
import { invalid } from '../errors';

const AMOUNT = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;
const NANO_DIGITS = 9;

/**
 * A decimal such as `12.5` (a number is taken by its shortest decimal form) in nano-dollars.
 * Throws `invalid_request` naming `param`: not a decimal, negative, finer than a nano-dollar, or above 2^63.
 */
export function nanoUsdOf(usd: string | number, param: string): bigint {
	const [, whole, fraction = '', exponent = '0'] = AMOUNT.exec(String(usd).trim()) ?? [];
	if (whole === undefined) throw invalid(param, `${param} must be an amount in USD such as "12.50".`);
	const shift = NANO_DIGITS + Number(exponent) - fraction.length;
	const digits = BigInt(whole + fraction);
	if (shift > 40) throw tooLarge(param);
	const nano = shift >= 0 ? digits * 10n ** BigInt(shift) : wholeQuotient(digits, 10n ** BigInt(-shift), param);
	if (nano > MAX_AMOUNT) throw tooLarge(param);
	return nano;
}

const tooLarge = (param: string) => invalid(param, `${param} must be at most ${usdOf(MAX_AMOUNT)} USD.`);

function wholeQuotient(digits: bigint, divisor: bigint, param: string): bigint {
	if (digits % divisor !== 0n) throw invalid(param, `${param} must have at most ${NANO_DIGITS} decimal places.`);
	return digits / divisor;
}

/** Decimal USD without trailing zeros, e.g. `12.5`. */
export function usdOf(nano: bigint): string {
	const sign = nano < 0n ? '-' : '';
	const digits = (nano < 0n ? -nano : nano).toString().padStart(NANO_DIGITS + 1, '0');
	const fraction = digits.slice(-NANO_DIGITS).replace(/0+$/, '');
	return `${sign}${digits.slice(0, -NANO_DIGITS)}${fraction === '' ? '' : `.${fraction}`}`;
}

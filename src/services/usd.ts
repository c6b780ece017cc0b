/** Dollars as people write them, whole fractions of them as they are stored; exact both ways, no float in between. */
import { MAX_AMOUNT } from '../db/money';
import { invalid } from '../errors';

const AMOUNT = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;
const NANO_DIGITS = 9;
/** USD per million tokens are micro-fractions of it: a pico-dollar per token is a millionth of a dollar per million. */
const PER_MILLION_DIGITS = 6;
/** USD per million tokens; in pico-dollars it is far below 2^53, so that every reader of D1 takes it exactly. */
const MOST_PER_MILLION = 1_000_000n;

/**
 * A decimal such as `12.5` (a number is taken by its shortest decimal form) in nano-dollars.
 * Throws `invalid_request` naming `param`: not a decimal, negative, finer than a nano-dollar, or above 2^63.
 */
export const nanoUsdOf = (usd: string | number, param: string): bigint => scaled(usd, NANO_DIGITS, MAX_AMOUNT, param);

/** USD per million tokens in pico-dollars per token. Throws as `nanoUsdOf`: six decimal places, at most a million. */
export const picoUsdOf = (usdPerMillion: string | number, param: string): bigint =>
	scaled(usdPerMillion, PER_MILLION_DIGITS, MOST_PER_MILLION * 10n ** BigInt(PER_MILLION_DIGITS), param);

function scaled(usd: string | number, places: number, most: bigint, param: string): bigint {
	const [, whole, fraction = '', exponent = '0'] = AMOUNT.exec(String(usd).trim()) ?? [];
	if (whole === undefined) throw invalid(param, `${param} must be an amount in USD such as "12.50".`);
	const shift = places + Number(exponent) - fraction.length;
	const digits = BigInt(whole + fraction);
	const tooLarge = () => invalid(param, `${param} must be at most ${decimal(most, places)} USD.`);
	if (shift > 40) throw tooLarge();
	if (shift < 0 && digits % 10n ** BigInt(-shift) !== 0n)
		throw invalid(param, `${param} must have at most ${places} decimal places.`);
	const amount = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
	if (amount > most) throw tooLarge();
	return amount;
}

/** Decimal USD without trailing zeros, e.g. `12.5`. */
export const usdOf = (nano: bigint): string => decimal(nano, NANO_DIGITS);

/** Decimal USD per million tokens of pico-dollars per token. */
export const usdPerMillionOf = (pico: bigint): string => decimal(pico, PER_MILLION_DIGITS);

function decimal(amount: bigint, places: number): string {
	const sign = amount < 0n ? '-' : '';
	const digits = (amount < 0n ? -amount : amount).toString().padStart(places + 1, '0');
	const fraction = digits.slice(-places).replace(/0+$/, '');
	return `${sign}${digits.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`;
}

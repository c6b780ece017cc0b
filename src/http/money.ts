/** Nano-dollars as the outside reads them. 1 USD = 1,000,000,000 nano-dollars. */

/** The nearest number of USD, for JSON. */
export const usdNumber = (nano: bigint): number => Number(nano) / 1e9;

/** Exact decimal USD without trailing zeros, e.g. `0.000015`; for headers. */
export function usdDecimal(nano: bigint): string {
	const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0');
	const fraction = digits.slice(-9).replace(/0+$/, '');
	return `${nano < 0n ? '-' : ''}${digits.slice(0, -9)}${fraction && `.${fraction}`}`;
}

/** The sum, or null where any part is unknown. */
export function sumKnown(amounts: readonly (bigint | null)[]): bigint | null {
	let sum = 0n;
	for (const amount of amounts) {
		if (amount === null) return null;
		sum += amount;
	}
	return sum;
}

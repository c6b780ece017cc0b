/** Prices twice: numbers in USD per million tokens, and OpenRouter's fields, decimal text in USD per token. */
import type { Gateway } from '../../gateway/call';

type Prices = NonNullable<Awaited<ReturnType<Gateway['models']>>[number]['prices']>;
type Rates = Omit<Prices, 'tiers'>;

const PICO_DIGITS = 12;

/** USD per million tokens from pico-dollars per token. */
const perMillion = (pico: bigint): number => Number(pico) / 1e6;

/** Pico-dollars as decimal text in dollars, exactly: 2,500,000 → `0.0000025`. */
export function usd(pico: bigint): string {
	const digits = pico.toString().padStart(PICO_DIGITS + 1, '0');
	const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '');
	return digits.slice(0, -PICO_DIGITS) + (fraction && `.${fraction}`);
}

/** Every part as it is charged: one without a price of its own at that of input or output. */
function ratesBody(rates: Rates) {
	const cacheWrite = rates.cacheWrite5m ?? rates.input;
	return {
		input: perMillion(rates.input),
		output: perMillion(rates.output),
		cache_read: perMillion(rates.cacheRead ?? rates.input),
		cache_write: perMillion(cacheWrite),
		cache_write_1h: perMillion(rates.cacheWrite1h ?? cacheWrite),
		input_audio: perMillion(rates.inputAudio ?? rates.input),
		reasoning: perMillion(rates.reasoning ?? rates.output),
		output_audio: perMillion(rates.outputAudio ?? rates.output),
	};
}

/** null: unknown. `tiers`: for the whole of a request whose prompt has more than `above` tokens. */
export function pricingBody(prices: Prices | null, version: string | null) {
	if (!prices) return null;
	return {
		currency: 'USD',
		unit: 'million_tokens',
		/** Of the price list, with its date. */
		version,
		...ratesBody(prices),
		tiers: (prices.tiers ?? []).map(({ above, prices: rates }) => ({ above, ...ratesBody(rates) })),
		prompt: usd(prices.input),
		completion: usd(prices.output),
		...(prices.cacheRead !== undefined && { input_cache_read: usd(prices.cacheRead) }),
		...(prices.cacheWrite5m !== undefined && { input_cache_write: usd(prices.cacheWrite5m) }),
		...(prices.reasoning !== undefined && { internal_reasoning: usd(prices.reasoning) }),
	};
}

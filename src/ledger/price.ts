/** What a usage costs. Prices are pico-dollars per token; the sum is rounded half up once, to nano-dollars. */
import type { Prices } from '../catalog/facts';
import { promptTokens, type Usage } from '../language/usage';
import type { NanoUsd } from './contract';

type Rates = Omit<Prices, 'tiers'>;

/** The tier reached applies to the whole request: the highest whose `above` is below its prompt tokens. */
function ratesFor(prompt: number, prices: Prices): Rates {
	let rates: Rates = prices;
	let reached = -1;
	for (const tier of prices.tiers ?? []) {
		if (prompt <= tier.above || tier.above <= reached) continue;
		reached = tier.above;
		rates = tier.prices;
	}
	return rates;
}

/** $100,000: no call costs that, and ninety thousand such rows still add up within an integer of SQLite. */
export const MOST_NANO_USD: NanoUsd = 10n ** 14n;

/** As it is kept: an upstream that claims quintillions of tokens must not make figures that nobody can add. */
export const atMost = (nanoUsd: NanoUsd): NanoUsd => (nanoUsd < MOST_NANO_USD ? nanoUsd : MOST_NANO_USD);

/** Nano-dollars. What the provider says it charged (`usage.reportedNanoUsd`) beats the price table. */
export function costOf(usage: Usage, prices: Prices): NanoUsd {
	if (usage.reportedNanoUsd !== undefined) return usage.reportedNanoUsd;
	const rates = ratesFor(promptTokens(usage), prices);
	const cacheWrite5m = rates.cacheWrite5m ?? rates.input;
	const pico =
		BigInt(usage.input + usage.inputImage) * rates.input +
		BigInt(usage.cacheRead) * (rates.cacheRead ?? rates.input) +
		BigInt(usage.cacheWrite5m) * cacheWrite5m +
		BigInt(usage.cacheWrite1h) * (rates.cacheWrite1h ?? cacheWrite5m) +
		BigInt(usage.inputAudio) * (rates.inputAudio ?? rates.input) +
		BigInt(usage.output) * rates.output +
		BigInt(usage.reasoning) * (rates.reasoning ?? rates.output) +
		BigInt(usage.outputAudio) * (rates.outputAudio ?? rates.output);
	return (pico + 500n) / 1000n;
}

/** Servers of one's own: tokens cost nothing there, except of models that they pass on to their maker's cloud. */
import type { ModelFacts } from './facts';

/** `gpt-oss:120b-cloud`, `kimi-k2.6:cloud`: a local Ollama sends these on, at the price of a plan. */
const ELSEWHERE = /[-:]cloud$/;

/** The sheet with prices of zero, or none where the model is not run locally. */
export function atNoCost(sheet: ModelFacts): ModelFacts {
	const free = !ELSEWHERE.test(sheet.model);
	return { ...sheet, prices: free ? { input: 0n, output: 0n } : null, priceVersion: free ? 'local' : null };
}

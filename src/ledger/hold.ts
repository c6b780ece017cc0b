/** How much a request is held for before anything is known of its answer. */
import type { Prices } from '../catalog/facts';
import { usageOf } from '../language/usage';
import type { NanoUsd } from './contract';
import { atMost, costOf } from './price';

export interface HoldEstimate {
	/** Tokens of the prompt, estimated. */
	readonly inputTokens: number;
	/** Most tokens that may come back. */
	readonly outputTokens: number;
	/** One per target of the chain; null where that target has no known price. */
	readonly prices: readonly (Prices | null)[];
}

/** Nano-dollars at the dearest target, reasoning included; null only where no target has a price. */
export function holdOf({ inputTokens, outputTokens, prices }: HoldEstimate): NanoUsd | null {
	const input = Math.ceil(inputTokens);
	const output = Math.ceil(outputTokens);
	let dearest: NanoUsd | null = null;
	for (const price of prices) {
		if (price === null) continue;
		for (const usage of [usageOf({ input, output }), usageOf({ input, reasoning: output })]) {
			const cost = atMost(costOf(usage, price));
			if (dearest === null || cost > dearest) dearest = cost;
		}
	}
	return dearest;
}

/** From a row of the table to a fact sheet. */
import { EMBEDDINGS, PRICED } from './embeddings';
import type { ModelFacts, Prices } from './facts';
import { FLAGS, type Rates, type Row, type Table } from './table';
import { tokenizerOf } from './tokenizer';

type RatePrices = Omit<Prices, 'tiers'>;

const SECONDS_PER_DAY = 86_400;

/** `model`: the name asked for, which may be another than the row's. */
export function sheetOf(table: Table, provider: string, row: Row, model: string): ModelFacts {
	const [id, contextWindow, inputLimit, maxOutput, flags, modalities, reasoning, rates, released, output] = row;
	const embedding = EMBEDDINGS[`${provider}/${id}`];
	const tokenizer = tokenizerOf(provider, id);
	const prices = pricesOf(rates, tokenizer === 'claude' || tokenizer === 'claude-5');
	return {
		provider,
		model,
		known: true,
		kind: (flags & FLAGS.embedding) === 0 ? 'chat' : 'embedding',
		contextWindow: embedding?.contextWindow ?? contextWindow,
		inputLimit: inputLimit || null,
		maxOutput: maxOutput || null,
		input: table.modalities[modalities] ?? ['text'],
		...(output !== undefined && { output: table.modalities[output] ?? ['text'] }),
		tools: (flags & FLAGS.tools) !== 0,
		structuredOutput: (flags & FLAGS.structuredOutput) !== 0,
		reasoning: (flags & FLAGS.reasoning) !== 0,
		reasoningOptions: table.reasoning[reasoning] ?? [],
		sampling: (flags & FLAGS.sampling) !== 0,
		tokenizer,
		prices,
		priceVersion: prices && (embedding?.price === undefined ? table.snapshot : PRICED),
		source: 'catalog',
		...(model !== id && { listedAs: id }),
		...(embedding && { dimensions: embedding.dimensions }),
		...(released > 0 && { created: released * SECONDS_PER_DAY }),
		...((flags & FLAGS.deprecated) !== 0 && { deprecated: true as const }),
	};
}

/** From rates and their rising tiers. `hourWrites`: cache writes that live an hour cost twice the input (Anthropic's pricing page). */
export function pricesOf(prices: Row[7], hourWrites: boolean): Prices | null {
	if (prices === 0) return null;
	const [base, ...tiers] = prices;
	return {
		...ratePrices(base, hourWrites),
		...(tiers.length > 0 && {
			tiers: tiers.map(([above, ...rates]) => ({ above, prices: ratePrices(rates, hourWrites) })),
		}),
	};
}

function ratePrices(rates: Rates, hourWrites: boolean): RatePrices {
	const [input, output, cacheRead, cacheWrite, inputAudio, reasoning, outputAudio, told1h] = rates;
	const cacheWrite1h = told1h ?? (isPrice(cacheWrite) && hourWrites ? input * 2 : null);
	return {
		input: BigInt(input),
		output: BigInt(output),
		...(isPrice(cacheRead) && { cacheRead: BigInt(cacheRead) }),
		...(isPrice(cacheWrite) && { cacheWrite5m: BigInt(cacheWrite) }),
		...(isPrice(cacheWrite1h) && { cacheWrite1h: BigInt(cacheWrite1h) }),
		...(isPrice(inputAudio) && { inputAudio: BigInt(inputAudio) }),
		...(isPrice(reasoning) && { reasoning: BigInt(reasoning) }),
		...(isPrice(outputAudio) && { outputAudio: BigInt(outputAudio) }),
	};
}

const isPrice = (rate: number | null | undefined): rate is number => rate !== null && rate !== undefined;

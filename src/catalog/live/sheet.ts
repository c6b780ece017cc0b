/** What a live list says of a model, over what the catalog says of it. */
import type { ModelFacts, Prices } from '../facts';
import { pricesOf } from '../sheet';
import type { LiveList, LiveModel } from './list';

/** Known is a model whose window is known: a name alone tells no figures. */
export function laidOver(sheet: ModelFacts, live: LiveModel, list: LiveList): ModelFacts {
	const contextWindow = live.contextWindow ?? sheet.contextWindow;
	const sameWindow = contextWindow === sheet.contextWindow;
	const kind = live.kind ?? sheet.kind;
	const maxOutput = kind === 'embedding' ? null : (live.maxOutput ?? sheet.maxOutput);
	return {
		...sheet,
		...abilities(sheet, live),
		...money(sheet, live, list),
		known: sheet.known || live.contextWindow !== undefined,
		source: 'live',
		kind,
		contextWindow,
		inputLimit: sameWindow ? sheet.inputLimit : null,
		maxOutput: maxOutput === null ? null : Math.min(maxOutput, contextWindow),
		...(live.created !== undefined && { created: live.created }),
		...(live.dimensions !== undefined && { dimensions: live.dimensions }),
	};
}

function abilities(sheet: ModelFacts, live: LiveModel): Partial<ModelFacts> {
	const reasoning = live.reasoning ?? sheet.reasoning;
	return {
		input: live.input ?? sheet.input,
		...(live.output && { output: live.output }),
		tools: live.tools ?? sheet.tools,
		structuredOutput: live.structuredOutput ?? sheet.structuredOutput,
		reasoning,
		reasoningOptions: reasoning ? sheet.reasoningOptions : [],
		sampling: live.sampling ?? sheet.sampling,
	};
}

function money(sheet: ModelFacts, live: LiveModel, list: LiveList): Partial<ModelFacts> {
	if (live.prices === undefined) return {};
	const hourWrites = sheet.tokenizer === 'claude' || sheet.tokenizer === 'claude-5';
	const prices = pricesOf(live.prices, hourWrites);
	const day = new Date(list.at).toISOString().slice(0, 10);
	return { prices: prices && withTiers(prices, sheet.prices), priceVersion: prices && `live-${day}` };
}

/** A list without tiers says nothing of them: those of the catalog hold while its base price does. */
function withTiers(live: Prices, listed: Prices | null): Prices {
	const same = live.input === listed?.input && live.output === listed.output;
	return live.tiers || !same || !listed.tiers ? live : { ...live, tiers: listed.tiers };
}

/** Models the caller can use now: the catalog's, of configured providers. */
import * as z from 'zod';
import type { Gateway } from '../gateway/call';
import { inferenceProcedure, router } from './init';

type ModelFacts = Awaited<ReturnType<Gateway['models']>>[number];

/** Pico-dollars per token are micro-dollars per million tokens. */
const perMillion = (pico: bigint): number => Number(pico) / 1e6;

function pricing(prices: ModelFacts['prices']) {
	if (!prices) return null;
	return {
		inputUsdPerMillion: perMillion(prices.input),
		outputUsdPerMillion: perMillion(prices.output),
		cacheReadUsdPerMillion: perMillion(prices.cacheRead ?? prices.input),
	};
}

const summary = ({ prices, provider, model, ...facts }: ModelFacts) => ({
	/** As a request names it. */
	id: `${provider}/${model}`,
	provider,
	model,
	...facts,
	/** null: unknown. */
	pricing: pricing(prices),
});

const filter = z
	.strictObject({
		provider: z.exactOptional(z.string()),
		kind: z.exactOptional(z.enum(['chat', 'embedding'])),
		capability: z.exactOptional(z.enum(['tools', 'structuredOutput', 'reasoning', 'image'])),
	})
	.optional();

type Filter = NonNullable<z.output<typeof filter>>;

const fits = (facts: ModelFacts, { provider, kind, capability }: Filter): boolean =>
	(provider === undefined || facts.provider === provider) &&
	(kind === undefined || facts.kind === kind) &&
	(capability === undefined || (capability === 'image' ? facts.input.includes('image') : facts[capability]));

export const modelsRouter = router({
	list: inferenceProcedure.input(filter).query(async ({ ctx, input }) => {
		const models = await ctx.gateway.models();
		return models.filter((facts) => fits(facts, input ?? {})).map(summary);
	}),
});

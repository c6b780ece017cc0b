/** Models the caller can use now: the catalog's, of configured providers. */
import * as z from 'zod';
import type { Gateway } from '../gateway/call';
import { inferenceProcedure, router } from './init';

type Model = Awaited<ReturnType<Gateway['models']>>[number];
type Prices = NonNullable<Model['prices']>;

/** Pico-dollars per token are micro-dollars per million tokens. */
const perMillion = (pico: bigint): number => Number(pico) / 1e6;

/** Every part as it is charged: one without a price of its own at that of input or output. */
function rates(prices: Omit<Prices, 'tiers'>) {
	const cacheWrite = prices.cacheWrite5m ?? prices.input;
	return {
		inputUsdPerMillion: perMillion(prices.input),
		outputUsdPerMillion: perMillion(prices.output),
		cacheReadUsdPerMillion: perMillion(prices.cacheRead ?? prices.input),
		cacheWriteUsdPerMillion: perMillion(cacheWrite),
		cacheWrite1hUsdPerMillion: perMillion(prices.cacheWrite1h ?? cacheWrite),
		inputAudioUsdPerMillion: perMillion(prices.inputAudio ?? prices.input),
		outputAudioUsdPerMillion: perMillion(prices.outputAudio ?? prices.output),
		reasoningUsdPerMillion: perMillion(prices.reasoning ?? prices.output),
	};
}

const pricing = (prices: Prices) => ({
	...rates(prices),
	/** For the whole of a request whose prompt has more than `above` tokens. */
	tiers: (prices.tiers ?? []).map(({ above, prices: tier }) => ({ above, ...rates(tier) })),
});

const summary = ({ prices, provider, model, server, ...facts }: Model) => ({
	/** As a request names it. */
	id: `${server ?? provider}/${model}`,
	provider,
	model,
	...facts,
	/** null: unknown. `priceVersion` is its date. */
	pricing: prices && pricing(prices),
});

const filter = z
	.strictObject({
		provider: z.exactOptional(z.string()),
		kind: z.exactOptional(z.enum(['chat', 'embedding'])),
		capability: z.exactOptional(z.enum(['tools', 'structuredOutput', 'reasoning', 'image'])),
	})
	.optional();

type Filter = NonNullable<z.output<typeof filter>>;

const fits = (facts: Model, { provider, kind, capability }: Filter): boolean =>
	(provider === undefined || facts.provider === provider) &&
	(kind === undefined || facts.kind === kind) &&
	(capability === undefined || (capability === 'image' ? facts.input.includes('image') : facts[capability]));

export const modelsRouter = router({
	list: inferenceProcedure.input(filter).query(async ({ ctx, input }) => {
		const models = await ctx.gateway.models();
		return models.filter((facts) => fits(facts, input ?? {})).map(summary);
	}),
});

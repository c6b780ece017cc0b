/** What an organization says of a model, in its table, in the catalog's terms and as callers see it. */
import { and, asc, eq, type SQL } from 'drizzle-orm';
import type { Prices } from '../catalog/facts';
import type { ModelOverrides } from '../catalog/override';
import { modelOverrides, OPTIONAL_PRICES } from '../config/model-overrides';
import { llmModelOverrides, type PriceOverride } from '../db/schema';
import { scoped } from './access';
import type { ServiceContext } from './context';
import type { CustomPrices } from './custom-model-input';
import { picoUsdOf, usdPerMillionOf } from './usd';

export type CustomModelRow = typeof llmModelOverrides.$inferSelect;

const PARTS = ['input', 'output', ...OPTIONAL_PRICES] as const satisfies readonly (keyof PriceOverride &
	keyof Prices)[];

type Part = (typeof PARTS)[number];
type Parts<T> = { readonly input: T; readonly output: T } & { readonly [P in Part]?: T };

/** Each part that is there, translated; the keys of `from` are among `PARTS`. */
function translated<A, B>(from: Parts<A>, translate: (value: A, part: Part) => B): Parts<B> {
	const rest = PARTS.flatMap((part) => {
		const value = from[part];
		return value === undefined ? [] : [[part, translate(value, part)] as const];
	});
	return {
		...Object.fromEntries(rest),
		input: translate(from.input, 'input'),
		output: translate(from.output, 'output'),
	};
}

/** Throws `invalid_request` naming `prices.<part>`. */
export const storedPrices = (prices: CustomPrices): PriceOverride =>
	translated(prices, (price, part) => picoUsdOf(price, `prices.${part}`).toString());

export function viewOf(ctx: ServiceContext, row: CustomModelRow) {
	const { provider, model, displayName, prices, version, updatedAt } = row;
	const { kind, ...capabilities } = row.capabilities;
	return {
		provider,
		model,
		displayName,
		/** null: as the catalog says, or a guess by its name. */
		kind: kind ?? null,
		/** Tokens; null: the catalog's, in this and the next two. */
		contextWindow: row.limits.contextWindow ?? null,
		inputLimit: row.limits.inputLimit ?? null,
		maxOutput: row.limits.maxOutput ?? null,
		capabilities,
		/** Decimal USD per million tokens; null: the catalog's. */
		prices: prices && translated(prices, (pico) => usdPerMillionOf(BigInt(pico))),
		/** What usage rows name these prices by. */
		priceVersion: prices && priceVersion(version),
		/** The catalog knows it too: the figures here stand in place of its own. */
		inCatalog: ctx.catalog.facts(provider, model).known,
		version,
		/** ms since epoch */
		updatedAt,
	};
}

export type CustomModelView = ReturnType<typeof viewOf>;

const priceVersion = (version: number): string => `override-${version}`;

export const selectCustomModels = (ctx: ServiceContext, condition?: SQL): Promise<CustomModelRow[]> =>
	ctx.db
		.select()
		.from(llmModelOverrides)
		.where(and(scoped(ctx, llmModelOverrides.organizationId), condition))
		.orderBy(asc(llmModelOverrides.provider), asc(llmModelOverrides.model));

export const isModel = (provider: string, model: string): SQL | undefined =>
	and(eq(llmModelOverrides.provider, provider), eq(llmModelOverrides.model, model));

/** `provider/model` → what the row says. */
export const overridesOf = (rows: readonly CustomModelRow[]): ModelOverrides =>
	modelOverrides({ globals: [], models: rows.map(ownCopy) });

/** As the resolver reads it from its own copy of the row. */
const ownCopy = ({ capabilities: { input, ...able }, ...row }: CustomModelRow) => ({
	...row,
	capabilities: { ...able, ...(input && { input: [...input] }) },
});

/** What an organization and the operator know better than the catalog, by `provider/model`. Pure. */
import type { ModelOverride, ModelOverrides, StatedPrices } from '../catalog/override';
import type { Origin } from '../gateway/ports';
import { dictionary } from './dictionary';
import type { ConfigurationRows, GlobalRow, ModelRow } from './rows';

type Prices = NonNullable<ModelOverride['prices']>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type StoredPrices = NonNullable<ModelRow['prices']>;

/** How price versions begin, by who says the price. */
const OWN = 'override-';
const SHARED = 'global-';

const nameOf = ({ provider, model }: { readonly provider: string; readonly model: string }): string =>
	`${provider}/${model}`;

/** Prices that fall back to another one where they are absent. */
export const OPTIONAL_PRICES = [
	'cacheRead',
	'cacheWrite5m',
	'cacheWrite1h',
	'inputAudio',
	'reasoning',
	'outputAudio',
] as const satisfies readonly (keyof StoredPrices)[];

function pricesOf(row: StoredPrices): Prices {
	const prices: Mutable<Prices> = { input: BigInt(row.input), output: BigInt(row.output) };
	for (const part of OPTIONAL_PRICES) {
		const price = row[part];
		if (price !== undefined) prices[part] = BigInt(price);
	}
	return prices;
}

/** A row that gives prices at all; of several on one model the one that was changed last. */
function sharedPrices(rows: readonly GlobalRow[]): ReadonlyMap<string, GlobalRow> {
	const priced = new Map<string, GlobalRow>();
	for (const row of rows) {
		const { provider, model } = row;
		if (provider === null || model === null) continue;
		if (row.inputPricePico === null && row.outputPricePico === null) continue;
		const name = nameOf({ provider, model });
		if (row.version >= (priced.get(name)?.version ?? 0)) priced.set(name, row);
	}
	return priced;
}

function sharedOverride({ inputPricePico, outputPricePico, version }: GlobalRow): ModelOverride {
	const prices: Mutable<Prices> = {};
	if (inputPricePico !== null) prices.input = BigInt(inputPricePico);
	if (outputPricePico !== null) prices.output = BigInt(outputPricePico);
	return { declared: false, prices, priceVersion: SHARED + version };
}

/** Fields are set one by one: with many rows, spreading them took most of the time of resolving. */
function ownOverride({ limits, capabilities, displayName, prices, version }: ModelRow, shared?: ModelOverride) {
	const override: Mutable<ModelOverride> = { declared: true };
	if (limits.contextWindow !== undefined) override.contextWindow = limits.contextWindow;
	if (limits.inputLimit !== undefined) override.inputLimit = limits.inputLimit;
	if (limits.maxOutput !== undefined) override.maxOutput = limits.maxOutput;
	if (capabilities.kind !== undefined) override.kind = capabilities.kind;
	if (capabilities.input !== undefined) override.input = ['text', ...capabilities.input];
	if (capabilities.tools !== undefined) override.tools = capabilities.tools;
	if (capabilities.structuredOutput !== undefined) override.structuredOutput = capabilities.structuredOutput;
	if (capabilities.reasoning !== undefined) override.reasoning = capabilities.reasoning;
	if (displayName !== null) override.displayName = displayName;
	const everybody: StatedPrices = shared ?? {};
	const priced = prices ? { prices: pricesOf(prices), priceVersion: OWN + version } : everybody;
	if (prices) override.shared = everybody;
	if (priced.prices !== undefined) override.prices = priced.prices;
	if (priced.priceVersion !== undefined) override.priceVersion = priced.priceVersion;
	return override;
}

/** The organization's, with the operator's price beside its own, or where it gives none itself. */
export function modelOverrides({ globals, models }: Pick<ConfigurationRows, 'globals' | 'models'>): ModelOverrides {
	const overrides = new Map<string, ModelOverride>();
	for (const [name, row] of sharedPrices(globals)) overrides.set(name, sharedOverride(row));
	for (const row of models) overrides.set(nameOf(row), ownOverride(row, overrides.get(nameOf(row))));
	return dictionary(overrides);
}

/** Who gives a price of that version. */
export function priceOrigin(version: string | null): Extract<Origin, 'organization' | 'global'> | 'catalog' {
	if (version?.startsWith(OWN)) return 'organization';
	return version?.startsWith(SHARED) ? 'global' : 'catalog';
}

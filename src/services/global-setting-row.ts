/** One of the operator's choices for everyone, as callers see it. */
import { asc, desc, eq } from 'drizzle-orm';
import { exactly } from '../db/money';
import { llmGlobalSettings } from '../db/schema';
import { notFound } from './access';
import type { ServiceContext } from './context';
import { picoUsdOf, usdPerMillionOf } from './usd';

const COLUMNS = {
	/** Its name as a profile: `profile:<id>`. */
	id: llmGlobalSettings.id,
	/** null with `model` null: follows the environment. */
	provider: llmGlobalSettings.provider,
	model: llmGlobalSettings.model,
	displayName: llmGlobalSettings.displayName,
	category: llmGlobalSettings.category,
	capabilities: llmGlobalSettings.capabilities,
	input: exactly<bigint | null>(llmGlobalSettings.inputPricePico),
	output: exactly<bigint | null>(llmGlobalSettings.outputPricePico),
	settings: llmGlobalSettings.settings,
	/** What `default` means to everyone who has no default profile. No profile itself. */
	isDefault: llmGlobalSettings.isDefault,
	/** False: removed; nobody can name it. */
	isActive: llmGlobalSettings.isActive,
	version: llmGlobalSettings.version,
	/** ms since epoch */
	createdAt: llmGlobalSettings.createdAt,
	updatedAt: llmGlobalSettings.updatedAt,
};

const usd = (pico: bigint | null): string | null => (pico === null ? null : usdPerMillionOf(pico));

/** The default first, then by id. */
export async function selectGlobalSettings(ctx: ServiceContext) {
	const rows = await ctx.db
		.select(COLUMNS)
		.from(llmGlobalSettings)
		.orderBy(desc(llmGlobalSettings.isDefault), asc(llmGlobalSettings.id));
	return rows.map(viewOf);
}

const viewOf = ({ input, output, ...row }: Awaited<ReturnType<typeof read>>[number]) => ({
	...row,
	/** Decimal USD; null: the catalog's. */
	inputUsdPerMillion: usd(input),
	outputUsdPerMillion: usd(output),
});

const read = (ctx: ServiceContext, id: string) =>
	ctx.db.select(COLUMNS).from(llmGlobalSettings).where(eq(llmGlobalSettings.id, id));

export type GlobalSettingView = ReturnType<typeof viewOf>;

/** Throws `not_found`. */
export async function selectGlobalSetting(ctx: ServiceContext, id: string): Promise<GlobalSettingView> {
	const [row] = await read(ctx, id);
	if (!row) throw notFound('global setting', id);
	return viewOf(row);
}

interface GivenPrices {
	readonly inputUsdPerMillion?: string | number | null;
	readonly outputUsdPerMillion?: string | number | null;
}

const pico = (price: string | number | null | undefined, param: keyof GivenPrices): bigint | null =>
	price === null || price === undefined ? null : picoUsdOf(price, param);

/** The columns of the prices. Throws `invalid_request` naming the price. */
export const pricesOf = ({ inputUsdPerMillion, outputUsdPerMillion }: GivenPrices) => ({
	inputPricePico: pico(inputUsdPerMillion, 'inputUsdPerMillion'),
	outputPricePico: pico(outputUsdPerMillion, 'outputUsdPerMillion'),
});

/** What is given with its prices spelled as views spell them: `1` and `1.00` are one price. Throws as `pricesOf`. */
export function canonical<G extends GivenPrices>(given: G) {
	const { inputUsdPerMillion, outputUsdPerMillion, ...rest } = given;
	const { inputPricePico, outputPricePico } = pricesOf(given);
	return {
		...rest,
		...(inputUsdPerMillion !== undefined && { inputUsdPerMillion: usd(inputPricePico) }),
		...(outputUsdPerMillion !== undefined && { outputUsdPerMillion: usd(outputPricePico) }),
	};
}

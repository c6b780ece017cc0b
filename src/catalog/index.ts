/** The catalog: facts of models by name. Generated data; nothing here asks a network. */
import type { CatalogPort } from '../gateway/ports';
import { findListed } from './alias';
import type { ModelFacts } from './facts';
import { OWN_SHEETS } from './own';
import { sheetOf } from './sheet';
import { type Table, table } from './table';
import { relativeOf, unknownFacts } from './unknown';

/** Fact sheets kept; all are dropped when there are more, and made anew on need. */
const MOST_SHEETS = 2_000;
/** A longer name is not remembered, so that the memory stays small whatever is asked. */
const LONGEST_NAME = 128;

const sheets = new Map<string, ModelFacts>();

/** Provider → last part of a listed name → that name: `gpt-oss-120b` → `openai/gpt-oss-120b`. */
const lastParts = new Map<string, ReadonlyMap<string, string>>();

/** A port on the baked-in table; all of them share one memory. */
export const catalog = (): CatalogPort => ({ facts, models, locate });

function facts(provider: string, model: string): ModelFacts {
	const key = `${provider}/${model}`;
	const known = sheets.get(key);
	if (known) return known;
	const sheet = factsOf(table(), provider, model);
	if (sheets.size >= MOST_SHEETS) sheets.clear();
	if (key.length <= LONGEST_NAME) sheets.set(key, sheet);
	return sheet;
}

function factsOf(from: Table, provider: string, model: string): ModelFacts {
	const own = OWN_SHEETS.get(provider);
	if (own) return own.facts(model, from.snapshot) ?? unknownFacts(provider, model, null);
	const rows = from.providers.get(provider);
	const listed = rows && findListed(rows, model);
	if (!listed) {
		const relative = relativeOf(from, provider, model);
		return unknownFacts(provider, model, relative && sheetOf(from, provider, relative, relative[0]));
	}
	const sheet = sheetOf(from, provider, listed.row, model);
	return listed.samePrice ? sheet : { ...sheet, prices: null, priceVersion: null };
}

function models(provider: string): readonly string[] {
	return OWN_SHEETS.get(provider)?.models ?? [...(table().providers.get(provider)?.keys() ?? [])];
}

function locate(
	bareName: string,
	among: readonly string[],
): { readonly provider: string; readonly model: string } | null {
	const providers = [...table().providers.keys(), ...OWN_SHEETS.keys()];
	const preferred = providers.filter((provider) => among.includes(provider));
	for (const provider of new Set([...preferred, ...providers])) {
		const model = nameAt(provider, bareName);
		if (model !== null) return { provider, model };
	}
	return null;
}

/** What a provider calls a model of that name; null: it lists none. */
function nameAt(provider: string, bareName: string): string | null {
	const own = OWN_SHEETS.get(provider);
	if (own) return own.facts(bareName, '') && bareName;
	const rows = table().providers.get(provider);
	if (!rows) return null;
	if (findListed(rows, bareName)?.samePrice) return bareName;
	return lastPartsOf(provider, rows.keys()).get(plain(bareName)) ?? null;
}

/** Vendors and resellers differ in dots and dashes: `claude-opus-4-8`, `anthropic/claude-opus-4.8`. */
const plain = (name: string): string => name.replaceAll('.', '-');

function lastPartsOf(provider: string, ids: Iterable<string>): ReadonlyMap<string, string> {
	const known = lastParts.get(provider);
	if (known) return known;
	const parts = new Map<string, string>();
	for (const id of ids) {
		const part = plain(id.split('/').at(-1) ?? id);
		if (id.includes('/') && !parts.has(part)) parts.set(part, id);
	}
	lastParts.set(provider, parts);
	return parts;
}

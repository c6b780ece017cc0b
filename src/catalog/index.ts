/** The catalog: facts of models by name. Generated data; nothing here asks a network. */
import type { CatalogPort } from '../gateway/ports';
import { findListed, unversioned } from './alias';
import type { ModelFacts } from './facts';
import { vendored } from './inference-profile';
import { atNoCost } from './local';
import { OWN_SHEETS } from './own';
import { sheetOf } from './sheet';
import { type Table, table } from './table';
import { relativeOf, unknownFacts } from './unknown';

/** Fact sheets kept; all are dropped when there are more, and made anew on need. */
const MOST_SHEETS = 2_000;
/** A longer name is not remembered, so that the memory stays small whatever is asked. */
const LONGEST_NAME = 128;

/** Provider → last part of a listed name → that name: `gpt-oss-120b` → `openai/gpt-oss-120b`. */
const lastParts = new Map<string, ReadonlyMap<string, string>>();

/**
 * A port on the baked-in table. `local`: providers that are servers of one's own. Tokens cost nothing there, the table
 * tells what a model can do, but only the server knows which it has: none is listed, none found by a bare name.
 */
export function catalog(local: readonly string[] = []): CatalogPort {
	const sheets = new Map<string, ModelFacts>();

	function facts(provider: string, model: string): ModelFacts {
		const key = `${provider}/${model}`;
		const known = sheets.get(key);
		if (known) return known;
		const made = factsOf(table(), provider, model);
		const sheet = local.includes(provider) ? atNoCost(made) : made;
		if (sheets.size >= MOST_SHEETS) sheets.clear();
		if (key.length <= LONGEST_NAME) sheets.set(key, sheet);
		return sheet;
	}

	return {
		facts,
		models: (provider) => (local.includes(provider) ? [] : listed(provider)),
		locate: (bareName, among) => locate(bareName, among, local),
		refresh: async () => undefined,
	};
}

function factsOf(from: Table, provider: string, model: string): ModelFacts {
	const own = OWN_SHEETS.get(provider);
	if (own) return own.facts(model, from.snapshot) ?? unknownFacts(provider, model, null);
	const rows = from.providers.get(provider);
	const found = rows && findListed(rows, model);
	if (!found) {
		const relative = relativeOf(from, provider, model);
		return unknownFacts(provider, model, relative && sheetOf(from, provider, relative, relative[0]));
	}
	const sheet = sheetOf(from, provider, found.row, model);
	return found.samePrice ? sheet : { ...sheet, prices: null, priceVersion: null };
}

const listed = (provider: string): readonly string[] =>
	OWN_SHEETS.get(provider)?.models ?? [...(table().providers.get(provider)?.keys() ?? [])];

function locate(
	bareName: string,
	among: readonly string[],
	local: readonly string[],
): { readonly provider: string; readonly model: string } | null {
	const providers = [...table().providers.keys(), ...OWN_SHEETS.keys()].filter((id) => !local.includes(id));
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
	for (const id of ids) for (const part of partsOf(id)) if (!parts.has(part) || isGlobal(id)) parts.set(part, id);
	lastParts.set(provider, parts);
	return parts;
}

/** Bedrock's profile that answers wherever there is room, which many models can't be had without. */
const isGlobal = (id: string): boolean => vendored(id)?.region === 'global';

/** What a model is called without its vendor, with and without its date. */
function partsOf(id: string): readonly string[] {
	const profile = vendored(id);
	if (!profile && !id.includes('/')) return [];
	// A region has its own prices and its own law: nobody gets one without having named it.
	if (profile && profile.region !== '' && profile.region !== 'global') return [];
	const part = profile ? profile.model.slice(profile.model.indexOf('.') + 1) : (id.split('/').at(-1) ?? id);
	return [...new Set([plain(part), plain(unversioned(part))])];
}

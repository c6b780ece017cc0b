/** Names a model goes by besides its listed one: dated versions, `-latest`, routing variants, fine-tunes, profiles. */
import { findVendored } from './inference-profile';
import type { Row } from './table';

type Rows = ReadonlyMap<string, Row>;

export interface Listed {
	readonly row: Row;
	/** False: the same model, but sold on other terms (a routing variant, a fine-tune, an older month's version). */
	readonly samePrice: boolean;
}

/** `-20250514`, `-2024-08-06`, `-08-2024` (Cohere), `-001` (Google), `@20250514`, `-latest`. */
const VERSION = /(?:-20\d{6}|-20\d{2}-\d{2}-\d{2}|-\d{2}-20\d{2}|-00\d|@[\w.-]+|-latest)$/;

/** `-2508` (Mistral's months), `-preview-09-2025`, `-exp`: versions that often cost something else. */
const ANOTHER_VERSION = /(?:-2[3-9](?:0[1-9]|1[0-2])|-(?:preview|exp)(?:-[\d-]+)?)$/;

/** Without its date. */
export const unversioned = (name: string): string => name.replace(VERSION, '');

/** Google's resource names; Azure can't have a dot in `gpt-3.5`. */
const respelled = (model: string): string => model.replace(/^models\//, '').replace(/^gpt-35-/, 'gpt-3.5-');

/**
 * `ft:<model>:<organization>::<id>` is a fine-tune (OpenAI); `<model>:<variant>` a way of routing (OpenRouter, Hugging
 * Face) or a tag (Ollama), where `-cloud` says that the model runs elsewhere.
 */
function withoutVariant(model: string): string {
	if (/[-:]cloud$/.test(model)) return model.replace(/[-:]cloud$/, '');
	const [first = '', second] = model.split(':');
	return first === 'ft' && second ? second : first;
}

/** The row of a name by the first rule that holds. null: none. */
export function findListed(rows: Rows, model: string): Listed | null {
	const exact = rows.get(model);
	if (exact) return { row: exact, samePrice: true };
	const vendored = findVendored(rows, model);
	if (vendored) return vendored;
	const name = respelled(model);
	const plain = withoutVariant(name);
	const row = versionOf(rows, plain);
	if (row) return { row, samePrice: plain === name };
	const line = plain.replace(ANOTHER_VERSION, '');
	const other = versionOf(rows, line) ?? rows.get(`${unversioned(line)}-preview`);
	return other ? { row: other, samePrice: false } : null;
}

/** The name itself, its undated form, its newest dated one. */
function versionOf(rows: Rows, name: string): Row | undefined {
	const base = unversioned(name);
	if (base === '') return undefined;
	return rows.get(name) ?? rows.get(base) ?? rows.get(`${base}-latest`) ?? newestDated(rows, base);
}

/** Ids of one base differ in their date alone, so the newest sorts last. */
function newestDated(rows: Rows, base: string): Row | undefined {
	let newest: Row | undefined;
	for (const [id, row] of rows)
		if (id.length > base.length && id.startsWith(base) && unversioned(id) === base && (!newest || id > newest[0]))
			newest = row;
	return newest;
}

/** Names a model goes by besides its listed one: dated versions, `-latest`, routing variants, fine-tunes. */
import type { Row } from './table';

type Rows = ReadonlyMap<string, Row>;

export interface Listed {
	readonly row: Row;
	/** False: the same model, but sold on other terms (a routing variant, a fine-tune). */
	readonly samePrice: boolean;
}

/** `-20250514`, `-2024-08-06`, `@20250514`, `-latest`. */
const VERSION = /(?:-20\d{6}|-20\d{2}-\d{2}-\d{2}|@[\w.-]+|-latest)$/;

const unversioned = (name: string): string => name.replace(VERSION, '');

/** `ft:<model>:<organization>::<id>` is a fine-tune (OpenAI); `<model>:<variant>` a way of routing (OpenRouter). */
function withoutVariant(model: string): string {
	const [first = '', second] = model.split(':');
	return first === 'ft' && second ? second : first;
}

/** The row of a name by the first rule that holds: exact, its undated name, its newest dated one. null: none. */
export function findListed(rows: Rows, model: string): Listed | null {
	const exact = rows.get(model);
	if (exact) return { row: exact, samePrice: true };
	const name = withoutVariant(model);
	const base = unversioned(name);
	if (base === '') return null;
	const row = rows.get(name) ?? rows.get(base) ?? rows.get(`${base}-latest`) ?? newestDated(rows, base);
	return row ? { row, samePrice: name === model } : null;
}

/** Ids of one base differ in their date alone, so the newest sorts last. */
function newestDated(rows: Rows, base: string): Row | undefined {
	let newest: Row | undefined;
	for (const [id, row] of rows)
		if (id.length > base.length && id.startsWith(base) && unversioned(id) === base && (!newest || id > newest[0]))
			newest = row;
	return newest;
}

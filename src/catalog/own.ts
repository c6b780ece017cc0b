/** Providers whose models no public list knows: their sheets are written by hand. */
import type { ModelFacts } from './facts';
import { mock } from './mock';
import { muse } from './muse';

export interface OwnSheets {
	/** The names worth listing. */
	readonly models: readonly string[];
	/** null: no such model. `priceVersion`: of the whole table. */
	facts(model: string, priceVersion: string): ModelFacts | null;
}

/** By provider id. */
export const OWN_SHEETS: ReadonlyMap<string, OwnSheets> = new Map([
	['meta-llama', muse],
	['mock', mock],
]);

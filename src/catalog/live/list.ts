/** What providers say of their own models, as far as anything is done with it. Plain JSON: it is kept in KV. */
import type { Modality } from '../../providers/provider';
import type { Row } from '../table';

/** One model of a live list. What is absent the list does not say. */
export interface LiveModel {
	readonly id: string;
	readonly kind?: 'chat' | 'embedding';
	/** Tokens. */
	readonly contextWindow?: number;
	/** Tokens. */
	readonly maxOutput?: number;
	readonly input?: readonly Modality[];
	readonly output?: readonly Modality[];
	readonly tools?: boolean;
	readonly structuredOutput?: boolean;
	readonly reasoning?: boolean;
	readonly sampling?: boolean;
	readonly dimensions?: number;
	/** As in the generated table; 0: sold, but not by the token. */
	readonly prices?: Row[7];
	/** Seconds since epoch. */
	readonly created?: number;
	/** Of the model's content, where further facts are read one by one. */
	readonly digest?: string;
}

export interface LiveList {
	/** When it was read; ms since epoch. */
	readonly at: number;
	/** Where it was read: a list of another address is none. */
	readonly baseUrl: string;
	readonly models: readonly LiveModel[];
}

/** A longer list is cut off. */
export const MOST_MODELS = 2_000;
const LONGEST_ID = 256;

/** The first of each name, `MOST_MODELS` at most, without what has no name. */
export function bounded(models: readonly (LiveModel | null)[]): LiveModel[] {
	const byId = new Map<string, LiveModel>();
	for (const model of models) {
		if (byId.size >= MOST_MODELS) break;
		if (model && model.id !== '' && model.id.length <= LONGEST_ID && !byId.has(model.id)) byId.set(model.id, model);
	}
	return [...byId.values()];
}

/** The generated model table, parsed when first asked for: start-up pays nothing for it. */
import type { ReasoningOption } from '../providers/provider';
import { TABLE } from './data.generated';
import { EMBEDDINGS } from './embeddings';
import type { Modality } from './facts';

/** Pico-dollars per token; null or absent: no price of its own. */
export type Rates = readonly [
	input: number,
	output: number,
	cacheRead?: number | null,
	cacheWrite?: number | null,
	inputAudio?: number | null,
	reasoning?: number | null,
	outputAudio?: number | null,
	/** The generated table has none: the hour's writes follow from the input (`sheet.ts`). */
	cacheWrite1h?: number | null,
];

/** Rates of a whole request whose prompt has more than `above` tokens. */
export type Tier = readonly [above: number, ...Rates];

/** id, context window, input limit, maximum output (tokens; 0: none stated), flags, indexes, prices, day it came out. */
export type Row = readonly [
	id: string,
	contextWindow: number,
	inputLimit: number,
	maxOutput: number,
	flags: number,
	modalities: number,
	reasoning: number,
	/** Base rates, then rising tiers; 0: unknown. */
	prices: 0 | readonly [Rates, ...Tier[]],
	/** Days since epoch; 0: not told. */
	released: number,
	/** Index of the modalities it answers in; absent: text alone. */
	output?: number,
];

export const FLAGS = {
	tools: 1,
	structuredOutput: 2,
	reasoning: 4,
	sampling: 8,
	embedding: 16,
	deprecated: 32,
} as const;

interface Source {
	readonly snapshot: string;
	readonly modalities: readonly (readonly Modality[])[];
	readonly reasoning: readonly (readonly ReasoningOption[])[];
	readonly models: Readonly<Record<string, readonly Row[]>>;
}

export interface Table extends Omit<Source, 'models'> {
	/** Provider id → model id → row. Providers in order of preference. */
	readonly providers: ReadonlyMap<string, ReadonlyMap<string, Row>>;
}

let parsed: Table | null = null;

/** With the embedding models that are written down by hand. */
export function table(): Table {
	if (parsed) return parsed;
	const { models, ...rest } = JSON.parse(TABLE) as Source;
	const providers = new Map(
		Object.entries(models).map(([provider, rows]) => [provider, new Map(rows.map((row) => [row[0], row]))] as const),
	);
	const text = rest.modalities.findIndex((modalities) => modalities.join() === 'text');
	for (const [name, { contextWindow, price }] of Object.entries(EMBEDDINGS)) {
		const slash = name.indexOf('/');
		const [provider, id] = [name.slice(0, slash), name.slice(slash + 1)];
		const rows = providers.get(provider) ?? new Map<string, Row>();
		providers.set(provider, rows);
		const prices: Row[7] = price === undefined ? 0 : [[Number(price), 0]];
		if (!rows.has(id)) rows.set(id, [id, contextWindow, 0, 0, FLAGS.embedding, text, 0, prices, 0]);
	}
	parsed = { ...rest, providers };
	return parsed;
}

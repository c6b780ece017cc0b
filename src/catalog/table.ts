/** The generated model table, parsed when first asked for: start-up pays nothing for it. */
import type { ReasoningOption } from '../providers/provider';
import { TABLE } from './data.generated';
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
];

/** Rates of a whole request whose prompt has more than `above` tokens. */
export type Tier = readonly [above: number, ...Rates];

/** id, context window, input limit, maximum output (tokens; 0: none stated), flags, indexes, prices. */
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
];

export const FLAGS = { tools: 1, structuredOutput: 2, reasoning: 4, sampling: 8, embedding: 16 } as const;

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

export function table(): Table {
	if (parsed) return parsed;
	const { models, ...rest } = JSON.parse(TABLE) as Source;
	const providers = Object.entries(models).map(
		([provider, rows]) => [provider, new Map(rows.map((row) => [row[0], row]))] as const,
	);
	parsed = { ...rest, providers: new Map(providers) };
	return parsed;
}

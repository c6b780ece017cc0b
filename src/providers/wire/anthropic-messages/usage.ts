/** This API's usage → the partition. Fresh input excludes cached input here; output includes thinking. */
import { type Usage, usageOf } from '../../../language/usage';
import { arrayOf, isObject, type Json, numberOf, objectOf } from '../json';

/** The counts as last said; each report replaces, field by field, what came before (PROVIDERS 0.3). */
export interface Counts {
	readonly [field: string]: number;
}

const FIELDS = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const;

export function replaceCounts(before: Counts, usage: Json): Counts {
	return {
		...before,
		...fieldsOf(usage, FIELDS),
		...fieldsOf(objectOf(usage.cache_creation), ['ephemeral_1h_input_tokens']),
		...fieldsOf(objectOf(usage.output_tokens_details), ['thinking_tokens']),
		...compacted(usage),
	};
}

function fieldsOf(source: Json | undefined, fields: readonly string[]): Counts {
	return Object.fromEntries(
		fields.flatMap((field) => {
			const count = numberOf(source?.[field]);
			return count === undefined ? [] : [[field, count]];
		}),
	);
}

/** Server-side compaction is billed but left out of the top-level counts. */
function compacted(usage: Json): Counts {
	const compactions = arrayOf(usage.iterations)
		.filter(isObject)
		.filter((round) => round.type === 'compaction');
	if (compactions.length === 0) return {};
	const sum = (field: string) => compactions.reduce((total, round) => total + (numberOf(round[field]) ?? 0), 0);
	return { compaction_input: sum('input_tokens'), compaction_output: sum('output_tokens') };
}

export function toUsage(counts: Counts): Usage {
	const of = (field: string) => counts[field] ?? 0;
	const written = of('cache_creation_input_tokens');
	const hour = Math.min(of('ephemeral_1h_input_tokens'), written);
	const output = of('output_tokens') + of('compaction_output');
	const reasoning = Math.min(of('thinking_tokens'), output);
	return usageOf({
		input: of('input_tokens') + of('compaction_input'),
		cacheRead: of('cache_read_input_tokens'),
		cacheWrite5m: written - hour,
		cacheWrite1h: hour,
		output: output - reasoning,
		reasoning,
	});
}

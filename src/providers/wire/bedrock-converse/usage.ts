/** Converse's usage → the partition. Fresh input excludes cached input here; output includes reasoning, unsplit. */
import { type Usage, usageOf } from '../../../language/usage';
import { arrayOf, isObject, numberOf, objectOf } from '../json';

/** null: nothing was counted. */
export function toUsage(value: unknown): Usage | null {
	const usage = objectOf(value);
	const input = numberOf(usage?.inputTokens);
	const output = numberOf(usage?.outputTokens);
	if (!usage || (input === undefined && output === undefined)) return null;
	const written = numberOf(usage.cacheWriteInputTokens) ?? 0;
	const hour = Math.min(hourWrites(usage.cacheDetails), written);
	return usageOf({
		input: input ?? 0,
		cacheRead: numberOf(usage.cacheReadInputTokens) ?? 0,
		cacheWrite5m: written - hour,
		cacheWrite1h: hour,
		output: output ?? 0,
	});
}

/** `cacheDetails` splits what was written by how long it is kept. */
const hourWrites = (details: unknown): number =>
	arrayOf(details)
		.filter(isObject)
		.filter((detail) => detail.ttl === '1h')
		.reduce((sum, detail) => sum + Math.max(0, numberOf(detail.inputTokens) ?? 0), 0);

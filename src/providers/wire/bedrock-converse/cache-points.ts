/** Cache points: which of them a model takes, how many, and for how long (user guide, "Prompt caching"). */
import type { CacheBreakpoint } from '../../../language/message';
import { type Json, objectOf } from '../json';
import type { Warnings } from '../warnings';
import type { Vendor } from './vendors';

const MOST = 4;

const pointOf = (hour: boolean): Json => ({ cachePoint: { type: 'default', ...(hour && { ttl: '1h' }) } });

/** The point behind a cached block, or none. */
export const cachePoint = (cache: CacheBreakpoint | undefined): Json[] => (cache ? [pointOf(cache === '1h')] : []);

const isPoint = (block: Json): boolean => block.cachePoint !== undefined;
const isHour = (block: Json): boolean => objectOf(block.cachePoint)?.ttl === '1h';

/** Blocks in the order in which Bedrock reads them: tools, system, then each turn's. */
export interface Sections {
	readonly tools: readonly Json[];
	readonly system: readonly Json[];
	readonly turns: readonly (readonly Json[])[];
}

/** Leaves out, or changes, the points that the model would refuse. */
export function settled(sections: Sections, model: string, { cache }: Vendor, warnings: Warnings): Sections {
	const { tools, system, turns } = sections;
	const inTools = tools.filter(isPoint);
	const others = [...system, ...turns.flat()].filter(isPoint);
	if (inTools.length + others.length === 0) return sections;
	// A hint that the model has no use for goes in silence, as from every provider without cache points.
	if (cache === null) return replaced(sections, new Map());
	const kept = newest(cache.tools ? [...inTools, ...others] : others, warnings);
	return replaced(sections, timed(kept, cache.hour?.test(model) === true, warnings));
}

/** Each covers all that stands before it, so the last ones stay. */
function newest(points: readonly Json[], warnings: Warnings): readonly Json[] {
	if (points.length > MOST) {
		warnings.add('cache', `Bedrock takes ${MOST} cache points; those ahead of them were left out.`);
	}
	return points.slice(-MOST);
}

/** A shorter life may not come ahead of a longer one: it is lengthened. Some models know the shorter one only. */
function timed(points: readonly Json[], hour: boolean, warnings: Warnings): ReadonlyMap<Json, Json> {
	const lastHour = points.findLastIndex(isHour);
	const put = points.map((point, at) => [point, pointOf(hour && at <= lastHour)] as const);
	if (!hour && lastHour >= 0) {
		warnings.add('cache', 'This model keeps a cache point for five minutes; the hour was left out.');
	} else if (points.slice(0, lastHour + 1).some((point) => !isHour(point))) {
		warnings.add('cache', 'A cache point ahead of one of an hour lives for an hour too.');
	}
	return new Map(put);
}

function replaced({ tools, system, turns }: Sections, points: ReadonlyMap<Json, Json>): Sections {
	const settledBlocks = (blocks: readonly Json[]): Json[] =>
		blocks.flatMap((block) => {
			const put = isPoint(block) ? points.get(block) : block;
			return put ? [put] : [];
		});
	return { tools: settledBlocks(tools), system: settledBlocks(system), turns: turns.map(settledBlocks) };
}

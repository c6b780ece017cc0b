/** Prompt-cache breakpoints: how they are written, and how many of them the API takes. */
import type { CacheBreakpoint } from '../../../language/message';
import type { Warnings } from '../warnings';

export interface CacheControl {
	readonly type: 'ephemeral';
	readonly ttl?: '1h';
}

const FIVE_MINUTES: CacheControl = { type: 'ephemeral' };
const HOUR: CacheControl = { type: 'ephemeral', ttl: '1h' };

/** As the fields of a block or tool: none where there is no breakpoint. */
export const cacheFields = (cache: CacheBreakpoint | undefined): { cache_control?: CacheControl } =>
	cache ? { cache_control: cache === '1h' ? HOUR : FIVE_MINUTES } : {};

/** Anything that may end a cacheable prefix. */
export interface Marked {
	cache_control?: CacheControl;
}

const MAX_BREAKPOINTS = 4;

/**
 * `prefix`: tools, system and turns in the order the API reads them. The last four breakpoints stay: each covers all
 * that stands before it. A shorter life may not come ahead of a longer one, so it is lengthened.
 */
export function settleBreakpoints(prefix: readonly Marked[], warnings: Warnings): void {
	const marked = prefix.filter((block) => block.cache_control);
	for (const block of marked.slice(0, -MAX_BREAKPOINTS)) delete block.cache_control;
	const kept = marked.slice(-MAX_BREAKPOINTS);
	if (kept.length < marked.length) {
		warnings.add(
			'cache',
			`This provider takes ${MAX_BREAKPOINTS} cache breakpoints; those ahead of them were left out.`,
		);
	}
	const lastHour = kept.findLastIndex((block) => block.cache_control?.ttl);
	const short = kept.slice(0, Math.max(lastHour, 0)).filter((block) => !block.cache_control?.ttl);
	for (const block of short) block.cache_control = HOUR;
	if (short.length > 0) warnings.add('cache', 'A cache breakpoint ahead of one of an hour lives for an hour too.');
}

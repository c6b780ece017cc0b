import type { CacheBreakpoint } from '../../../language/message';
import { matchesName } from '../../model-name';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

/** Prompt-cache breakpoints as this provider and model take them. What is lost is named, and refused by no strict request. */
export class Breakpoints {
	readonly #target: Pick<WireTarget, 'quirks' | 'model'>;
	readonly #warnings: Warnings;
	/** Null: not asked yet. */
	#taken: boolean | null = null;

	constructor(target: Pick<WireTarget, 'quirks' | 'model'>, warnings: Warnings) {
		this.#target = target;
		this.#warnings = warnings;
	}

	/** True where the breakpoint is sent, so that its part can't be a bare string. */
	marks(cache: CacheBreakpoint | undefined): boolean {
		const { quirks, model } = this.#target;
		if (!cache || quirks.cacheField === undefined) return false;
		this.#taken ??= quirks.cacheModels?.some((pattern) => matchesName(pattern, model)) ?? true;
		if (!this.#taken) this.#warnings.note('cache', 'The model caches by itself and takes no breakpoints; left out.');
		return this.#taken;
	}

	/** The field of a content part; none where there is no breakpoint. */
	of(cache: CacheBreakpoint | undefined): Json {
		if (!this.marks(cache)) return {};
		if (this.#target.quirks.cacheField === 'cache_control')
			return { cache_control: { type: 'ephemeral', ...(cache === '1h' && { ttl: '1h' }) } };
		if (cache === '1h')
			this.#warnings.note('cache', 'The provider keeps a cached prompt for half an hour at least, not for one.');
		return { prompt_cache_breakpoint: { mode: 'explicit' } };
	}

	/** The field of a tool. */
	ofTool(cache: CacheBreakpoint | undefined): Json {
		if (!cache || this.#target.quirks.cacheField !== 'prompt_cache_breakpoint') return this.of(cache);
		this.#warnings.note('cache', 'The provider takes no breakpoint on a tool; left out.');
		return {};
	}
}

/** What LiteLLM says of routing, in our words (docs.litellm.ai/docs/routing). */
import { ROUTING_BOUNDS } from '../../config/stored-routing';
import type { Strategy } from '../../language/routing';
import type { SharedRoutingEntry } from './document-schema';
import type { Draft } from './draft';
import type { Params, SettingsShape } from './litellm-shape';
import type { Path } from './parse';

const STRATEGY_OF: Readonly<Record<string, Strategy>> = {
	'simple-shuffle': 'weighted',
	'least-busy': 'round-robin',
	'latency-based-routing': 'lowest-latency',
	'cost-based-routing': 'lowest-cost',
	'usage-based-routing': 'round-robin',
	'usage-based-routing-v2': 'round-robin',
};

/** What is close, but not the same. */
const DIFFERENCES: Readonly<Record<string, string>> = {
	'least-busy': 'calls in flight are not counted: everybody in turn (round-robin) instead.',
	'usage-based-routing':
		'everybody in turn (round-robin) instead; a key near its requestsPerMinute or tokensPerMinute comes last in any case.',
};

const differenceOf = (strategy: string): string | undefined => DIFFERENCES[strategy.replace(/-v2$/, '')];

function strategyOf(draft: Draft, strategy: string, from: Path): { readonly strategy?: Strategy } {
	const ours = Object.hasOwn(STRATEGY_OF, strategy) ? STRATEGY_OF[strategy] : undefined;
	const note = ours ? differenceOf(strategy) : `there is no strategy '${strategy}' here: the order of the list holds.`;
	if (note) draft.note(from, note);
	return ours ? { strategy: ours } : {};
}

/** At most `most`; said where it was more. */
export function bounded(draft: Draft, value: number, most: number, from: Path): number {
	if (value <= most) return Math.max(value, 1);
	draft.note(from, `${value} is more than there can be here: ${most} instead.`);
	return most;
}

export const ms = (seconds: number): number => Math.round(seconds * 1_000);

/** `settings.timeoutMs` of what is given in ms. */
export const timeoutOf = (draft: Draft, given: number, from: Path): number =>
	bounded(draft, given, ROUTING_BOUNDS.silenceMs, from);

interface Limits {
	readonly maxAttempts?: number;
	readonly firstEventTimeoutMs?: number;
	readonly totalTimeoutMs?: number;
}

/** How often, and for how long. `retries` and the others by their names there. */
function limitsOf(
	draft: Draft,
	given: Readonly<Record<string, number | null | undefined>>,
	names: { readonly retries: string; readonly first: string; readonly total?: string | undefined },
	from: Path,
): Limits {
	const { attempts, silenceMs, totalMs } = ROUTING_BOUNDS;
	const retries = given[names.retries];
	const first = given[names.first];
	const total = names.total === undefined ? null : given[names.total];
	return {
		...(retries != null && { maxAttempts: bounded(draft, retries + 1, attempts, [...from, names.retries]) }),
		...(first != null && { firstEventTimeoutMs: bounded(draft, ms(first), silenceMs, [...from, names.first]) }),
		...(total != null && { totalTimeoutMs: bounded(draft, ms(total), totalMs, [...from, names.total ?? '']) }),
	};
}

/** Of one entry of `model_list`. */
export const entryLimits = (draft: Draft, params: Params, from: Path): Limits => {
	const { max_retries, stream_timeout } = params;
	return limitsOf(draft, { max_retries, stream_timeout }, { retries: 'max_retries', first: 'stream_timeout' }, from);
};

/** Of the whole router: the organization's policy. */
export function routerPolicy(draft: Draft, settings: SettingsShape, from: Path): SharedRoutingEntry {
	const { routing_strategy: strategy, num_retries, timeout, request_timeout, stream_timeout } = settings;
	// The router's own, which are read first, stand over those for all calls.
	const known = draft.document.routing ?? {};
	const unlessKnown = <T>(field: keyof SharedRoutingEntry, value: T): T | null =>
		known[field] === undefined ? value : null;
	const total = timeout == null ? 'request_timeout' : 'timeout';
	const given = {
		num_retries: unlessKnown('maxAttempts', num_retries),
		stream_timeout: unlessKnown('firstEventTimeoutMs', stream_timeout),
		[total]: unlessKnown('totalTimeoutMs', timeout ?? request_timeout),
	};
	const limits = limitsOf(draft, given, { retries: 'num_retries', first: 'stream_timeout', total }, from);
	const shuffled = unlessKnown('strategy', strategy);
	return fitting(draft, {
		...(shuffled ? strategyOf(draft, shuffled, [...from, 'routing_strategy']) : {}),
		...limits,
	});
}

/** There the time to the first event may be longer than all of it. */
function fitting(draft: Draft, said: SharedRoutingEntry): SharedRoutingEntry {
	const { totalTimeoutMs, firstEventTimeoutMs } = { ...draft.document.routing, ...said };
	if (totalTimeoutMs === undefined || firstEventTimeoutMs === undefined) return said;
	return firstEventTimeoutMs <= totalTimeoutMs ? said : { ...said, firstEventTimeoutMs: totalTimeoutMs };
}

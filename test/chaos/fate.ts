/**
 * What each try would come to, drawn before anything runs: by seed, request, target and number of the try. So an oracle
 * knows of every request whether anybody would have answered it.
 */
import { drawn, picked } from './random';

/** Ways in which a try fails although its target is up. */
export const FAULTS = [
	/** Nothing comes at all. */
	'hang',
	'limited',
	/** With `Retry-After`. */
	'limited-until',
	'server-error',
	'overloaded',
	/** The connection is reset before an answer. */
	'reset',
	/** 200 and a first frame or half a body, but no content. */
	'cut-before',
	/** Content, then nothing more. */
	'cut-after',
	'html',
	'wrong-json',
	/** 200 with an error in its place. */
	'error-event',
	/** 200, then bytes so slow that a limit passes before any content. */
	'drip-before',
	/** Content, then silence beyond the idle limit. */
	'drip-after',
	'redirect',
	'empty',
] as const;
export type Fault = (typeof FAULTS)[number];

/** `refused` and `unavailable`: the target is down. `key-dead`: its key is not let in. */
export type Fate = 'answer' | Fault | 'refused' | 'unavailable' | 'key-dead';

/** Fates that begin as an answer does. */
export const CONTENT_THEN_END: ReadonlySet<Fate> = new Set<Fate>(['cut-after', 'drip-after']);

export interface Outage {
	/** Place of the target in the chain. */
	readonly target: number;
	/** First request that meets it, and the first that no longer does. */
	readonly from: number;
	readonly until: number;
	/** The part of the outage that comes first refuses connections, the other answers 503. */
	readonly refusing: number;
}

export interface Table {
	readonly seed: number;
	/** Targets whose key is dead, from the first request to the last. */
	readonly dead?: readonly number[];
	/** Chance of each try to fail, from 0 to 1. */
	readonly failing: number;
	readonly outage: Outage | null;
	/** Faults that are drawn from; absent: all. */
	readonly faults?: readonly Fault[];
}

/** Salts, so that draws of one try are independent of each other. */
const FAILS = 1;
const FAULT = 2;
const DETAIL = 3;

/** `attempt` from 1. */
export function fateOf(table: Table, request: number, target: number, attempt: number): Fate {
	const { seed, outage } = table;
	if (table.dead?.includes(target)) return 'key-dead';
	if (outage && outage.target === target && request >= outage.from && request < outage.until)
		return request < outage.from + (outage.until - outage.from) * outage.refusing ? 'refused' : 'unavailable';
	if (drawn(seed, request, target, attempt, FAILS) >= table.failing) return 'answer';
	return picked(table.faults ?? FAULTS, drawn(seed, request, target, attempt, FAULT));
}

/** Uniform in [0, 1): details of a try, such as how long it takes. */
export const detailOf = (table: Table, call: readonly [number, number, number], what: number): number =>
	drawn(table.seed, ...call, DETAIL, what);

/** A try that reaches the caller: `streamed` ones do so with their first content, whatever follows. */
const reaches = (fate: Fate, streamed: boolean): boolean =>
	fate === 'answer' || (streamed && CONTENT_THEN_END.has(fate));

export interface Asked {
	readonly request: number;
	/** The caller gets it as it comes. */
	readonly streamed: boolean;
	readonly targets: readonly number[];
	/** Tries of each target. */
	readonly tries: number;
}

/** What nobody tries again in the same request: keys must not travel, and the address will not be another one. */
const LAST: ReadonlySet<Fate> = new Set<Fate>(['redirect', 'key-dead']);

/** The try with which a target would have answered; null: it would not have. */
function answering(table: Table, { request, streamed, tries }: Asked, target: number): number | null {
	for (let attempt = 1; attempt <= tries; attempt += 1) {
		const fate = fateOf(table, request, target, attempt);
		if (reaches(fate, streamed)) return attempt;
		if (LAST.has(fate)) return null;
	}
	return null;
}

/** Targets that would have answered within their tries, with the try that does. */
export const answerers = (table: Table, asked: Asked): (readonly [number, number])[] =>
	asked.targets.flatMap((target) => {
		const attempt = answering(table, asked, target);
		return attempt === null ? [] : [[target, attempt] as const];
	});

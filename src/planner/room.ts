/** How long a prompt may be at one model, and how much is kept free for the answer. Tokens throughout. */
import type { ModelFacts } from '../catalog/facts';
import type { CountMethod } from '../language/context';
import type { ChatRequest, ReasoningEffort } from '../language/request';
import type { Room } from './planning';

/** Kept free where neither the request nor the wire sets a bound of the output. */
const USUAL_OUTPUT = 4_096;
/** An answer worth asking for: the reserve is lowered no further. */
const LEAST_OUTPUT = 1_024;
/** For what providers add without saying. */
const SAFETY = 128;
/** Of the window, besides: an exact count still rests on observed framing. */
const EXACT_SHARE = 0.001;
/** What thinking takes beside the answer, where only an effort is asked for. */
const THINKING: Readonly<Record<ReasoningEffort, number>> = {
	none: 0,
	minimal: 1_024,
	low: 2_048,
	medium: 8_192,
	high: 16_384,
	xhigh: 32_768,
	max: 65_536,
};

export interface RoomTerms {
	/** `maxTokens` is the caller's own word: it is kept. False: the configuration's, or nobody's. */
	readonly asked: boolean;
	/** What the wire sends as the output's bound where the request sets none; null: it sends none. */
	readonly wireOutput: number | null;
	/** How the prompt is counted; absent: `bound`. */
	readonly method?: CountMethod;
	/** What the upstream has stated as its limit. */
	readonly statedLimit?: number;
	/** Of the limit, what may still be used after an upstream refused without figures, e.g. 0.75. */
	readonly shrink?: number;
	/** What the refused prompt counted, so that `shrink` makes it shorter even where it was far from the limit. */
	readonly refused?: number;
}

type RoomRequest = Pick<ChatRequest, 'maxTokens' | 'reasoning'>;

/**
 * The reserve is the request's `maxTokens`, else what the wire sends by itself, else a usual answer with what thinking
 * takes, at most half the window; never more than the model gives, or than half of a window that is a guess.
 */
export function roomOf(request: RoomRequest, facts: ModelFacts, terms: RoomTerms): Room {
	const window = whole(Math.min(facts.contextWindow, terms.statedLimit ?? facts.contextWindow));
	const reserve = reserveOf(request, facts, terms.wireOutput, window);
	const thought = facts.reasoning ? leastThought(request) : 0;
	const kept = terms.asked && request.maxTokens !== undefined;
	const room: Room = {
		window,
		inputLimit: facts.inputLimit,
		reserve,
		leastReserve: kept ? reserve : Math.min(reserve, LEAST_OUTPUT + thought),
		safety: SAFETY + (terms.method === 'exact' ? Math.ceil(window * EXACT_SHARE) : 0),
		...(!facts.known && { assumed: true }),
	};
	if (terms.shrink === undefined) return room;
	const most = Math.min(limitOf(room, room.leastReserve), terms.refused ?? limitOf(room));
	return { ...room, inputLimit: Math.floor(most * terms.shrink) + room.safety };
}

/** Most that a prompt may count there, beside that much for the answer; 0 where nothing is left. */
export const limitOf = (room: Room, reserve: number = room.reserve): number =>
	Math.max(0, Math.min(room.window - reserve, room.inputLimit ?? room.window) - room.safety);

/** Kept free where something must go anyway: a usual answer, where the reserve is as much; half the window at most. */
export const reserveInTrim = ({ window, reserve, leastReserve }: Room): number =>
	Math.max(leastReserve, Math.min(reserve, USUAL_OUTPUT, whole(window / 2)));

/** Whether it fits beside the least reserve; where the answer alone fills the window nothing does. */
export const holds = ({ window, inputLimit, leastReserve, safety }: Room, prompt: number): boolean =>
	prompt + leastReserve + safety <= window && prompt + safety <= (inputLimit ?? window);

/** What can be kept for the answer beside a prompt that long: as much of the reserve as is left, the least in any case. */
export const reserveBeside = ({ window, reserve, leastReserve, safety }: Room, prompt: number): number =>
	Math.min(reserve, Math.max(leastReserve, window - safety - prompt));

/** A model that thinks by a budget takes none below that, and what it is given besides is its answer. */
const leastThought = ({ reasoning: { effort = 'none', budgetTokens } = {} }: RoomRequest): number =>
	budgetTokens ?? Math.min(THINKING[effort], THINKING.minimal);

function reserveOf(
	{ maxTokens, reasoning }: RoomRequest,
	{ known, maxOutput, reasoning: thinks }: ModelFacts,
	wireOutput: number | null,
	window: number,
): number {
	// A window that is a guess is no ground to refuse a long answer.
	const most = maxOutput ?? (known ? Number.POSITIVE_INFINITY : window / 2);
	const sent = maxTokens ?? wireOutput;
	if (sent !== null) return whole(Math.min(sent, most));
	const thinking = thinks ? (reasoning?.budgetTokens ?? THINKING[reasoning?.effort ?? 'none']) : 0;
	return whole(Math.min(USUAL_OUTPUT + thinking, most, window / 2));
}

const whole = (tokens: number): number => Math.max(0, Math.floor(tokens));

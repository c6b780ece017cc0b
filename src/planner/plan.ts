/**
 * A conversation made to fit one model, by stated rules: the reserve is lowered where it is not the caller's, long tool
 * results lose their middle, images become notes, the oldest exchanges go. Pure; the same input gives the same plan.
 */
import type { ContextReceipt } from '../language/context';
import type { Message } from '../language/message';
import type { ChatRequest, Warning } from '../language/request';
import { Draft } from './draft';
import { outlineOf } from './exchange';
import type { PlanResult, PlanTerms } from './planning';
import { NOTHING, receiptOf, type Taken, takenOf } from './receipt';
import { holds, limitOf, reserveBeside, reserveInTrim } from './room';
import { RULES, type Trimming } from './rules';
import { tooLong } from './too-long';

/**
 * The same messages where they fit; else fewer and shorter ones, untouched ones as the objects they were; else why not.
 * Linear in the length of the conversation, but for one sort of its exchanges.
 */
export function planRequest(request: ChatRequest, terms: PlanTerms): PlanResult {
	const { counter, room, mode } = terms;
	const { messages } = request;
	const total = counter.total(messages);
	if (holds(room, total)) return fitting(request, terms, { before: total, after: total }, NOTHING);
	if (mode === 'refuse')
		return tooLong(request, terms, total, total, new Draft(messages, counter, limitOf(room)).staying());
	const { draft, after } = trimmed(messages, terms);
	if (!holds(room, after)) return tooLong(request, terms, total, after, draft.staying());
	const planned = { ...request, messages: draft.kept() };
	return fitting(planned, terms, { before: total, after }, takenOf(draft, terms.places));
}

interface Trimmed {
	readonly draft: Draft;
	/** What is left (tokens). */
	readonly after: number;
}

/** With room for a usual answer; where the rules do not give that much, for the least one. */
function trimmed(messages: readonly Message[], terms: PlanTerms): Trimmed {
	const { room } = terms;
	const usual = limitOf(room, reserveInTrim(room));
	const first = trim(messages, terms, usual);
	return first.after <= usual || room.leastReserve === room.reserve
		? first
		: trim(messages, terms, limitOf(room, room.leastReserve));
}

/** Takes away what the rules allow, until it fits. */
function trim(messages: readonly Message[], { counter, places }: PlanTerms, limit: number): Trimmed {
	const draft = new Draft(messages, counter, limit);
	const own = (message: Message): boolean => !places.has(message);
	const trimming: Trimming = { draft, outline: outlineOf(draft.original, own), counter, own };
	// Parts may count a little less than the whole that they make; each time twice as much is taken for missing.
	for (let more = 1; ; more *= 2) {
		for (const rule of RULES) if (draft.excess > 0) rule(trimming);
		const total = counter.total(draft.kept());
		if (total <= limit || draft.excess > 0) return { draft, after: total };
		draft.excess = (total - limit) * more;
	}
}

/** The answer gets what is left free, the reserve itself at most. */
function fitting(
	request: ChatRequest,
	terms: PlanTerms,
	{ before, after }: Pick<ContextReceipt, 'before' | 'after'>,
	taken: Taken,
): PlanResult {
	const { room } = terms;
	const reserve = reserveBeside(room, after);
	const lowered = reserve < room.reserve;
	return {
		kind: 'fits',
		request: lowered ? { ...request, maxTokens: reserve } : request,
		receipt: receiptOf(terms, { before: terms.before ?? before, after, reserve }, taken),
		warnings: lowered ? [loweredReserve(room.window, room.reserve, after, reserve)] : [],
	};
}

const loweredReserve = (window: number, usual: number, prompt: number, reserve: number): Warning => ({
	field: 'maxTokens',
	message: `The prompt counts ${prompt} of the window's ${window} tokens; the answer is bounded to ${reserve} in place of ${usual}.`,
});

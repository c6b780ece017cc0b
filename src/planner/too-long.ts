/** Why a conversation can't be made to fit, in words with all figures: what counts how much, and what to do. */
import type { Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import type { PlanResult, PlanTerms } from './planning';
import { NOTHING, receiptOf } from './receipt';
import { limitOf } from './room';

/** Messages as they came, with what each counts as it would stay (tokens). */
export type Staying = readonly (readonly [message: Message, tokens: number])[];

/** `total`: of the prompt as it came; `least`: of what must stay, which is `staying` (tokens). */
export function tooLong(
	request: ChatRequest,
	terms: PlanTerms,
	total: number,
	least: number,
	staying: Staying,
): PlanResult & { readonly kind: 'too-long' } {
	const { room, before = total } = terms;
	const shares = sharesOf(staying, terms);
	const words = [subject(terms, before, least, shares), limitInWords(terms), advice(request, terms, least)];
	return {
		kind: 'too-long',
		receipt: receiptOf(terms, { before, after: total, reserve: room.leastReserve }, NOTHING),
		least,
		message: words.join(' '),
		param: paramOf(request, terms, shares),
	};
}

interface Shares {
	/** Of the caller's own that stay; null: there is none. */
	readonly largest: { readonly param: string; readonly tokens: number } | null;
	/** Of all that are the gateway's. */
	readonly own: number;
}

function sharesOf(staying: Staying, { places }: PlanTerms): Shares {
	let largest: Shares['largest'] = null;
	let own = 0;
	for (const [message, tokens] of staying) {
		const place = places.get(message);
		if (place === undefined) own += tokens;
		else if (!largest || tokens > largest.tokens) largest = { param: `messages[${place}]`, tokens };
	}
	return { largest, own };
}

function subject({ mode, counter }: PlanTerms, before: number, least: number, { largest, own }: Shares): string {
	const parts = [
		...(largest ? [`${largest.param} alone ${Math.ceil(largest.tokens)}`] : []),
		...(own > 0 ? [`the agent's prompt and other added messages ${Math.ceil(own)}`] : []),
		`tools, schema and framing ${Math.ceil(counter.fixed)}`,
	].join(', ');
	return mode === 'refuse'
		? `The conversation counts ${least} tokens (${parts}).`
		: `The conversation counts ${before} tokens; what must stay of it (system and pinned messages, the last user message and what follows it) counts ${least} (${parts}).`;
}

function limitInWords({ room }: PlanTerms): string {
	const { window, inputLimit, leastReserve, safety, assumed } = room;
	const limit = limitOf(room, leastReserve);
	const guess = assumed ? ', which is a guess since the model is in no list,' : '';
	return inputLimit !== null && inputLimit < window - leastReserve
		? `This model takes a prompt of at most ${limit}: its input limit of ${inputLimit} less ${safety} to be sure.`
		: `This model takes a prompt of at most ${limit}: its window of ${window}${guess} less ${leastReserve} for the answer and ${safety} to be sure.`;
}

function advice({ maxTokens }: ChatRequest, { room, mode }: PlanTerms, least: number): string {
	const answer = room.window - room.safety - least;
	const ways = [
		...(maxTokens !== undefined && answer > 0 && least <= limitOf(room, answer)
			? [`ask for at most ${answer} output tokens (maxTokens)`]
			: []),
		...(mode === 'refuse' ? ["let it be trimmed (context mode 'trim')"] : []),
		'shorten it',
		...(room.assumed ? ["state the model's window in the configuration"] : []),
		'choose a model with a larger window',
	];
	const said = `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}.`;
	return said.charAt(0).toUpperCase() + said.slice(1);
}

function paramOf(
	{ maxTokens, tools = [], responseFormat }: ChatRequest,
	{ room, counter }: PlanTerms,
	{ largest }: Shares,
): string {
	const limit = limitOf(room, room.leastReserve);
	if (maxTokens !== undefined && limit === 0) return 'maxTokens';
	if (counter.fixed > limit && tools.length > 0) return 'tools';
	if (counter.fixed > limit && responseFormat?.type === 'json-schema') return 'responseFormat';
	return largest?.param ?? 'messages';
}

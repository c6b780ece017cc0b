/** Whole answers as a `message`. */
import type { ChatAnswer } from '../../gateway/call';
import type { Warning } from '../../language/request';
import type { Usage } from '../../language/usage';
import { costOf, type PlaceOf, receiptBody } from '../receipt';
import { blocksOf } from './blocks';
import { refusesBeside, stopBody } from './stop';
import { messageCounts } from './usage';

export interface MessageFacts {
	/** Of the call; `msg_` goes before it. */
	readonly requestId: string;
	/** Null where no receipt was asked for. */
	readonly receipt: { readonly warnings: readonly Warning[]; readonly place: PlaceOf } | null;
}

export const messageId = (requestId: string): string => `msg_${requestId}`;

/** Without an end yet: what `message_start` brings. */
const NO_STOP = { stop_reason: null, stop_sequence: null, stop_details: null };

/** What is the same whole and streamed. */
export const envelope = (id: string, model: string) => ({
	id,
	type: 'message',
	role: 'assistant',
	model,
	container: null,
	diagnostics: null,
});

/** The message of `message_start`. Its usage is the input where the upstream has counted that by then. */
export const startBody = (id: string, model: string, usage: Usage | null) => ({
	...envelope(id, model),
	content: [],
	...NO_STOP,
	usage: messageCounts(usage),
});

export function messageBody({ response, meta }: ChatAnswer, { requestId, receipt }: MessageFacts) {
	const { content, finish, usage, model } = response;
	const refusal = content.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('');
	const calls = content.some((part) => part.type === 'tool-call');
	return {
		...envelope(messageId(requestId), model || meta.model),
		content: content.flatMap((part) => blocksOf(part, !refusesBeside(finish))),
		...stopBody({ finish, calls, refusal }),
		usage: { ...messageCounts(usage), cost: costOf([meta]) },
		...(receipt && { switchyard: receiptBody([meta], receipt.warnings, receipt.place) }),
	};
}

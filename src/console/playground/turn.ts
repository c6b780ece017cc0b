/** A conversation as the playground keeps it, and as messages of a request. */
import type { AnswerMeta, AnswerUsage, ChatInput, ChatResult } from '../../client';

export interface AnswerPart {
	readonly index: number;
	readonly kind: 'text' | 'reasoning' | 'refusal' | 'tool-call';
	/** Of a tool call: its arguments, JSON text. */
	readonly text: string;
	readonly callId: string;
	readonly name: string;
}

export interface Answer {
	readonly role: 'assistant';
	readonly id: number;
	/** As it was asked for. */
	readonly model: string;
	readonly status: 'streaming' | 'done' | 'stopped' | 'failed';
	readonly parts: readonly AnswerPart[];
	/** Routing, receipt, warnings; at first without the cost. */
	readonly meta: AnswerMeta | null;
	readonly usage: AnswerUsage | null;
	/** The whole answer, once it is. */
	readonly result: ChatResult | null;
	readonly failure: unknown;
	/** `performance.now()`, this and the next two. */
	readonly askedAt: number;
	readonly firstAt: number | null;
	readonly endedAt: number | null;
}

export interface UserTurn {
	readonly role: 'user';
	readonly id: number;
	readonly text: string;
}

/** What the user gives as the result of a tool call. */
export interface ToolTurn {
	readonly role: 'tool';
	readonly id: number;
	readonly callId: string;
	readonly name: string;
	readonly text: string;
}

export type Turn = UserTurn | ToolTurn | Answer;

type Message = ChatInput['messages'][number];

/** Of an answer that was stopped or cut only the text can be sent back: a half tool call has no result. */
function contentOf({ result, parts }: Answer): Extract<Message, { role: 'assistant' }>['content'] {
	if (result) return result.content.map((part) => ({ ...part })) as Extract<Message, { role: 'assistant' }>['content'];
	return parts.flatMap(({ kind, text }) => (kind === 'text' && text !== '' ? [{ type: kind, text }] : []));
}

function messageOf(turn: Turn): Message[] {
	switch (turn.role) {
		case 'user':
			return [{ role: 'user', content: turn.text }];
		case 'tool':
			return [{ role: 'tool', callId: turn.callId, content: turn.text }];
		case 'assistant': {
			const content = contentOf(turn);
			return content.length > 0 ? [{ role: 'assistant', content }] : [];
		}
	}
}

export const messagesOf = (turns: readonly Turn[]): Message[] => turns.flatMap(messageOf);

export interface PendingCall {
	readonly callId: string;
	readonly name: string;
}

/** Tool calls of the last answer that wait for a result. */
export function pendingCalls(turns: readonly Turn[]): readonly PendingCall[] {
	const last = turns.at(-1);
	if (last?.role !== 'assistant' || !last.result) return [];
	return last.result.content.flatMap((part) =>
		part.type === 'tool-call' ? [{ callId: part.id, name: part.name }] : [],
	);
}

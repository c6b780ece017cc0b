/** The state of the playground and what changes it. */
import type { ChatResult, StreamEvent } from '../../client';
import { withEvents } from './answer-events';
import type { Answer, Turn } from './turn';

export type Change =
	/** New turns, and the empty answer to them. */
	| { readonly kind: 'ask'; readonly turns: readonly Turn[]; readonly answer: Answer }
	| { readonly kind: 'events'; readonly id: number; readonly events: readonly StreamEvent[]; readonly now: number }
	| { readonly kind: 'end'; readonly id: number; readonly end: End }
	| { readonly kind: 'clear' };

export interface End {
	readonly status: 'done' | 'stopped' | 'failed';
	readonly result: ChatResult | null;
	readonly failure: unknown;
	readonly now: number;
}

const withAnswer = (turns: readonly Turn[], id: number, change: (answer: Answer) => Answer): readonly Turn[] =>
	turns.map((turn) => (turn.role === 'assistant' && turn.id === id ? change(turn) : turn));

export function changed(turns: readonly Turn[], change: Change): readonly Turn[] {
	switch (change.kind) {
		case 'ask':
			return [...change.turns, change.answer];
		case 'events':
			return withAnswer(turns, change.id, (answer) => withEvents(answer, change.events, change.now));
		case 'end':
			return withAnswer(turns, change.id, (answer) => ({
				...answer,
				status: change.end.status,
				result: change.end.result,
				failure: change.end.failure,
				endedAt: change.end.now,
			}));
		case 'clear':
			return [];
	}
}

export const newAnswer = (id: number, model: string, now: number): Answer => ({
	role: 'assistant',
	id,
	model,
	status: 'streaming',
	parts: [],
	meta: null,
	usage: null,
	result: null,
	failure: null,
	askedAt: now,
	firstAt: null,
	endedAt: null,
});

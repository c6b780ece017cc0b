/** The events of a streamed answer, put into what is shown of it. */
import type { StreamEvent } from '../../client';
import type { Answer, AnswerPart } from './turn';

type Delta = Exclude<StreamEvent, { type: 'start' | 'meta' | 'usage' | 'finish' }>;

function pieceOf(event: Delta): Omit<AnswerPart, 'index'> | null {
	const none = { text: '', callId: '', name: '' };
	switch (event.type) {
		case 'text-delta':
			return { ...none, kind: 'text', text: event.text };
		case 'reasoning-delta':
			return { ...none, kind: 'reasoning', text: event.text };
		case 'refusal-delta':
			return { ...none, kind: 'refusal', text: event.text };
		case 'tool-call-start':
			return { ...none, kind: 'tool-call', callId: event.id, name: event.name };
		case 'tool-call-delta':
			return { ...none, kind: 'tool-call', text: event.arguments };
		case 'reasoning-signature':
		case 'annotation':
			return null;
	}
}

function withPiece(parts: readonly AnswerPart[], event: Delta): readonly AnswerPart[] {
	const piece = pieceOf(event);
	if (!piece) return parts;
	const at = parts.findIndex(({ index }) => index === event.index);
	const open = parts[at];
	return open
		? parts.with(at, { ...open, text: open.text + piece.text })
		: [...parts, { ...piece, index: event.index }];
}

/** `now`: `performance.now()` at which the events arrived. */
export function withEvents(answer: Answer, events: readonly StreamEvent[], now: number): Answer {
	let { parts, meta, usage, firstAt } = answer;
	for (const event of events) {
		switch (event.type) {
			case 'start':
			case 'finish':
				break;
			case 'meta':
				meta = event.meta;
				break;
			case 'usage':
				usage = event.usage;
				break;
			default:
				parts = withPiece(parts, event);
				firstAt ??= now;
		}
	}
	return { ...answer, parts, meta, usage, firstAt };
}

/** `stop_reason` → finish reason (PROVIDERS 0.2). An unknown reason never fails an answer. */
import type { FinishReason, FinishReasonKind } from '../../../language/request';

const KINDS: Readonly<Record<string, FinishReasonKind>> = {
	end_turn: 'stop',
	stop_sequence: 'stop',
	pause_turn: 'stop',
	max_tokens: 'length',
	model_context_window_exceeded: 'length',
	tool_use: 'tool-calls',
	refusal: 'content-filter',
};

/**
 * `calls`: the caller's own tools were called; that decides between stop and tool-calls, not the word.
 * `sequence`: `stop_sequence`, where one ended the answer.
 */
export function toFinish(raw: string, calls: boolean, sequence?: string): FinishReason {
	return { kind: kindOf(raw, calls), raw, ...(sequence && { sequence }) };
}

function kindOf(raw: string, calls: boolean): FinishReasonKind {
	const kind = Object.hasOwn(KINDS, raw) ? (KINDS[raw] ?? 'other') : 'other';
	if (calls && (kind === 'stop' || kind === 'other')) return 'tool-calls';
	return !calls && kind === 'tool-calls' ? 'stop' : kind;
}

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

/** `calls`: the caller's own tools were called; that decides between stop and tool-calls, not the word. */
export function toFinish(raw: string, calls: boolean): FinishReason {
	const kind = Object.hasOwn(KINDS, raw) ? (KINDS[raw] ?? 'other') : 'other';
	if (calls && (kind === 'stop' || kind === 'other')) return { kind: 'tool-calls', raw };
	if (!calls && kind === 'tool-calls') return { kind: 'stop', raw };
	return { kind, raw };
}

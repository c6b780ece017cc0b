/** `stopReason` → finish reason (PROVIDERS 0.2). An unknown reason never fails an answer. */
import type { FinishReason, FinishReasonKind } from '../../../language/request';

const KINDS: Readonly<Record<string, FinishReasonKind>> = {
	end_turn: 'stop',
	stop_sequence: 'stop',
	max_tokens: 'length',
	model_context_window_exceeded: 'length',
	tool_use: 'tool-calls',
	content_filtered: 'content-filter',
	guardrail_intervened: 'content-filter',
	malformed_model_output: 'other',
	malformed_tool_use: 'other',
};

/** `calls`: the caller's own tools were called; that decides between stop and tool-calls, not the word. */
export function toFinish(raw: string, calls: boolean): FinishReason {
	const kind = Object.hasOwn(KINDS, raw) ? KINDS[raw] : undefined;
	if (calls && (kind === 'stop' || kind === undefined)) return { kind: 'tool-calls', raw };
	if (!calls && kind === 'tool-calls') return { kind: 'stop', raw };
	return { kind: kind ?? 'other', raw };
}

import type { FinishReason, FinishReasonKind } from '../../../language/request';

/** Words seen from OpenAI, TGI, Mistral and servers that pass on their engine's own. */
const KINDS: ReadonlyMap<string, FinishReasonKind> = new Map([
	['stop', 'stop'],
	['stop_sequence', 'stop'],
	['end_turn', 'stop'],
	['eos', 'stop'],
	['eos_token', 'stop'],
	['tool_calls', 'stop'],
	['function_call', 'stop'],
	['tool_use', 'stop'],
	['length', 'length'],
	['max_tokens', 'length'],
	['model_length', 'length'],
	['content_filter', 'content-filter'],
	['content_filtered', 'content-filter'],
]);

/** Not an end but a failure: OpenRouter and Mistral say `error`, DeepSeek the other. */
export const isFailedFinish = (raw: string): boolean => raw === 'error' || raw === 'insufficient_system_resource';

/** `tool-calls` follows from the calls themselves: several servers say `stop` beside them. */
export function finishOf(raw: string, calledTools: boolean): FinishReason {
	const kind = KINDS.get(raw) ?? 'other';
	return { kind: calledTools && (kind === 'stop' || kind === 'other') ? 'tool-calls' : kind, raw };
}

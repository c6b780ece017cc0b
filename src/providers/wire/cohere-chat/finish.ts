import type { FinishReason, FinishReasonKind } from '../../../language/request';

const KINDS: ReadonlyMap<string, FinishReasonKind> = new Map([
	['COMPLETE', 'stop'],
	['STOP_SEQUENCE', 'stop'],
	['TOOL_CALL', 'stop'],
	['MAX_TOKENS', 'length'],
	['ERROR_LIMIT', 'length'],
	['ERROR_TOXIC', 'content-filter'],
]);

/** Not an end but a failure. */
export const isFailedFinish = (raw: string): boolean => raw === 'ERROR' || raw === 'TIMEOUT';

/** `tool-calls` follows from the calls themselves. */
export function finishOf(raw: string, called: boolean): FinishReason {
	const kind = KINDS.get(raw) ?? 'other';
	return { kind: called && (kind === 'stop' || kind === 'other') ? 'tool-calls' : kind, raw };
}

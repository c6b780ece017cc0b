/** `finishReason` and `blockReason` → finish reason (PROVIDERS 0.2). An unknown reason never fails an answer. */
import { GatewayError } from '../../../errors';
import type { FinishReason, FinishReasonKind } from '../../../language/request';

const KINDS: Readonly<Record<string, FinishReasonKind>> = {
	STOP: 'stop',
	MAX_TOKENS: 'length',
	SAFETY: 'content-filter',
	RECITATION: 'content-filter',
	LANGUAGE: 'content-filter',
	BLOCKLIST: 'content-filter',
	PROHIBITED_CONTENT: 'content-filter',
	SPII: 'content-filter',
	IMAGE_SAFETY: 'content-filter',
	IMAGE_PROHIBITED_CONTENT: 'content-filter',
	IMAGE_RECITATION: 'content-filter',
	MODEL_ARMOR: 'content-filter',
};

/** No answer but a slip of the model, which another try may not make. */
const SLIPS: ReadonlySet<string> = new Set([
	'MALFORMED_FUNCTION_CALL',
	'MALFORMED_RESPONSE',
	'UNEXPECTED_TOOL_CALL',
	'TOO_MANY_TOOL_CALLS',
]);

/** `tool-calls` follows from the calls themselves: the API says STOP beside them. */
export function finishOf(raw: string, calledTools: boolean): FinishReason {
	const kind = Object.hasOwn(KINDS, raw) ? (KINDS[raw] ?? 'other') : 'other';
	return { kind: calledTools && (kind === 'stop' || kind === 'other') ? 'tool-calls' : kind, raw };
}

/** The prompt was refused before a model saw it, whatever the reason is called. */
export const blocked = (raw: string): FinishReason => ({ kind: 'content-filter', raw });

/** The error where the answer ended by a slip; undefined: it ended. `detail` goes to the log. */
export function slipOf(raw: string, detail: string | undefined): GatewayError | undefined {
	if (!SLIPS.has(raw)) return undefined;
	return new GatewayError('upstream_malformed', `The model broke its answer off: ${raw}.`, {
		upstream: { failure: 'server', scope: 'model', status: 200 },
		...(detail && { cause: detail }),
	});
}

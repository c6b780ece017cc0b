/** Why an answer ended, in Anthropic's words. */
import type { FinishReason } from '../../language/request';

export type StopReason =
	| 'end_turn'
	| 'max_tokens'
	| 'stop_sequence'
	| 'tool_use'
	| 'pause_turn'
	| 'refusal'
	| 'model_context_window_exceeded';

export interface Stop {
	readonly stop_reason: StopReason;
	readonly stop_sequence: string | null;
	readonly stop_details: {
		readonly type: 'refusal';
		readonly category: null;
		readonly explanation: string | null;
	} | null;
}

export interface Ending {
	readonly finish: FinishReason;
	/** Tools were called. */
	readonly calls: boolean;
	/** Text of the refusals in the answer; empty: none. */
	readonly refusal: string;
}

/** A provider's filter refuses beside the answer, so its words are details; a model's own refusal is what it said. */
export const refusesBeside = ({ kind }: FinishReason): boolean => kind === 'content-filter';

export function stopBody(ending: Ending): Stop {
	const reason = reasonOf(ending);
	const explanation = refusesBeside(ending.finish) ? ending.refusal || null : null;
	return {
		stop_reason: reason,
		stop_sequence: ending.finish.sequence ?? null,
		stop_details: reason === 'refusal' ? { type: 'refusal', category: null, explanation } : null,
	};
}

function reasonOf({ finish, calls, refusal }: Ending): StopReason {
	switch (finish.kind) {
		case 'tool-calls':
			return 'tool_use';
		case 'content-filter':
			return 'refusal';
		case 'length':
			return finish.raw === 'model_context_window_exceeded' ? finish.raw : 'max_tokens';
		case 'stop':
			return refusal === '' ? stopped(finish) : 'refusal';
		case 'other':
			return calls ? 'tool_use' : 'end_turn';
	}
}

function stopped({ raw, sequence }: FinishReason): StopReason {
	if (raw === 'pause_turn') return raw;
	return sequence !== undefined || raw === 'stop_sequence' ? 'stop_sequence' : 'end_turn';
}

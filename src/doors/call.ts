/** A request of any chat door as a call of the path. */
import type { ChatCall } from '../gateway/call';
import { callFacts } from '../http/call-facts';
import type { HttpContext } from '../http/context';
import { goneController } from '../http/gone';
import type { ChatRequest } from '../language/request';
import type { Extension } from './extension';

export interface DoorCall {
	readonly call: ChatCall;
	/** The answer is to hold the field `switchyard`. */
	readonly receipt: boolean;
	/** Aborts with the client's leave; the call hears of it. */
	readonly gone: AbortController;
}

/** Throws `invalid_request` naming the header at fault. */
export function doorCall(c: HttpContext, request: ChatRequest, extension: Extension | null | undefined): DoorCall {
	const { receipt, run, agent, fallback, conversation, contextMode, ...facts } = callFacts(c);
	const mode = contextMode ?? extension?.context?.mode;
	const gone = goneController(c);
	return {
		call: {
			...facts,
			requestId: c.get('requestId'),
			agent: agent ?? extension?.agent ?? null,
			fallback: fallback && (extension?.fallback ?? true),
			conversation: conversation ?? extension?.conversation ?? null,
			signal: gone.signal,
			request:
				run === null && !mode
					? request
					: { ...request, ...(run !== null && { runId: run }), ...(mode && { context: { mode } }) },
		},
		receipt: receipt || (extension?.receipt ?? false),
		gone,
	};
}

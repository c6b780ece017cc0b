/**
 * A request as its target takes it, by the capability table: what can't be given is left out with a warning or
 * refused before any call; what no provider could make sense of is refused whoever is asked.
 */
import type { ChatRequest, Warning } from '../language/request';
import { checkRequest, ordered } from './fit/conversation';
import { settleDialect, withDialect } from './fit/dialect';
import { Findings } from './fit/findings';
import { settleMessages } from './fit/messages';
import { placeOf } from './fit/place';
import { settleSettings, withoutSettings } from './fit/settings';
import type { FitTarget } from './fit/target';
import { settleTools, withoutToolSettings } from './fit/tools';
import { withoutMarks } from './fit/without-marks';

export { checkRequest } from './fit/conversation';
export { statedSupport, supportOf } from './fit/support';
export type { FitTarget } from './fit/target';

export interface FitOptions {
	/** Messages that the gateway put ahead of the caller's; errors count from there. */
	readonly firstMessage?: number;
	/** Of each message its place among the caller's, where some were taken away; below 0: it is the gateway's. */
	readonly places?: readonly number[];
}

export interface Fitted {
	/** The same object where nothing had to change. */
	readonly request: ChatRequest;
	readonly warnings: readonly Warning[];
}

/** Throws `invalid_request` with the canonical path as `param`, e.g. `messages[2].content[0]`. */
export function fitRequest(
	request: ChatRequest,
	target: FitTarget,
	{ firstMessage = 0, places }: FitOptions = {},
): Fitted {
	checkRequest(request, firstMessage);
	const findings = new Findings(request, target);
	settleSettings(request, findings);
	settleTools(request, findings);
	const placed = (index: number): number => places?.[index] ?? index - firstMessage;
	settleMessages(request.messages, findings, placed);
	const dialect = settleDialect(request, target.quirks, findings);
	const messages = ordered(request.messages, (index) => findings.emptyTurn(placeOf(placed(index))));
	const asked = dialect === request.dialect ? request : withDialect(request, dialect);
	if (findings.dropped.size === 0 && messages === request.messages)
		return { request: asked, warnings: findings.warnings };
	const kept = withoutToolSettings(withoutSettings(asked, findings), findings);
	return { request: { ...kept, messages: withoutMarks(messages, findings) }, warnings: findings.warnings };
}

import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import { reasoningFields } from '../openai-chat/reasoning';
import type { Warnings } from '../warnings';

/** `reasoning: {effort, summary}`, as far as it was said; efforts as in Chat Completions. */
export function reasoningField(request: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	const { reasoning_effort: effort } = reasoningFields(request, byEffort(target), warnings);
	const { summary } = request.reasoning ?? {};
	const shown = summary !== undefined && summary !== 'none' && canReason(target);
	if (effort === undefined && !shown) return {};
	return { reasoning: { ...(effort !== undefined && { effort }), ...(shown && { summary }) } };
}

/** Nothing is stored, so reasoning must come back sealed to be replayed; models without reasoning refuse to be asked. */
export const isSealed = ({ reasoning }: ChatRequest, { traits }: WireTarget): boolean =>
	traits.reasoning || (traits.known === false && reasoning?.sealed === true);

const canReason = ({ traits }: WireTarget): boolean => traits.reasoning || traits.known === false;

const byEffort = (target: WireTarget): WireTarget => ({ ...target, quirks: { ...target.quirks, reasoning: 'effort' } });

/** Reasoning of earlier turns, where the provider has a field for it; elsewhere it was for the reader alone. */
import type { ReasoningPart } from '../../../language/message';
import { opaqueOf, originOf } from '../../../language/signature';
import { matchesName } from '../../model-name';
import type { WireTarget } from '../../provider';
import { type Json, textOf } from '../json';
import type { Warnings } from '../warnings';
import type { CallIds } from './call-ids';
import { unsealDetail } from './reasoning-details';

interface Context {
	readonly target: WireTarget;
	readonly warnings: Warnings;
	readonly ids: CallIds;
}

/** The fields of an assistant message. `called`: it called tools. */
export function replayFields(parts: readonly ReasoningPart[], called: boolean, context: Context): Json {
	switch (context.target.quirks.reasoningReplay) {
		case 'reasoning_content':
			return contentField(parts, called, context);
		case 'reasoning_details':
			return detailsField(parts, context);
		default:
			return {};
	}
}

/** Plain thoughts, whoever had them. DeepSeek refuses a call without the field, even an empty one, while it thinks. */
function contentField(parts: readonly ReasoningPart[], called: boolean, { target, warnings }: Context): Json {
	if (parts.some((part) => part.signature !== undefined))
		warnings.note('reasoning', 'Reasoning is replayed as plain text; its signature was left out.');
	const text = parts.map((part) => part.text).join('');
	return text !== '' || (called && target.traits.reasoning) ? { reasoning_content: text } : {};
}

function detailsField(parts: readonly ReasoningPart[], { target, warnings, ids }: Context): Json {
	const verifies = target.quirks.claudeModels?.some((pattern) => matchesName(pattern, target.model)) ?? false;
	const details = parts.map((part) => detailOf(part, verifies));
	if (details.includes(null))
		warnings.note('reasoning', 'Reasoning of another provider can not be replayed here; left out.');
	const sent = details.flatMap((detail) => (detail === null ? [] : ofCall(detail, ids)));
	return sent.length > 0 ? { reasoning_details: sent } : {};
}

/** Null: nothing of it can be given to this model. */
function detailOf(part: ReasoningPart, verifiesClaude: boolean): Json | null {
	const { text, signature, redacted } = part;
	// Claude refuses thoughts that it did not sign.
	const plain = text && !verifiesClaude ? { type: 'reasoning.text', text } : null;
	if (signature === undefined) return plain;
	const own = opaqueOf('openrouter', signature);
	if (own !== null) return unsealDetail(own, text);
	if (verifiesClaude && originOf(signature) === 'anthropic') {
		const format = 'anthropic-claude-v1';
		if (redacted) return { type: 'reasoning.encrypted', data: signature, format };
		return { type: 'reasoning.text', text, signature, format };
	}
	return plain;
}

/** Gemini's signature of a call bears the id of the call. */
function ofCall(detail: Json, ids: CallIds): Json {
	const id = textOf(detail.id);
	return id !== undefined && ids.has(id) ? { ...detail, id: ids.sent(id) } : detail;
}

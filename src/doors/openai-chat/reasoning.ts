/** Reasoning as OpenRouter's `reasoning_details` carry it through clients that hand it back as it came. */
import { present } from '../../http/present';
import type { ReasoningPart } from '../../language/message';
import { opaqueOf, originOf, signed } from '../../language/signature';
import type { AssistantBody, ReasoningDetail } from './message-schema';

/** OpenRouter's name of what Claude signs, which is the same wherever Claude runs. */
const CLAUDE = 'anthropic-claude-v1';

/**
 * Signed reasoning as `reasoning_details` says it, else the plain `reasoning_content`. A signature that says nothing
 * of a text belongs to that plain text; one with an empty text is of the part after it.
 */
export function reasoningParts(message: AssistantBody): ReasoningPart[] {
	const plain = message.reasoning_content ?? message.reasoning ?? '';
	const details = (message.reasoning_details ?? []).flatMap((detail) => detailPart(detail, plain));
	if (details.length > 0) return details;
	return plain === '' ? [] : [{ type: 'reasoning', text: plain }];
}

function detailPart(detail: ReasoningDetail, plain: string): ReasoningPart[] {
	if (isOpenRouters(detail)) return openRouterPart(detail);
	if (detail.type === 'reasoning.encrypted')
		return detail.data ? [{ type: 'reasoning', text: '', signature: detail.data, redacted: true }] : [];
	if (detail.type !== 'reasoning.text') return [];
	return [{ type: 'reasoning', text: detail.text ?? plain, ...present({ signature: detail.signature }) }];
}

/** Ours have neither; Claude's signatures need no seal of OpenRouter's. */
const isOpenRouters = ({ type, format, id }: ReasoningDetail): boolean =>
	type === 'reasoning.summary' || (format !== CLAUDE && (Boolean(format) || typeof id === 'string'));

/** All but the shown text travels as JSON in the signature, its keys in order: as OpenRouter's wire seals it. */
function openRouterPart({ text, summary, ...rest }: ReasoningDetail): ReasoningPart[] {
	const shown = text ?? summary ?? '';
	const proof = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
	const isProof = proof.some(([key, value]) => !['type', 'index'].includes(key) && value !== 'unknown');
	if (!isProof) return shown === '' ? [] : [{ type: 'reasoning', text: shown }];
	const ordered = Object.fromEntries(proof.sort(([one], [other]) => (one < other ? -1 : 1)));
	const redacted = rest.type === 'reasoning.encrypted';
	const signature = signed('openrouter', JSON.stringify(ordered));
	return [{ type: 'reasoning', text: shown, signature, ...(redacted && { redacted }) }];
}

/** What a client replays so that the provider recognises its own reasoning: of all parts where one is signed. */
export function reasoningDetails(parts: readonly ReasoningPart[]): readonly object[] | undefined {
	return parts.some((part) => part.signature !== undefined) ? parts.map(reasoningDetail) : undefined;
}

function reasoningDetail({ text, signature, redacted }: ReasoningPart, index: number): object {
	const sealed = signature !== undefined && originOf(signature) === 'openrouter' ? unsealed(signature) : null;
	if (sealed) return { index, ...sealed, ...(text !== '' && { [shownField(sealed)]: text }) };
	if (redacted) return { type: 'reasoning.encrypted', data: signature ?? '', index };
	return { type: 'reasoning.text', text, signature: signature ?? null, index };
}

const shownField = ({ type }: { readonly type?: unknown }): string =>
	type === 'reasoning.summary' ? 'summary' : 'text';

/** null: no JSON after all. */
function unsealed(signature: string): { readonly type?: unknown } | null {
	try {
		return JSON.parse(signature);
	} catch {
		return null;
	}
}

/** Gemini's own signature, where it is of the call that comes next and of no text. */
export const callSignature = ({ text, signature }: Pick<ReasoningPart, 'text' | 'signature'>): string | null =>
	text === '' && signature !== undefined ? opaqueOf('google', signature) : null;

/** As Gemini's OpenAI-compatible API has it beside a call. */
export const signatureContent = (opaque: string) => ({ extra_content: { google: { thought_signature: opaque } } });

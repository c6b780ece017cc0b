/**
 * A reasoning item must come back unchanged, directly before the item that followed it. What a reader does not see of
 * it travels in the part's signature: its id, its encrypted content, and where its summary was divided.
 */
import type { ReasoningPart } from '../../../language/message';
import { opaqueOf, signed } from '../../../language/signature';
import { arrayOf, isObject, type Json, textOf, tryJson } from '../json';

/** Between the parts of a summary, which are one text in the language. */
export const DIVIDER = '\n\n';

/** `lengths`: UTF-16 units of each part of the summary. Undefined: the item holds nothing that could be replayed. */
export function sealed(item: Json, lengths: readonly number[], text: number): string | undefined {
	const encrypted = textOf(item.encrypted_content);
	if (!encrypted) return undefined;
	const undivided = lengths.length === (text > 0 ? 1 : 0) && (lengths[0] ?? 0) === text;
	const opaque = { id: textOf(item.id), encrypted_content: encrypted, ...(!undivided && { summary: lengths }) };
	return signed('openai', JSON.stringify(opaque));
}

/** The item a part came from; null: it is not this API's. A bare token has no id. */
export function unsealed({ text, signature }: ReasoningPart): Json | null {
	const opaque = signature === undefined ? null : opaqueOf('openai', signature);
	if (!opaque) return null;
	const held = opaque.startsWith('{') ? tryJson(opaque) : { encrypted_content: opaque };
	const encrypted = isObject(held) ? textOf(held.encrypted_content) : undefined;
	if (!isObject(held) || !encrypted) return null;
	const id = textOf(held.id);
	return {
		type: 'reasoning',
		...(id && { id }),
		summary: divided(text, held.summary).map((piece) => ({ type: 'summary_text', text: piece })),
		encrypted_content: encrypted,
	};
}

/** Somebody may have changed the text: then it is one piece. */
function divided(text: string, summary: unknown): string[] {
	const whole = text === '' ? [] : [text];
	if (summary === undefined) return whole;
	const pieces: string[] = [];
	let at = 0;
	for (const length of arrayOf(summary)) {
		if (typeof length !== 'number' || at + length > text.length) return whole;
		pieces.push(text.slice(at, at + length));
		at += length + DIVIDER.length;
	}
	return pieces;
}

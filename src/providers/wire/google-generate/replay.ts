/** An earlier answer as the parts it came in, each with the thought signature it had. */

import { exactJson } from '../../../language/exact-json';
import type { AssistantPart, ToolCallPart } from '../../../language/message';
import { opaqueOf } from '../../../language/signature';
import { isObject, type Json } from '../json';
import type { ToolNames } from '../tool-names';
import { isMadeId } from './call-id';
import type { ModelLine } from './lines';

/** In place of a signature that never was: the turn is another model's (ai.google.dev, "Thought signatures"). */
const UNSIGNED = 'skip_thought_signature_validator';

/**
 * A signature on reasoning without text belongs to the part after it, or stood alone; on a thought it is the thought's
 * own. Reasoning without a signature of this API is left out: nothing can be done with it here.
 */
export function modelParts(content: readonly AssistantPart[], line: ModelLine, names: ToolNames): Json[] {
	const parts: Json[] = [];
	let waiting: string | null = null;
	for (const part of content) {
		const signature: string | null = signatureOf(part);
		if (signature !== null) {
			if (waiting !== null) parts.push({ text: '', thoughtSignature: waiting });
			waiting = signature;
		}
		const sent = modelPart(part, line, names, signature !== null);
		if (!sent) continue;
		parts.push(waiting === null ? sent : { ...sent, thoughtSignature: waiting });
		waiting = null;
	}
	if (waiting !== null) parts.push({ text: '', thoughtSignature: waiting });
	return line.signedCalls ? withFirstCallSigned(parts) : parts;
}

const signatureOf = (part: AssistantPart): string | null =>
	part.type === 'reasoning' && part.signature !== undefined ? opaqueOf('google', part.signature) : null;

function modelPart(part: AssistantPart, line: ModelLine, names: ToolNames, signed: boolean): Json | undefined {
	switch (part.type) {
		case 'reasoning':
			return signed && part.text !== '' ? { text: part.text, thought: true } : undefined;
		case 'text':
		case 'refusal':
			return part.text === '' ? undefined : { text: part.text };
		case 'tool-call':
			return { functionCall: functionCall(part, line, names) };
	}
}

const functionCall = (call: ToolCallPart, line: ModelLine, names: ToolNames): Json => ({
	...callId(call.id, line),
	name: names.sent(call.name),
	args: argsOf(call.arguments),
});

/** Ids made here are no news to the API: it gave none. */
export const callId = (id: string, line: ModelLine): Json => (line.callIds && !isMadeId(id) ? { id } : {});

/** The API takes an object only; what a model wrote otherwise is kept where it can still be read. */
function argsOf(text: string): Json {
	if (text.trim() === '') return {};
	const parsed = exactJson(text);
	if (isObject(parsed)) return parsed;
	return parsed === null ? {} : { raw_arguments: text };
}

/** Of parallel calls the first alone has one. */
function withFirstCallSigned(parts: readonly Json[]): Json[] {
	const first = parts.findIndex((part) => 'functionCall' in part);
	return parts.map((part, at) =>
		at === first && part.thoughtSignature === undefined ? { ...part, thoughtSignature: UNSIGNED } : part,
	);
}

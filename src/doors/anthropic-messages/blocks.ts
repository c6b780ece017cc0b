/** Parts of an answer as content blocks; a stream opens the same blocks empty and fills them by deltas. */
import type { AssistantPart } from '../../language/message';
import { citationBody } from './citations';
import { inputOf, type ToolInput } from './tool-input';

export const textBlock = (text: string) => ({ type: 'text', text });

/** `signature`: empty where the provider signs nothing. */
export const thinkingBlock = (thinking: string, signature: string) => ({ type: 'thinking', thinking, signature });

export const redactedBlock = (data: string) => ({ type: 'redacted_thinking', data });

export const toolUseBlock = (id: string, name: string, input: ToolInput) => ({
	type: 'tool_use',
	id,
	name,
	input,
	caller: { type: 'direct' },
});

/** `refusals`: those a model wrote are shown as its text. */
export function blocksOf(part: AssistantPart, refusals: boolean): object[] {
	switch (part.type) {
		case 'text': {
			const citations = (part.annotations ?? []).flatMap((annotation) => citationBody(annotation) ?? []);
			return [{ ...textBlock(part.text), ...(citations.length > 0 && { citations }) }];
		}
		case 'reasoning':
			return [
				part.redacted && part.text === ''
					? redactedBlock(part.signature ?? '')
					: thinkingBlock(part.text, part.signature ?? ''),
			];
		case 'refusal':
			return refusals && part.text !== '' ? [textBlock(part.text)] : [];
		case 'tool-call':
			return [toolUseBlock(part.id, part.name, inputOf(part.arguments))];
	}
}

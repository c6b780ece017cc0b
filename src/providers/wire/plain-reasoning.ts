/** Earlier reasoning for providers that take it as plain text and verify nothing. */
import type { AssistantMessage, Message } from '../../language/message';
import type { Warnings } from './warnings';

/** The shown thoughts of a turn; empty where there are none. */
export const thoughtsOf = ({ content }: AssistantMessage): string =>
	content.flatMap((part) => (part.type === 'reasoning' && part.text !== '' ? part.text : [])).join('\n\n');

/**
 * Signatures are another provider's: they stay here, and withheld reasoning with them. Only in the turn that is still
 * open would the model need its own thoughts whole.
 */
export function warnOfSignatures(messages: readonly Message[], warnings: Warnings): void {
	const open = messages.slice(messages.findLastIndex((message) => message.role === 'user') + 1);
	const signed = open.some(
		({ role, content }) =>
			role === 'assistant' && content.some((part) => part.type === 'reasoning' && part.signature !== undefined),
	);
	if (signed) warnings.add('reasoning', 'Signed reasoning was replayed as plain thoughts, without its signature.');
}

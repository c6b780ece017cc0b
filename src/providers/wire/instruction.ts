/** What a provider has no field for, said to the model in words. */
import type { Message } from '../../language/message';
import type { ResponseFormat, ToolChoice } from '../../language/request';

/** The messages with the instructions at the end of the leading system message; a new one where there is none. */
export function instructed(messages: readonly Message[], instructions: readonly string[]): readonly Message[] {
	if (instructions.length === 0) return messages;
	const text = instructions.join('\n\n');
	const [first, ...rest] = messages;
	if (first?.role !== 'system') return [{ role: 'system', content: [{ type: 'text', text }] }, ...messages];
	return [{ ...first, content: [...first.content, { type: 'text', text }] }, ...rest];
}

/** Undefined where no JSON is asked for. */
export function formatInstruction(format: ResponseFormat | undefined): string | undefined {
	switch (format?.type) {
		case 'json':
			return 'Give the final answer as one valid JSON object and nothing else: no prose around it, no code fence.';
		case 'json-schema':
			return `Give the final answer as JSON that fits this JSON Schema and nothing else, no code fence:\n${JSON.stringify(format.schema)}`;
		default:
			return undefined;
	}
}

/** For a choice that demands a call. */
export const callInstruction = (choice: ToolChoice): string =>
	typeof choice === 'object' ? `Answer by calling the tool '${choice.name}'.` : 'Answer by calling a tool.';

/**
 * Arguments of a tool call are text in the language and an object here. What a model wrote that is no object (cut off
 * by its limit, or malformed) is given as `{"raw_arguments": "<its text>"}`, and taken back as that text.
 */
const RAW = 'raw_arguments';

export type ToolInput = Readonly<Record<string, unknown>>;

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export function inputOf(text: string): ToolInput {
	if (text.trim() === '') return {};
	const value = parsed(text);
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ToolInput;
	return { [RAW]: text };
}

export function argumentsOf(input: ToolInput): string {
	const { [RAW]: raw, ...others } = input;
	return typeof raw === 'string' && Object.keys(others).length === 0 ? raw : JSON.stringify(input);
}

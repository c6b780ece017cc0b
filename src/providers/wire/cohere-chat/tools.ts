import type { ChatRequest, Tool } from '../../../language/request';
import type { Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';

/** `tools`, `tool_choice` and `strict_tools`. */
export function toolFields(request: ChatRequest, names: ToolNames, warnings: Warnings): Json {
	const { tools = [], toolChoice } = request;
	if (tools.length === 0) return {};
	const offered = typeof toolChoice === 'object' ? tools.filter((tool) => tool.name === toolChoice.name) : tools;
	return {
		tools: offered.map((tool) => wireTool(tool, names)),
		...choiceField(toolChoice, warnings),
		...strictField(offered, warnings),
	};
}

const wireTool = ({ name, description, parameters }: Tool, names: ToolNames): Json => ({
	type: 'function',
	function: {
		name: names.sent(name),
		...(description !== undefined && { description }),
		parameters: parameters ?? { type: 'object', properties: {} },
	},
});

function choiceField(choice: ChatRequest['toolChoice'], warnings: Warnings): Json {
	if (choice === undefined || choice === 'auto') return {};
	if (choice === 'none') return { tool_choice: 'NONE' };
	if (typeof choice === 'object') {
		warnings.add('toolChoice', 'A tool can not be named here: it alone was offered, and a call required.');
	}
	return { tool_choice: 'REQUIRED' };
}

/** One switch for all of them. */
function strictField(tools: readonly Tool[], warnings: Warnings): Json {
	if (!tools.some((tool) => tool.strict)) return {};
	if (!tools.every((tool) => tool.strict)) {
		warnings.add('tools', "'strict' holds for all tools or none here; it was set for all.");
	}
	return { strict_tools: true };
}

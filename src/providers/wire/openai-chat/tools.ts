import type { ChatRequest, Tool, ToolChoice } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { type Json, objectOf } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import type { Breakpoints } from './breakpoints';

interface Context {
	readonly target: WireTarget;
	readonly names: ToolNames;
	readonly warnings: Warnings;
	readonly breakpoints: Breakpoints;
}

/** The tools, which of them may be called, and whether several at once. */
export function toolFields(request: ChatRequest, context: Context): Json {
	const { tools = [], toolChoice, parallelToolCalls } = request;
	const { names, warnings, target } = context;
	// Without tools OpenAI refuses both other fields; only a demand for a call is then lost.
	if (tools.length === 0) {
		const demanded = toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none';
		if (demanded) warnings.add('toolChoice', 'A tool call is required but the request has no tools; left out.');
		return {};
	}
	const { offered, choice } = chosen(tools, toolChoice, context);
	if (offered.length === 0) return {};
	return {
		tools: offered.map((tool) => wireTool(tool, names, context.breakpoints)),
		...(choice !== undefined && { tool_choice: wireChoice(choice, names, target) }),
		...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
	};
}

interface Chosen {
	readonly offered: readonly Tool[];
	readonly choice?: ToolChoice | undefined;
}

/** What is offered where a provider has fewer ways to choose: no tools in place of `none`, one in place of its name. */
function chosen(tools: readonly Tool[], choice: ToolChoice | undefined, { target, warnings }: Context): Chosen {
	switch (target.quirks.toolChoices) {
		case 'auto':
			if (choice !== 'none') return { offered: tools };
			warnings.add('toolChoice', 'The provider can not be told to call no tool; the tools were left out.');
			return { offered: [] };
		case 'words': {
			if (typeof choice !== 'object') return { offered: tools, choice };
			warnings.add('toolChoice', 'The provider takes no name of a tool; that tool alone was sent, as required.');
			return { offered: tools.filter(({ name }) => name === choice.name), choice: 'required' };
		}
		default:
			return { offered: tools, choice };
	}
}

const wireTool = (tool: Tool, names: ToolNames, breakpoints: Breakpoints): Json => ({
	type: 'function',
	function: {
		name: names.sent(tool.name),
		...(tool.description !== undefined && { description: tool.description }),
		parameters: parametersOf(tool),
		...(tool.strict !== undefined && { strict: tool.strict }),
	},
	...breakpoints.ofTool(tool.cache),
});

/** "object schema missing properties": OpenAI wants both named, and a strict schema closed. */
export function parametersOf({ parameters, strict }: Tool): Json {
	const schema: Json = { type: 'object', properties: {}, ...parameters };
	const isOpen =
		Object.keys(objectOf(schema.properties) ?? {}).length === 0 && schema.additionalProperties === undefined;
	return strict && isOpen ? { ...schema, additionalProperties: false } : schema;
}

function wireChoice(choice: ToolChoice, names: ToolNames, { quirks }: WireTarget): unknown {
	if (choice === 'required') return quirks.requiredChoice ?? choice;
	return typeof choice === 'string' ? choice : { type: 'function', function: { name: names.sent(choice.name) } };
}

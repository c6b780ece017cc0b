/** Function declarations and the choice among them. */
import type { ChatRequest, Tool } from '../../../language/request';
import type { Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import type { ModelLine } from './lines';
import { toSubset } from './schema';

export interface ToolFields {
	readonly tools?: readonly Json[];
	readonly toolConfig?: Json;
}

export function toTools(
	{ tools = [], toolChoice }: ChatRequest,
	line: ModelLine,
	names: ToolNames,
	warnings: Warnings,
): ToolFields {
	if (tools.length === 0) return {};
	const config = choiceOf(toolChoice, names) ?? modeOf(tools, toolChoice, line, warnings);
	return {
		tools: [{ functionDeclarations: tools.map((tool) => declaration(tool, line, names, warnings)) }],
		...(config && { toolConfig: { functionCallingConfig: config } }),
	};
}

function declaration(tool: Tool, line: ModelLine, names: ToolNames, warnings: Warnings): Json {
	return {
		name: names.sent(tool.name),
		...(tool.description !== undefined && { description: tool.description }),
		...(tool.parameters && parametersOf(tool, tool.parameters, line, warnings)),
	};
}

function parametersOf({ name }: Tool, parameters: Json, line: ModelLine, warnings: Warnings): Json {
	if (line.jsonSchema) return { parametersJsonSchema: parameters };
	const { schema, moved } = toSubset(parameters);
	if (moved.length > 0) {
		warnings.add('tools', `This model does not enforce ${moved.join(', ')} of '${name}'; it was told in words.`);
	}
	return schema.type === 'OBJECT' && schema.properties === undefined ? {} : { parameters: schema };
}

/** A forced call fits its schema anyway. */
function choiceOf(choice: ChatRequest['toolChoice'], names: ToolNames): Json | undefined {
	if (typeof choice === 'object') return { mode: 'ANY', allowedFunctionNames: [names.sent(choice.name)] };
	if (choice === 'none') return { mode: 'NONE' };
	return choice === 'required' ? { mode: 'ANY' } : undefined;
}

/** VALIDATED holds all functions to their schemas, or lets the model answer in words. */
function modeOf(
	tools: readonly Tool[],
	choice: ChatRequest['toolChoice'],
	line: ModelLine,
	warnings: Warnings,
): Json | undefined {
	const strict = tools.some((tool) => tool.strict === true);
	if (strict && line.validated) return { mode: 'VALIDATED' };
	if (strict) warnings.add('tools', "This model can't be held to the schemas of tools; 'strict' was left out.");
	return choice === 'auto' ? { mode: 'AUTO' } : undefined;
}

/** `toolConfig`, which Converse demands wherever a conversation holds tool calls. */
import { invalid } from '../../../errors';
import type { Message } from '../../../language/message';
import type { ChatRequest, JsonSchema, Tool } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { objectSchema, sanitizeSchema } from '../anthropic-messages/schema';
import { callInstruction } from '../instruction';
import type { Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import { cachePoint } from './cache-points';
import { hasSchemas, type Output } from './output';
import type { Vendor } from './vendors';

export interface ToolPlan {
	/** `toolConfig.tools`, cache points included; empty: no `toolConfig`. */
	readonly tools: readonly Json[];
	/** `toolConfig.toolChoice`. */
	readonly choice?: Json;
	/** A further system text, where the choice can't be said otherwise. */
	readonly instruction?: string;
	/** The model may not answer without a tool. */
	readonly forced: boolean;
}

const NO_CALLS = 'Call no tool now: answer in text.';

interface Context {
	readonly request: ChatRequest;
	readonly target: WireTarget;
	readonly vendor: Vendor;
	readonly names: ToolNames;
	readonly warnings: Warnings;
}

/** Throws `invalid_request` for a tool whose arguments are no object. */
export function toTools(context: Context, output: Output): ToolPlan {
	const { request, warnings } = context;
	const { toolChoice } = request;
	const offered = request.tools ?? [];
	const used = calledNames(request.messages);
	if (offered.length === 0 && toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none') {
		warnings.add('toolChoice', 'A tool call is required but the request has no tools; it was left out.');
	}
	const barred = toolChoice === 'none' && offered.length > 0;
	if (barred) {
		const how = used.length > 0 ? 'the model was told to call none' : 'the tools were left out';
		warnings.add('toolChoice', `Bedrock has no toolChoice none; ${how}.`);
	}
	const tools = [...specs(offered, used, barred, context), ...(output.tool ? [output.tool.spec] : [])];
	if (tools.length === 0) return { tools, forced: false };
	if (!output.tool && (barred || offered.length === 0)) return { tools, instruction: NO_CALLS, forced: false };
	return { tools, ...chosen(wanted(request, output, context.names), tools, context) };
}

const calledNames = (messages: readonly Message[]): string[] => [
	...new Set(
		messages.flatMap((message) =>
			message.role === 'assistant'
				? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []))
				: [],
		),
	),
];

/** The tools offered; of a conversation that used some though none are offered, those, of which only the names are known. */
function specs(offered: readonly Tool[], used: readonly string[], barred: boolean, context: Context): Json[] {
	const { names, warnings } = context;
	if (barred && used.length === 0) return [];
	if (offered.length > 0) {
		return offered.flatMap((tool, index) => [toolSpec(tool, index, context), ...cachePoint(tool.cache)]);
	}
	if (used.length === 0) return [];
	warnings.add('tools', 'Bedrock demands the tools that earlier turns used; they were named, and forbidden in words.');
	return used.map((name) => ({
		toolSpec: { name: names.sent(name), inputSchema: { json: { type: 'object', properties: {} } } },
	}));
}

function toolSpec(tool: Tool, index: number, { target, vendor, names, warnings }: Context): Json {
	const schema = objectSchema(tool.parameters);
	if (!schema) {
		const param = `tools[${index}].parameters`;
		throw invalid(param, `The arguments of '${tool.name}' must be described by a schema of type object.`);
	}
	const strict = tool.strict === true && vendor.reasoning === 'anthropic' && hasSchemas(target, vendor);
	if (tool.strict && !strict) {
		warnings.add('tools', `This model can't be held to a tool's schema; 'strict' of '${tool.name}' was left out.`);
	}
	const json = strict ? strictSchema(tool.name, schema, warnings) : vendor.bareSchemas ? bare(schema) : schema;
	return {
		toolSpec: {
			name: names.sent(tool.name),
			...(tool.description && { description: tool.description }),
			inputSchema: { json },
			...(strict && { strict: true }),
		},
	};
}

function strictSchema(name: string, schema: JsonSchema, warnings: Warnings): JsonSchema {
	const { schema: sanitized, moved } = sanitizeSchema(schema);
	if (moved.length > 0) {
		warnings.add('tools', `Bedrock does not enforce ${moved.join(', ')} of '${name}'; the model was told in words.`);
	}
	return sanitized;
}

const ROOT_KEYWORDS: ReadonlySet<string> = new Set(['type', 'properties', 'required', '$defs', 'definitions']);

const bare = (schema: JsonSchema): JsonSchema =>
	Object.fromEntries(Object.entries(schema).filter(([keyword]) => ROOT_KEYWORDS.has(keyword)));

type Wanted = { readonly kind: 'auto' | 'any' } | { readonly kind: 'tool'; readonly name: string };

/** With an output tool the model must call something: that one, or one of the caller's first. */
function wanted({ toolChoice, tools = [] }: ChatRequest, output: Output, names: ToolNames): Wanted | undefined {
	if (typeof toolChoice === 'object' && tools.length > 0) return { kind: 'tool', name: names.sent(toolChoice.name) };
	if (output.tool) {
		if (tools.length > 0 && toolChoice !== 'none') return { kind: 'any' };
		return { kind: 'tool', name: output.tool.name };
	}
	if (toolChoice === 'required') return { kind: 'any' };
	return toolChoice === 'auto' ? { kind: 'auto' } : undefined;
}

function chosen(
	choice: Wanted | undefined,
	tools: readonly Json[],
	{ vendor, warnings }: Context,
): Pick<ToolPlan, 'choice' | 'instruction' | 'forced'> {
	const { choices } = vendor;
	if (choice === undefined) return { forced: false };
	// `auto` is the default, and the models that take no other choice take none at all.
	if (choice.kind === 'auto') return choices.length > 0 ? { choice: { auto: {} }, forced: false } : { forced: false };
	if (choice.kind === 'tool' && choices.includes('tool')) {
		return { choice: { tool: { name: choice.name } }, forced: true };
	}
	const only = tools.filter((tool) => tool.toolSpec !== undefined).length === 1;
	if (choices.includes('any') && (choice.kind === 'any' || only)) return { choice: { any: {} }, forced: true };
	const instruction = callInstruction(choice.kind === 'tool' ? choice : 'required');
	warnings.add('toolChoice', 'This model can not be made to call that tool; it was told to in words.');
	return choices.includes('any') ? { choice: { any: {} }, instruction, forced: true } : { instruction, forced: false };
}

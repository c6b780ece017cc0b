/** Tools, the choice among them, and JSON output, which older models only give as a forced tool. */
import { invalid } from '../../../errors';
import type { ChatRequest, JsonSchema, ResponseFormat, Tool, Warning } from '../../../language/request';
import type { WireTarget } from '../../provider';
import type { Warnings } from '../warnings';
import { cacheFields, type Marked } from './breakpoints';
import type { SafeNames } from './names';
import { objectSchema, sanitizeSchema } from './schema';

type Fields = Readonly<Record<string, unknown>>;

/** How the asked-for output format is brought about. */
export interface Output {
	/** `output_config.format`. */
	readonly format?: Fields;
	/** A further system text. */
	readonly instruction?: string;
	/** A tool whose arguments are the answer. */
	readonly tool?: { readonly name: string; readonly description: string; readonly input_schema: JsonSchema };
	/** Named in the answer though the format is kept. */
	readonly note?: Warning;
}

const JSON_ONLY = 'Answer with one valid JSON object and nothing else: no prose before or after it, no code fence.';

type SchemaFormat = Extract<ResponseFormat, { type: 'json-schema' }>;

export function toOutput(request: ChatRequest, target: WireTarget, names: SafeNames, warnings: Warnings): Output {
	const format = request.responseFormat;
	if (!format || format.type === 'text') return {};
	if (format.type === 'json') {
		warnings.add('responseFormat', 'This provider has no JSON mode; the model was instructed to answer in JSON.');
		return { instruction: JSON_ONLY };
	}
	if (isNative(target)) return { format: { type: 'json_schema', schema: nativeSchema(format, warnings) } };
	const schema = objectSchema(format.schema);
	if (schema) return forcedTool(format, schema, names);
	warnings.add('responseFormat', 'This model has no native schemas; it was instructed to follow the schema.');
	const text = JSON.stringify(format.schema);
	return { instruction: `Answer with JSON that fits this JSON Schema and nothing else, no code fence:\n${text}` };
}

/** A model in no catalog is taken for a new one, which has them. */
const isNative = ({ traits }: WireTarget): boolean => traits.structuredOutput || traits.known === false;

function nativeSchema(format: SchemaFormat, warnings: Warnings): JsonSchema {
	const { schema, moved } = sanitizeSchema(format.schema);
	if (moved.length > 0) {
		warnings.add('responseFormat', `This provider does not enforce ${moved.join(', ')}; the model was told in words.`);
	}
	return format.description && !schema.description ? { ...schema, description: format.description } : schema;
}

function forcedTool(format: SchemaFormat, schema: JsonSchema, names: SafeNames): Output {
	const name = names.unused(`respond_${format.name}`);
	return {
		tool: { name, description: format.description ?? 'Gives the final answer.', input_schema: schema },
		note: {
			field: 'responseFormat',
			message: `This model has no native schemas; the schema was sent as the forced tool '${name}'.`,
		},
	};
}

/** `tools` and `tool_choice`; `forced` where the model may not answer without a tool. */
export interface ToolFields {
	readonly tools?: readonly (Fields & Marked)[];
	readonly tool_choice?: Fields;
	readonly forced: boolean;
}

export function toTools(
	request: ChatRequest,
	target: WireTarget,
	output: Output,
	names: SafeNames,
	warnings: Warnings,
): ToolFields {
	const offered = request.tools ?? [];
	const tools: (Fields & Marked)[] = offered.map((tool, index) => toTool(tool, index, target, names, warnings));
	if (output.tool) tools.push({ ...output.tool });
	if (tools.length === 0) return { forced: false };
	const serial = request.parallelToolCalls === false;
	const choice = toChoice(request, output, names) ?? (serial ? { type: 'auto' } : undefined);
	if (!choice) return { tools, forced: false };
	const one = choice.type !== 'none' && (serial || (output.tool !== undefined && choice.name === output.tool.name));
	return {
		tools,
		tool_choice: one ? { ...choice, disable_parallel_tool_use: true } : choice,
		forced: choice.type === 'any' || choice.type === 'tool',
	};
}

function toTool(tool: Tool, index: number, target: WireTarget, names: SafeNames, warnings: Warnings): Fields & Marked {
	const schema = objectSchema(tool.parameters);
	const param = `tools[${index}].parameters`;
	if (!schema) throw invalid(param, `The arguments of '${tool.name}' must be described by a schema of type object.`);
	const strict = tool.strict === true && isNative(target);
	if (tool.strict && !strict) {
		warnings.add('tools', `This model can't be held to a tool's schema; 'strict' of '${tool.name}' was left out.`);
	}
	return {
		name: names.of(tool.name),
		...(tool.description && { description: tool.description }),
		input_schema: strict ? strictSchema(tool.name, schema, warnings) : schema,
		...(strict && { strict: true }),
		...cacheFields(tool.cache),
	};
}

function strictSchema(name: string, schema: JsonSchema, warnings: Warnings): JsonSchema {
	const { schema: sanitized, moved } = sanitizeSchema(schema);
	if (moved.length > 0) {
		warnings.add(
			'tools',
			`This provider does not enforce ${moved.join(', ')} of '${name}'; the model was told in words.`,
		);
	}
	return sanitized;
}

/** With an output tool the model must call something: that one, or one of the caller's first. */
function toChoice(
	request: ChatRequest,
	output: Output,
	names: SafeNames,
): { readonly type: string; readonly name?: string } | undefined {
	const choice = request.toolChoice;
	const offered = (request.tools?.length ?? 0) > 0;
	if (typeof choice === 'object') return { type: 'tool', name: names.of(choice.name) };
	if (output.tool) {
		return offered && choice !== 'none' ? { type: 'any' } : { type: 'tool', name: output.tool.name };
	}
	if (choice === undefined) return undefined;
	return { type: choice === 'required' ? 'any' : choice };
}

/** JSON output: native where the model has it, else by a forced tool, else in words. */
import type { ChatRequest, ResponseFormat, Tool, Warning } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { objectSchema, sanitizeSchema } from '../anthropic-messages/schema';
import { formatInstruction } from '../instruction';
import type { Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import type { Vendor } from './vendors';

/** How the asked-for output format is brought about. */
export interface Output {
	/** `outputConfig`. */
	readonly config?: Json;
	/** A further system text. */
	readonly instruction?: string;
	/** A tool, under its sent name, whose arguments are the answer. */
	readonly tool?: { readonly name: string; readonly spec: Json };
	/** Named in the answer though the format is kept, so that a strict request is not refused for it. */
	readonly note?: Warning;
}

type SchemaFormat = Extract<ResponseFormat, { type: 'json-schema' }>;

/** A model in no catalog is taken for a new one; only Claude's new ones are sure to have native schemas. */
export const hasSchemas = ({ traits }: WireTarget, vendor: Vendor): boolean =>
	traits.structuredOutput || (traits.known === false && vendor.reasoning === 'anthropic');

export function toOutput(
	request: ChatRequest,
	target: WireTarget,
	vendor: Vendor,
	names: ToolNames,
	warnings: Warnings,
): Output {
	const format = request.responseFormat;
	if (!format || format.type === 'text') return {};
	if (format.type === 'json') {
		warnings.add('responseFormat', 'Bedrock has no JSON mode; the model was told to answer in JSON.');
		return inWords(format);
	}
	if (hasSchemas(target, vendor)) return { config: { textFormat: nativeFormat(format, warnings) } };
	const schema = objectSchema(format.schema);
	if (schema && target.traits.tools !== false && vendor.choices.length > 0) {
		return forcedTool(format, schema, names, request.tools ?? []);
	}
	warnings.add('responseFormat', 'This model has no native schemas; it was told to follow the schema.');
	return inWords(format);
}

function inWords(format: ResponseFormat): Output {
	const instruction = formatInstruction(format);
	return instruction === undefined ? {} : { instruction };
}

function nativeFormat(format: SchemaFormat, warnings: Warnings): Json {
	const { schema, moved } = sanitizeSchema(format.schema);
	if (moved.length > 0) {
		warnings.add('responseFormat', `Bedrock does not enforce ${moved.join(', ')}; the model was told in words.`);
	}
	const name = format.name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'response';
	const jsonSchema = {
		schema: JSON.stringify(schema),
		name,
		...(format.description && { description: format.description }),
	};
	return { type: 'json_schema', structure: { jsonSchema } };
}

function forcedTool(format: SchemaFormat, schema: Json, names: ToolNames, tools: readonly Tool[]): Output {
	let own = `respond_${format.name}`;
	while (tools.some((tool) => tool.name === own)) own += '_';
	const name = names.sent(own);
	const description = format.description || 'Gives the final answer.';
	return {
		tool: { name, spec: { toolSpec: { name, description, inputSchema: { json: schema } } } },
		note: {
			field: 'responseFormat',
			message: `This model has no native schemas; the schema was sent as the forced tool '${name}'.`,
		},
	};
}

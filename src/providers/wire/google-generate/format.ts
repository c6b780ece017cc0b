/** JSON output: as a field where the model takes it beside the rest of the request, else in words. */
import type { ChatRequest, ResponseFormat } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { formatInstruction } from '../instruction';
import type { Json } from '../json';
import type { Warnings } from '../warnings';
import type { ModelLine } from './lines';
import { toSubset } from './schema';

export interface Format {
	/** Of `generationConfig`. */
	readonly fields: Json;
	/** What the model is told in place of a field. */
	readonly instructions: readonly string[];
}

const JSON_TYPE = { responseMimeType: 'application/json' };

export function toFormat(request: ChatRequest, { traits }: WireTarget, line: ModelLine, warnings: Warnings): Format {
	const format = request.responseFormat;
	if (!format || format.type === 'text') return { fields: {}, instructions: [] };
	if (clashes(request, line)) {
		return inWords(format, 'This model gives no JSON beside such tools; it was told in words.', warnings);
	}
	if (format.type === 'json') return { fields: JSON_TYPE, instructions: [] };
	if (!traits.structuredOutput && traits.known !== false) {
		return inWords(format, 'This model has no native schemas; it was told in words.', warnings);
	}
	return { fields: { ...JSON_TYPE, ...schemaField(format, line, warnings) }, instructions: [] };
}

/** "Function calling with a response mime type: 'application/json' is unsupported"; from Gemini 3 on only if forced. */
function clashes({ tools = [], toolChoice }: ChatRequest, line: ModelLine): boolean {
	if (tools.length === 0) return false;
	return !line.jsonWithTools || toolChoice === 'required' || typeof toolChoice === 'object';
}

function inWords(format: ResponseFormat, why: string, warnings: Warnings): Format {
	warnings.add('responseFormat', why);
	return { fields: {}, instructions: [formatInstruction(format) ?? ''] };
}

function schemaField(
	{ schema, description }: Extract<ResponseFormat, { type: 'json-schema' }>,
	line: ModelLine,
	warnings: Warnings,
): Json {
	const described = description && !schema.description ? { ...schema, description } : schema;
	if (line.jsonSchema) return { responseJsonSchema: described };
	const { schema: subset, moved } = toSubset(described);
	if (moved.length > 0) {
		warnings.add('responseFormat', `This model does not enforce ${moved.join(', ')}; it was told in words.`);
	}
	return { responseSchema: subset };
}

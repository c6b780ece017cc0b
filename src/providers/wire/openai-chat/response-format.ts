import { speaksOfJson } from '../../../language/json-mode';
import type { Message } from '../../../language/message';
import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { formatInstruction } from '../instruction';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

/** Any object: what JSON mode promises, as a schema. */
const ANY_OBJECT: Json = { type: 'json_schema', json_schema: { name: 'object', schema: { type: 'object' } } };

/** `response_format`; `text` is every server's default and is not sent. */
export function formatFields({ responseFormat }: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	switch (responseFormat?.type) {
		case 'json':
			return jsonField(target, warnings);
		case 'json-schema': {
			const { type: _type, name, ...schema } = responseFormat;
			if (takesSchemas(target))
				return { response_format: { type: 'json_schema', json_schema: { name: schemaName(name), ...schema } } };
			return schemaless(target, warnings);
		}
		default:
			return {};
	}
}

/** OpenAI: `^[a-zA-Z0-9_-]{1,64}$`. */
export const schemaName = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'response';

function jsonField({ quirks, model }: WireTarget, warnings: Warnings): Json {
	if (quirks.jsonModes === 'schema') return { response_format: ANY_OBJECT };
	if (quirks.jsonModes !== 'none') return { response_format: { type: 'json_object' } };
	warnings.add('responseFormat', `${model} has no JSON mode here; sent as an instruction.`);
	return {};
}

/** JSON mode where there is one; the schema itself is in the instruction. */
function schemaless({ quirks, model }: WireTarget, warnings: Warnings): Json {
	const instruction = quirks.jsonModes === 'none' ? 'an instruction' : 'JSON mode with an instruction';
	warnings.add('responseFormat', `${model} has no native schemas; sent as ${instruction}.`);
	if (quirks.jsonModes === 'none') return {};
	return { response_format: quirks.jsonModes === 'schema' ? ANY_OBJECT : { type: 'json_object' } };
}

/** What there is no field for, in words. */
export function formatWords(request: ChatRequest, target: WireTarget): readonly string[] {
	const { responseFormat } = request;
	if (responseFormat?.type === 'json' && target.quirks.jsonModes !== 'none') return jsonWords(request);
	const words = takesSchemas(target) ? undefined : formatInstruction(responseFormat);
	return words === undefined ? [] : [words];
}

/** In words, where nobody else speaks of it: it would be refused. */
export function jsonWords({ responseFormat, messages }: ChatRequest): readonly string[] {
	const words = responseFormat?.type === 'json' ? formatInstruction(responseFormat) : undefined;
	return words === undefined || messages.some(asksForJson) ? [] : [words];
}

const asksForJson = (message: Message): boolean => message.role !== 'assistant' && speaksOfJson(message);

const takesSchemas = ({ quirks, traits }: WireTarget): boolean =>
	(quirks.jsonModes === undefined || quirks.jsonModes === 'schema') &&
	(traits.structuredOutput || traits.known === false);

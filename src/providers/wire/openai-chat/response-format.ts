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
			const { type: _type, ...schema } = responseFormat;
			if (takesSchemas(target)) return { response_format: { type: 'json_schema', json_schema: schema } };
			return schemaless(target, warnings);
		}
		default:
			return {};
	}
}

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
export function formatWords({ responseFormat }: ChatRequest, target: WireTarget): readonly string[] {
	const said = responseFormat?.type === 'json' ? target.quirks.jsonModes !== 'none' : takesSchemas(target);
	const words = said ? undefined : formatInstruction(responseFormat);
	return words === undefined ? [] : [words];
}

const takesSchemas = ({ quirks, traits }: WireTarget): boolean =>
	(quirks.jsonModes === undefined || quirks.jsonModes === 'schema') &&
	(traits.structuredOutput || traits.known === false);

import type { Message } from '../../../language/message';
import type { ChatRequest } from '../../../language/request';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

/** `response_format`; `text` is every server's default and is not sent. */
export function formatFields({ responseFormat }: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	switch (responseFormat?.type) {
		case 'json':
			return { response_format: { type: 'json_object' } };
		case 'json-schema': {
			const { type: _type, ...schema } = responseFormat;
			if (takesSchemas(target)) return { response_format: { type: 'json_schema', json_schema: schema } };
			warnings.add('responseFormat', `${target.model} has no native schemas; sent as JSON mode with an instruction.`);
			return { response_format: { type: 'json_object' } };
		}
		default:
			return {};
	}
}

/** The messages, with the schema in the system message where it can't be sent as a field. */
export function instructed({ messages, responseFormat }: ChatRequest, target: WireTarget): readonly Message[] {
	if (responseFormat?.type !== 'json-schema' || takesSchemas(target)) return messages;
	const schema = JSON.stringify(responseFormat.schema);
	const text = `Answer with one JSON value that fits this JSON Schema, and nothing else:\n${schema}`;
	const [first, ...rest] = messages;
	if (first?.role !== 'system') return [{ role: 'system', content: [{ type: 'text', text }] }, ...messages];
	const last = first.content.at(-1);
	const before = first.content.slice(0, -1);
	return [{ ...first, content: [...before, { type: 'text', text: last ? `${last.text}\n\n${text}` : text }] }, ...rest];
}

const takesSchemas = ({ quirks, traits }: WireTarget): boolean =>
	!quirks.jsonObjectOnly && (traits.structuredOutput || traits.known === false);

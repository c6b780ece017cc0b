import type { ChatRequest } from '../../../language/request';
import type { Json } from '../json';
import { schemaName } from '../openai-chat/response-format';

/** `text.format`; plain text is the default and is not sent. */
export function formatField({ responseFormat }: ChatRequest): Json {
	switch (responseFormat?.type) {
		case 'json':
			return { text: { format: { type: 'json_object' } } };
		case 'json-schema': {
			const { name, schema, description, strict } = responseFormat;
			const format = {
				type: 'json_schema',
				name: schemaName(name),
				...(description !== undefined && { description }),
				schema,
			};
			return { text: { format: { ...format, strict: strict ?? false } } };
		}
		default:
			return {};
	}
}

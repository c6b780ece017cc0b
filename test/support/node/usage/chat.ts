/** Recorded bodies of Cohere's and Ollama's own chat APIs in the canonical form: Chat Completions but for details. */
import type { AssistantPart, FilePart, Message, TextPart } from '../../../../src/language/message';
import type { ChatRequest, JsonSchema, Tool } from '../../../../src/language/request';
import { arrayOf, isObject, type Json, objectOf } from '../../../../src/providers/wire/json';

const list = (value: unknown): Json[] => arrayOf(value).filter(isObject);

const texts = (content: unknown): readonly TextPart[] =>
	typeof content === 'string'
		? [{ type: 'text', text: content }]
		: list(content).map((block) => ({ type: 'text', text: String(block.text) }));

function callPart(call: Json): AssistantPart {
	const { name, arguments: args } = objectOf(call.function) ?? {};
	const written = typeof args === 'string' ? args : JSON.stringify(args);
	return { type: 'tool-call', id: String(call.id ?? ''), name: String(name), arguments: written };
}

function messageOf(turn: Json): Message {
	const content = texts(turn.content);
	switch (turn.role) {
		case 'system':
			return { role: 'system', content };
		case 'assistant':
			return { role: 'assistant', content: [...content, ...list(turn.tool_calls).map(callPart)] };
		case 'tool':
			return { role: 'tool', callId: String(turn.tool_call_id ?? ''), content };
		default:
			return { role: 'user', content };
	}
}

function toolOf(tool: Json): Tool {
	const { name, description, parameters } = objectOf(tool.function) ?? {};
	return { name: String(name), description: String(description ?? ''), parameters: (parameters ?? {}) as JsonSchema };
}

function documentOf(document: Json): FilePart {
	const { title, text } = objectOf(document.data) ?? {};
	const data = Buffer.from(String(text)).toString('base64');
	return { type: 'file', source: { kind: 'data', mediaType: 'text/plain', data }, filename: String(title) };
}

export function plainChatRequest(body: Json): ChatRequest {
	const tools = list(body.tools).map(toolOf);
	const documents = list(body.documents).map(documentOf);
	const schema = objectOf(objectOf(body.response_format)?.json_schema) as JsonSchema | undefined;
	const messages = list(body.messages).map(messageOf);
	return {
		messages: documents.length > 0 ? [{ role: 'user', content: documents }, ...messages] : messages,
		...(tools.length > 0 && { tools }),
		...(schema && { responseFormat: { type: 'json-schema', name: 'answer', schema } }),
	};
}

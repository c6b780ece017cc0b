/** A recorded body of Converse in the canonical form. */
import type { AssistantPart, Message, TextPart, UserPart } from '../../../../src/language/message';
import type { ChatRequest, JsonSchema, Tool } from '../../../../src/language/request';
import { arrayOf, isObject, type Json, objectOf } from '../../../../src/providers/wire/json';

const list = (value: unknown): Json[] => arrayOf(value).filter(isObject);
const text = (value: unknown): TextPart => ({ type: 'text', text: String(value) });

function assistantPart(block: Json): AssistantPart {
	const call = objectOf(block.toolUse);
	if (call) {
		const { toolUseId, name, input } = call;
		return { type: 'tool-call', id: String(toolUseId), name: String(name), arguments: JSON.stringify(input) };
	}
	const thought = objectOf(objectOf(block.reasoningContent)?.reasoningText);
	if (thought) return { type: 'reasoning', text: String(thought.text), signature: String(thought.signature) };
	return text(block.text);
}

function userPart(block: Json): UserPart[] {
	if (typeof block.text === 'string') return [text(block.text)];
	const document = objectOf(block.document);
	const data = objectOf(document?.source)?.text;
	if (!document || typeof data !== 'string') return [];
	const source = { kind: 'data', mediaType: 'text/plain', data: Buffer.from(data).toString('base64') } as const;
	return [{ type: 'file', source, filename: String(document.name), citations: document.citations !== undefined }];
}

function messagesOf(turn: Json): Message[] {
	const blocks = list(turn.content);
	if (turn.role === 'assistant') return [{ role: 'assistant', content: blocks.map(assistantPart) }];
	const results = blocks.flatMap((block): Message[] => {
		const result = objectOf(block.toolResult);
		if (!result) return [];
		const content = list(result.content).map((part) => text(part.text ?? JSON.stringify(part.json)));
		return [{ role: 'tool', callId: String(result.toolUseId), content }];
	});
	const said = blocks.flatMap(userPart);
	return [...results, ...(said.length > 0 ? [{ role: 'user', content: said } as const] : [])];
}

function toolOf(tool: Json): Tool {
	const { name, description, inputSchema } = objectOf(tool.toolSpec) ?? {};
	const parameters = (objectOf(inputSchema)?.json ?? {}) as JsonSchema;
	return { name: String(name), description: String(description ?? ''), parameters };
}

export function bedrockRequest(body: Json): ChatRequest {
	const system = list(body.system).flatMap((block) => (typeof block.text === 'string' ? [text(block.text)] : []));
	const tools = list(objectOf(body.toolConfig)?.tools).map(toolOf);
	const schema = objectOf(objectOf(objectOf(objectOf(body.outputConfig)?.textFormat)?.structure)?.jsonSchema);
	const thinking = objectOf(objectOf(body.additionalModelRequestFields)?.thinking);
	return {
		messages: [
			...(system.length > 0 ? [{ role: 'system', content: system } as const] : []),
			...list(body.messages).flatMap(messagesOf),
		],
		...(tools.length > 0 && { tools }),
		...(thinking && { reasoning: thinking.type === 'adaptive' ? { effort: 'high' } : { budgetTokens: 1_024 } }),
		...(schema && {
			responseFormat: {
				type: 'json-schema',
				name: String(schema.name),
				description: String(schema.description ?? ''),
				schema: JSON.parse(String(schema.schema)),
			},
		}),
	};
}

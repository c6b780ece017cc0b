import { type GatewayError, invalid } from '../../../errors';
import { exactJson } from '../../../language/exact-json';
import type {
	AssistantMessage,
	ImagePart,
	Message,
	TextPart,
	ToolCallPart,
	ToolMessage,
	UserMessage,
} from '../../../language/message';
import { isObject, type Json } from '../json';
import { thoughtsOf } from '../plain-reasoning';

/** The conversation in Ollama's form: content is one string. Throws `invalid_request` naming a part it can't be given. */
export function wireMessages(messages: readonly Message[]): Json[] {
	const toolOf = toolNames(messages);
	return messages.map((message, at) => wireMessage(message, at, toolOf));
}

function wireMessage(message: Message, at: number, toolOf: ReadonlyMap<string, string>): Json {
	switch (message.role) {
		case 'system':
			return { role: 'system', content: textOf(message.content) };
		case 'user':
			return userMessage(message, at);
		case 'assistant':
			return assistantMessage(message);
		case 'tool':
			return toolMessage(message, at, toolOf.get(message.callId));
	}
}

/** Results are told apart by their tool's name, which only the call itself has. */
const toolNames = (messages: readonly Message[]): ReadonlyMap<string, string> =>
	new Map(
		messages.flatMap(({ role, content }) =>
			role === 'assistant' ? content.flatMap((part) => (part.type === 'tool-call' ? [[part.id, part.name]] : [])) : [],
		),
	);

const textOf = (parts: readonly Pick<TextPart, 'text'>[]): string => parts.map((part) => part.text).join('\n');

function userMessage({ content }: UserMessage, at: number): Json {
	const texts: TextPart[] = [];
	const images: string[] = [];
	for (const [place, part] of content.entries()) {
		const param = `messages[${at}].content[${place}]`;
		if (part.type === 'text') texts.push(part);
		else if (part.type === 'image') images.push(imageData(part, param));
		else throw notTaken(param, `${part.type} parts`);
	}
	return { role: 'user', content: textOf(texts), ...(images.length > 0 && { images }) };
}

/** Base64 without the `data:` prefix. */
function imageData({ source }: ImagePart, param: string): string {
	if (source.kind === 'data') return source.data;
	throw notTaken(param, source.kind === 'url' ? 'images by URL' : 'images by file id');
}

const notTaken = (param: string, what: string): GatewayError =>
	invalid(param, `This provider does not take ${what}; send text, or an image's data.`);

/** Text that a tool call interrupted is one text here; a refusal is text. */
function assistantMessage(message: AssistantMessage): Json {
	const calls = message.content.filter((part) => part.type === 'tool-call');
	const said = message.content.filter((part) => part.type === 'text' || part.type === 'refusal');
	const thinking = thoughtsOf(message);
	return {
		role: 'assistant',
		content: said.map((part) => part.text).join(''),
		...(thinking !== '' && { thinking }),
		...(calls.length > 0 && { tool_calls: calls.map(wireCall) }),
	};
}

const wireCall = (call: ToolCallPart): Json => ({
	id: call.id,
	function: { name: call.name, arguments: argumentsOf(call.arguments) },
});

/** An object is required; what a model wrote otherwise is kept where it can still be read. */
function argumentsOf(text: string): Json {
	const parsed = text.trim() === '' ? null : exactJson(text);
	if (isObject(parsed)) return parsed;
	return parsed === null ? {} : { raw_arguments: text };
}

function toolMessage({ callId, content }: ToolMessage, at: number, name: string | undefined): Json {
	const images = content.flatMap((part, place) =>
		part.type === 'image' ? imageData(part, `messages[${at}].content[${place}]`) : [],
	);
	return {
		role: 'tool',
		content: textOf(content.filter((part) => part.type === 'text')),
		...(images.length > 0 && { images }),
		...(name !== undefined && { tool_name: name }),
		tool_call_id: callId,
	};
}

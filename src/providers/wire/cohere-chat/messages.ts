import { invalid } from '../../../errors';
import type {
	AssistantMessage,
	ImagePart,
	Message,
	TextPart,
	ToolCallPart,
	ToolMessage,
	UserMessage,
} from '../../../language/message';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import { thoughtsOf } from '../plain-reasoning';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';

interface Context {
	readonly target: WireTarget;
	readonly names: ToolNames;
	readonly warnings: Warnings;
}

/** The conversation in Cohere's form. Throws `invalid_request` naming a part it can't be given. */
export function wireMessages(messages: readonly Message[], context: Context): Json[] {
	const sent: Json[] = [];
	let images: Json[] = [];
	for (const [at, message] of messages.entries()) {
		if (message.role !== 'tool') images = flushImages(images, sent, context);
		sent.push(wireMessage(message, at, context));
		if (message.role === 'tool') images.push(...resultImages(message, at));
	}
	flushImages(images, sent, context);
	return sent;
}

function wireMessage(message: Message, at: number, context: Context): Json {
	switch (message.role) {
		case 'system':
			return { role: 'system', content: textContent(message.content) };
		case 'user':
			return userMessage(message, at);
		case 'assistant':
			return assistantMessage(message, context);
		case 'tool':
			return toolMessage(message);
	}
}

const textBlock = ({ text }: Pick<TextPart, 'text'>): Json => ({ type: 'text', text });

/** One string where that says it all. */
const textContent = (parts: readonly TextPart[]): string | Json[] =>
	parts.length <= 1 ? (parts[0]?.text ?? '') : parts.map(textBlock);

function userMessage({ content }: UserMessage, at: number): Json {
	const texts = content.filter((part) => part.type === 'text');
	if (texts.length === content.length) return { role: 'user', content: textContent(texts) };
	const blocks = content.map((part, place) => {
		const param = `messages[${at}].content[${place}]`;
		if (part.type === 'text') return textBlock(part);
		if (part.type === 'image') return imageBlock(part, param);
		throw invalid(param, `This provider does not take ${part.type} parts; send text or images.`);
	});
	return { role: 'user', content: blocks };
}

/** `original` is OpenAI's alone; `high` is the most there is here. */
function imageBlock({ source, detail }: Pick<ImagePart, 'source' | 'detail'>, param: string): Json {
	if (source.kind === 'file-id') {
		throw invalid(param, 'This provider does not take images by file id; send a URL or the data.');
	}
	const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
	const level = detail === 'original' ? 'high' : detail;
	return { type: 'image_url', image_url: { url, ...(level !== undefined && { detail: level }) } };
}

/** Thoughts ahead of tool calls are the plan of those; others are blocks, which only models that think know. */
function assistantMessage(message: AssistantMessage, { target, names }: Context): Json {
	const calls = message.content.filter((part) => part.type === 'tool-call');
	const said = message.content.filter((part) => part.type === 'text' || part.type === 'refusal');
	const text = said.map((part) => part.text).join('');
	const thoughts = thoughtsOf(message);
	if (calls.length > 0) {
		return {
			role: 'assistant',
			...(text !== '' && { content: text }),
			...(thoughts !== '' && { tool_plan: thoughts }),
			tool_calls: calls.map((call) => wireCall(call, names)),
		};
	}
	if (thoughts === '' || !target.traits.reasoning) return { role: 'assistant', content: text };
	return { role: 'assistant', content: [{ type: 'thinking', thinking: thoughts }, textBlock({ text })] };
}

const wireCall = (call: ToolCallPart, names: ToolNames): Json => ({
	id: call.id,
	type: 'function',
	function: { name: names.sent(call.name), arguments: call.arguments || '{}' },
});

function toolMessage({ callId, content }: ToolMessage): Json {
	const texts = content.filter((part) => part.type === 'text');
	return { role: 'tool', tool_call_id: callId, content: texts.map((part) => part.text).join('\n') };
}

const resultImages = ({ content }: ToolMessage, at: number): Json[] =>
	content.flatMap((part, place) =>
		part.type === 'image' ? [imageBlock(part, `messages[${at}].content[${place}]`)] : [],
	);

/** Tool messages hold text alone: images follow in a user message once the run of results is over. */
function flushImages(images: readonly Json[], sent: Json[], { warnings }: Context): Json[] {
	if (images.length > 0) {
		warnings.add('tools', 'Images in tool results were sent in a user message after them.');
		sent.push({ role: 'user', content: images });
	}
	return [];
}

import type {
	AssistantMessage,
	AssistantPart,
	ImagePart,
	Message,
	ReasoningPart,
	TextPart,
	ToolCallPart,
	ToolMessage,
	UserMessage,
} from '../../../language/message';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import { imagePart, textContent, userContent } from './content';
import { unsealDetail } from './reasoning-details';

interface Context {
	readonly target: WireTarget;
	readonly names: ToolNames;
	readonly warnings: Warnings;
}

/** The conversation in OpenAI's form. Throws `invalid_request` for content the provider can't be given. */
export function wireMessages(messages: readonly Message[], context: Context): Json[] {
	const sent: Json[] = [];
	let images: ImagePart[] = [];
	for (const message of messages) {
		if (message.role !== 'tool') images = flushImages(images, sent, context);
		sent.push(wireMessage(message, context));
		if (message.role === 'tool') images.push(...message.content.filter((part) => part.type === 'image'));
	}
	flushImages(images, sent, context);
	return sent;
}

function wireMessage(message: Message, context: Context): Json {
	switch (message.role) {
		case 'system':
			return { role: systemRole(context.target), content: textContent(message.content, context.target) };
		case 'user':
			return userMessage(message, context);
		case 'assistant':
			return assistantMessage(message, context);
		case 'tool':
			return toolMessage(message);
	}
}

const systemRole = ({ quirks, traits }: WireTarget): string =>
	quirks.developerRole && traits.reasoning && traits.known !== false ? 'developer' : 'system';

function userMessage({ content, name }: UserMessage, { target, warnings }: Context): Json {
	const named = name !== undefined && !target.quirks.unsupported?.includes('messageName');
	if (name !== undefined && !named)
		warnings.add('messages.name', `${target.providerId} takes no names in messages; left out.`);
	return { role: 'user', content: userContent(content, target), ...(named && { name }) };
}

function assistantMessage({ content }: AssistantMessage, { target, names }: Context): Json {
	const asField = target.quirks.refusalField === true;
	const refusal = content.flatMap((part) => (part.type === 'refusal' && asField ? part.text : [])).join('');
	const calls = content.filter((part) => part.type === 'tool-call');
	const reasoning = content.filter((part) => part.type === 'reasoning');
	return {
		role: 'assistant',
		content: assistantText(spokenParts(content, asField), target) || (calls.length > 0 || refusal ? null : ''),
		...(refusal && { refusal }),
		...replay(reasoning, calls.length > 0, target),
		...(calls.length > 0 && { tool_calls: calls.map((call) => wireCall(call, names)) }),
	};
}

/** What the model said; a refusal too, where it has no field of its own. */
function spokenParts(content: readonly AssistantPart[], refusalField: boolean): TextPart[] {
	return content.flatMap((part): TextPart[] => {
		if (part.type === 'text') return [part];
		return part.type === 'refusal' && !refusalField ? [{ type: 'text', text: part.text }] : [];
	});
}

/** Joined: text that a tool call interrupted is one text here. Parts only where a cache breakpoint needs them. */
function assistantText(parts: readonly TextPart[], target: WireTarget): string | Json[] {
	if (target.quirks.cacheControl && parts.some((part) => part.cache)) return textContent(parts, target);
	return parts.map((part) => part.text).join('');
}

const wireCall = (call: ToolCallPart, names: ToolNames): Json => ({
	id: call.id,
	type: 'function',
	function: { name: names.sent(call.name), arguments: call.arguments || '{}' },
});

/** Reasoning goes back only where the provider has a field for it; elsewhere it was for the reader alone. */
function replay(parts: readonly ReasoningPart[], called: boolean, { quirks, traits }: WireTarget): Json {
	switch (quirks.reasoningReplay) {
		case 'reasoning_content': {
			const text = parts.map((part) => part.text).join('');
			// DeepSeek refuses a tool call without the field, even an empty one, while it thinks.
			return text !== '' || (called && traits.reasoning) ? { reasoning_content: text } : {};
		}
		case 'reasoning_details':
			return parts.length > 0 ? { reasoning_details: parts.map(unsealDetail) } : {};
		default:
			return {};
	}
}

/** There is no field for `isError`: the content says what went wrong. */
function toolMessage({ callId, content }: ToolMessage): Json {
	const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
	return { role: 'tool', tool_call_id: callId, content: text };
}

/** Tool messages hold text alone: images follow in a user message once the run of results is over. */
function flushImages(images: readonly ImagePart[], sent: Json[], { target, warnings }: Context): ImagePart[] {
	if (images.length === 0) return [];
	const content = images.map((part) => imagePart(part, target));
	warnings.add('messages', 'Images in tool results were sent in a user message after them.');
	sent.push({ role: 'user', content });
	return [];
}

/** OpenAI's messages in the canonical form, one for each. */
import { invalid } from '../../errors';
import { present } from '../../http/present';
import type {
	AssistantPart,
	CacheBreakpoint,
	ImagePart,
	Message,
	ReasoningPart,
	TextPart,
	ToolCallPart,
	ToolMessage,
	UserPart,
} from '../../language/message';
import { signed } from '../../language/signature';
import { keeping } from '../extension';
import { FunctionCalls } from './function-calls';
import { fileSource, imageSource } from './media';
import type { AssistantBody, CacheControl, ContentPart, MessageBody } from './message-schema';
import { callSignature, reasoningParts } from './reasoning';
import { cacheOf } from './tools';

type PartBody<T extends ContentPart['type']> = Extract<ContentPart, { type: T }>;
type Marked = PartBody<'text' | 'image_url' | 'file'>;

const cached = (part: Marked): { cache?: CacheBreakpoint } =>
	part.cache_control ? cacheOf(part.cache_control) : part.prompt_cache_breakpoint ? { cache: true } : {};

const textPart = (part: PartBody<'text'>): TextPart => ({ type: 'text', text: part.text, ...cached(part) });

function imagePart(part: PartBody<'image_url'>, param: string): ImagePart {
	const source = imageSource(part.image_url.url, `${param}.image_url.url`);
	return { type: 'image', source, ...present({ detail: part.image_url.detail }), ...cached(part) };
}

function filePart(part: PartBody<'file'>, param: string): UserPart {
	const { file_data: data, file_id: id, filename } = part.file;
	if (Boolean(data) === Boolean(id))
		throw invalid(`${param}.file`, `${param}.file: expected file_data or file_id, and not both.`);
	const named = present({ filename });
	const source = data ? fileSource(data, named.filename, `${param}.file.file_data`) : fileId(id);
	return { type: 'file', source, ...named, ...cached(part) };
}

const fileId = (id: string | null | undefined) => ({ kind: 'file-id', id: id ?? '' }) as const;

function userPart(part: ContentPart, param: string): UserPart {
	switch (part.type) {
		case 'text':
			return textPart(part);
		case 'image_url':
			return imagePart(part, param);
		case 'input_audio':
			return { type: 'audio', data: part.input_audio.data, format: part.input_audio.format };
		case 'file':
			return filePart(part, param);
	}
}

/** May be empty: what says nothing is left out for every provider, and named. */
function assistantParts(message: AssistantBody, calls: readonly ToolCallPart[]): AssistantPart[] {
	const asked = message.tool_calls ?? [];
	const signatures = asked.map((call) => {
		const opaque = call.extra_content?.google?.thought_signature;
		return opaque ? signed('google', opaque) : null;
	});
	// The same signature may come twice: beside its call, which says where it belongs, and among the details.
	const isBeside = (part: ReasoningPart): boolean =>
		callSignature(part) !== null && signatures.includes(part.signature ?? null);
	const parts: AssistantPart[] = reasoningParts(message).filter((part) => !isBeside(part));
	for (const part of message.content ?? []) {
		if (part.type === 'refusal') parts.push({ type: 'refusal', text: part.refusal });
		// An empty text beside tool calls is how some clients write "none".
		else if (part.text !== '' || calls.length === 0) parts.push(textPart(part));
	}
	if (message.refusal) parts.push({ type: 'refusal', text: message.refusal });
	calls.forEach((call, at) => {
		const signature = signatures[at];
		if (signature) parts.push({ type: 'reasoning', text: '', signature });
		parts.push(call);
	});
	return parts;
}

function assistantMessage(message: AssistantBody, index: number, functions: FunctionCalls): Message {
	const calls = (message.tool_calls ?? []).map(
		({ id, function: { name, arguments: text } }): ToolCallPart => ({
			type: 'tool-call',
			id,
			name,
			arguments: text || '{}',
		}),
	);
	if (message.function_call) calls.push(functions.asked(message.function_call, index));
	return { role: 'assistant', content: assistantParts(message, calls) };
}

function toolMessage(callId: string, content: ToolMessage['content']): ToolMessage {
	return { role: 'tool', callId, content: content.length > 0 ? content : [{ type: 'text', text: '' }] };
}

function messageOf(message: MessageBody, index: number, functions: FunctionCalls): Message {
	const at = (part: number): string => `messages[${index}].content[${part}]`;
	switch (message.role) {
		case 'system':
		case 'developer':
			return { role: 'system', content: message.content.map(textPart) };
		case 'user':
			return {
				role: 'user',
				content: message.content.map((part, number) => userPart(part, at(number))),
				...present({ name: message.name }),
			};
		case 'assistant':
			return assistantMessage(message, index, functions);
		case 'tool':
			return toolMessage(
				message.tool_call_id,
				(message.content ?? []).map((part, number) =>
					part.type === 'text' ? textPart(part) : imagePart(part, at(number)),
				),
			);
		case 'function':
			return toolMessage(functions.answered(message.name), [{ type: 'text', text: message.content ?? '' }]);
	}
}

/** A breakpoint of a whole message stands after its last part. */
function marked(message: Message, control: CacheControl | null | undefined): Message {
	const last = message.content.at(-1);
	if (!control || !(last?.type === 'text' || last?.type === 'image' || last?.type === 'file')) return message;
	const content = [...message.content.slice(0, -1), { ...last, ...cacheOf(control) }];
	return { ...message, content } as Message;
}

/** Throws `invalid_request` naming the field, e.g. `messages[0].content[1].image_url.url`. */
export function messagesOf(messages: readonly MessageBody[]): Message[] {
	const functions = new FunctionCalls();
	return messages.map((message, index) => {
		const canonical = messageOf(message, index, functions);
		const own = message.role === 'function' ? canonical : marked(canonical, message.cache_control);
		return keeping(own, message.switchyard);
	});
}

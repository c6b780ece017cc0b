/** Input items in the canonical form: what the model said in a row is one message. */
import { invalid } from '../../errors';
import { present } from '../../http/present';
import type {
	AssistantPart,
	FilePart,
	ImagePart,
	Message,
	TextPart,
	ToolResultPart,
	UserPart,
} from '../../language/message';
import { fileSource, imageSource } from '../openai-chat/media';
import type { InputItem, InputPart, ReasoningBody } from './item-schema';
import { reasoningPart } from './sealed';

type Of<T extends InputPart['type']> = Extract<InputPart, { type: T }>;
type MessageItem = Extract<InputItem, { type: 'message' }>;
type AssistantItem = Extract<MessageItem, { role: 'assistant' }>;

const cached = (part: { readonly prompt_cache_breakpoint?: unknown }): { cache?: true } =>
	part.prompt_cache_breakpoint ? { cache: true } : {};

const textPart = (part: Of<'input_text'>): TextPart => ({ type: 'text', text: part.text, ...cached(part) });

function imagePart(part: Of<'input_image'>, param: string): ImagePart {
	const { image_url: url, file_id: id } = part;
	if (!url && !id) throw invalid(param, `${param}: expected image_url or file_id.`);
	const source = url ? imageSource(url, `${param}.image_url`) : { kind: 'file-id' as const, id: id ?? '' };
	return { type: 'image', source, ...present({ detail: part.detail }), ...cached(part) };
}

function filePart(part: Of<'input_file'>, param: string): FilePart {
	const { file_data: data, file_url: url, file_id: id } = part;
	const named = present({ filename: part.filename });
	const more = { ...named, ...cached(part) };
	if (data) return { type: 'file', source: fileSource(data, named.filename, `${param}.file_data`), ...more };
	if (url) return { type: 'file', source: imageSource(url, `${param}.file_url`), ...more };
	if (id) return { type: 'file', source: { kind: 'file-id', id }, ...more };
	throw invalid(param, `${param}: expected file_data, file_url or file_id.`);
}

function userPart(part: InputPart, param: string): UserPart {
	switch (part.type) {
		case 'input_text':
			return textPart(part);
		case 'input_image':
			return imagePart(part, param);
		case 'input_file':
			return filePart(part, param);
		case 'input_audio':
			return { type: 'audio', data: part.input_audio.data, format: part.input_audio.format };
	}
}

const resultPart = (part: Of<'input_text' | 'input_image'>, param: string): ToolResultPart =>
	part.type === 'input_text' ? textPart(part) : imagePart(part, param);

const spokenParts = ({ content, phase }: AssistantItem): AssistantPart[] =>
	content.map((part) =>
		part.type === 'refusal'
			? { type: 'refusal', text: part.refusal }
			: { type: 'text', text: part.text, ...present({ phase }) },
	);

/** Null: the item names something stored elsewhere and holds nothing of it. */
function thought({ summary, content, encrypted_content: encrypted }: ReasoningBody): AssistantPart | null {
	const pieces = summary?.length ? summary : (content ?? []);
	const text = pieces.map((piece) => piece.text).join('\n\n');
	return text === '' && !encrypted ? null : reasoningPart(text, encrypted);
}

/** What the model said, undefined where somebody else spoke. */
function assistantParts(item: InputItem): readonly AssistantPart[] | undefined {
	switch (item.type) {
		case 'message':
			return item.role === 'assistant' ? spokenParts(item) : undefined;
		case 'function_call':
			return [{ type: 'tool-call', id: item.call_id, name: item.name, arguments: item.arguments || '{}' }];
		case 'reasoning': {
			const part = thought(item);
			return part ? [part] : [];
		}
		case 'function_call_output':
			return undefined;
	}
}

function otherMessage(item: InputItem, param: string): Message | null {
	if (item.type === 'function_call_output') {
		const content = item.output.map((part, at) => resultPart(part, `${param}.output[${at}]`));
		return { role: 'tool', callId: item.call_id, content };
	}
	if (item.type !== 'message' || item.role === 'assistant') return null;
	if (item.role !== 'user') return { role: 'system', content: item.content.map(textPart) };
	return { role: 'user', content: item.content.map((part, at) => userPart(part, `${param}.content[${at}]`)) };
}

/** Throws `invalid_request` naming the field, e.g. `input[0].content[1].image_url`. */
export function messagesOf(items: readonly InputItem[]): Message[] {
	const messages: Message[] = [];
	let said: AssistantPart[] = [];
	const flush = (): void => {
		if (said.length > 0) messages.push({ role: 'assistant', content: said });
		said = [];
	};
	for (const [at, item] of items.entries()) {
		const parts = assistantParts(item);
		if (parts) {
			said.push(...parts);
			continue;
		}
		flush();
		const message = otherMessage(item, `input[${at}]`);
		if (message) messages.push(message);
	}
	flush();
	return messages;
}

/** Reasoning items that hold nothing: without a store, an id alone is lost. */
export const hasEmptyReasoning = (items: readonly InputItem[]): boolean =>
	items.some((item) => item.type === 'reasoning' && thought(item) === null);

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
import { type Kept, keeping } from '../extension';
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

/** The first and last item of `input` that became a message. */
export type Items = readonly [first: number, last: number];

export interface Conversation {
	readonly messages: readonly Message[];
	/** One for each message. */
	readonly items: readonly Items[];
}

const keptOf = (item: InputItem): Kept | null => ('switchyard' in item ? (item.switchyard ?? null) : null);

/** Of items that are one message: what any of them says holds for it, the highest priority counts. */
function together(one: Kept | null, other: Kept | null): Kept | null {
	if (!one || !other) return one ?? other;
	const priorities = [one.priority, other.priority].filter((priority) => typeof priority === 'number');
	return {
		pinned: Boolean(one.pinned || other.pinned),
		...(priorities.length > 0 && { priority: Math.max(...priorities) }),
	};
}

class Builder {
	readonly messages: Message[] = [];
	readonly items: Items[] = [];
	#said: AssistantPart[] = [];
	#kept: Kept | null = null;
	#from = 0;

	item(item: InputItem, at: number): void {
		const parts = assistantParts(item);
		if (!parts) {
			this.flush(at);
			const message = otherMessage(item, `input[${at}]`);
			if (message) this.#add(keeping(message, keptOf(item)), [at, at]);
			return;
		}
		if (this.#said.length === 0) this.#from = at;
		this.#said.push(...parts);
		this.#kept = together(this.#kept, keptOf(item));
	}

	/** `end`: the item after the last that the model said. */
	flush(end: number): void {
		if (this.#said.length > 0) {
			const message: Message = { role: 'assistant', content: this.#said };
			this.#add(keeping(message, this.#kept), [this.#from, end - 1]);
		}
		this.#said = [];
		this.#kept = null;
	}

	#add(message: Message, items: Items): void {
		this.messages.push(message);
		this.items.push(items);
	}
}

/** Throws `invalid_request` naming the field, e.g. `input[0].content[1].image_url`. */
export function conversationOf(items: readonly InputItem[]): Conversation {
	const builder = new Builder();
	for (const [at, item] of items.entries()) builder.item(item, at);
	builder.flush(items.length);
	return { messages: builder.messages, items: builder.items };
}

/** Reasoning items that hold nothing: without a store, an id alone is lost. */
export const hasEmptyReasoning = (items: readonly InputItem[]): boolean =>
	items.some((item) => item.type === 'reasoning' && thought(item) === null);

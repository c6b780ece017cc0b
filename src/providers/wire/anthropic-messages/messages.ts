/** The conversation as this API wants it: system apart, user and assistant turns alternating. */
import { invalid } from '../../../errors';
import type { AssistantMessage, Message, ToolMessage, UserPart } from '../../../language/message';
import type { ChatRequest } from '../../../language/request';
import type { Warnings } from '../warnings';
import { assistantBlock, type Block, cached, documentBlock, imageBlock, textBlock } from './blocks';
import { SafeNames } from './names';

export interface Turn {
	readonly role: 'user' | 'assistant';
	readonly content: Block[];
}

export interface Conversation {
	readonly system: Block[];
	readonly turns: Turn[];
}

interface Context {
	readonly names: SafeNames;
	readonly ids: SafeNames;
}

const MIDWAY = 'Instructions in the middle of the conversation were moved ahead of it.';

/** Throws `invalid_request` where nothing is left that the model could answer, or a part can't be sent. */
export function toConversation(request: ChatRequest, names: SafeNames, warnings: Warnings): Conversation {
	const context: Context = { names, ids: new SafeNames(callIds(request.messages)) };
	const system: Block[] = [];
	const turns: Turn[] = [];
	for (const [index, message] of request.messages.entries()) {
		const blocks = blocksOf(message, index, context);
		if (message.role === 'system') {
			if (turns.length > 0 && blocks.length > 0) warnings.add('messages', MIDWAY);
			system.push(...blocks);
		} else if (blocks.length > 0) append(turns, message.role === 'assistant' ? 'assistant' : 'user', blocks);
	}
	if (turns.length === 0) throw invalid('messages', 'At least one user message with content is needed.');
	trimEnd(turns);
	return { system, turns };
}

function callIds(messages: readonly Message[]): string[] {
	return messages.flatMap((message) => {
		if (message.role === 'tool') return [message.callId];
		if (message.role !== 'assistant') return [];
		return message.content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
	});
}

function blocksOf(message: Message, index: number, context: Context): Block[] {
	switch (message.role) {
		case 'system':
			return message.content.flatMap((part) => textBlock(part) ?? []);
		case 'user':
			return message.content.flatMap((part, at) => userBlock(part, `messages[${index}].content[${at}]`) ?? []);
		case 'assistant':
			return assistantBlocks(message, context);
		case 'tool':
			return [toolResult(message, context)];
	}
}

function userBlock(part: UserPart, param: string): Block | undefined {
	switch (part.type) {
		case 'text':
			return textBlock(part);
		case 'image':
			return imageBlock(part);
		case 'file':
			return documentBlock(part, param);
		case 'audio':
			throw invalid(param, 'This provider takes no audio.');
	}
}

/** Thinking goes ahead of the first tool call and never last: the API refuses both other orders. */
function assistantBlocks(message: AssistantMessage, { names, ids }: Context): Block[] {
	const firstCall = message.content.findIndex((part) => part.type === 'tool-call');
	const cut = firstCall < 0 ? message.content.length : firstCall;
	const late = message.content.slice(cut);
	const parts = [
		...message.content.slice(0, cut),
		...late.filter((part) => part.type === 'reasoning'),
		...late.filter((part) => part.type !== 'reasoning'),
	];
	const blocks = parts.flatMap((part) => assistantBlock(part, names, ids) ?? []);
	while (isThinking(blocks.at(-1))) blocks.pop();
	return blocks;
}

export const isThinking = (block: Block | undefined): boolean =>
	block?.type === 'thinking' || block?.type === 'redacted_thinking';

function toolResult(message: ToolMessage, { ids }: Context): Block {
	const content = message.content.flatMap((part) =>
		part.type === 'image' ? imageBlock({ source: part.source }) : (textBlock({ text: part.text }) ?? []),
	);
	const block = {
		type: 'tool_result',
		tool_use_id: ids.of(message.callId),
		...(content.length > 0 && { content }),
		...(message.isError && { is_error: true }),
	};
	const marks = message.content.map((part) => part.cache).filter(Boolean);
	return cached(block, marks.includes('1h') ? '1h' : marks.length > 0);
}

/** Same-role turns are one turn; in a user turn the results of tools come first. */
function append(turns: Turn[], role: Turn['role'], blocks: readonly Block[]): void {
	const last = turns.at(-1);
	if (last?.role !== role) {
		turns.push({ role, content: [...blocks] });
		return;
	}
	const results = blocks[0]?.type === 'tool_result';
	const after = results ? last.content.findLastIndex((block) => block.type === 'tool_result') + 1 : last.content.length;
	last.content.splice(after, 0, ...blocks);
}

/** A prefilled answer must not end in white space. */
function trimEnd(turns: Turn[]): void {
	const last = turns.at(-1);
	const block = last?.content.at(-1);
	if (last?.role !== 'assistant' || block?.type !== 'text') return;
	last.content[last.content.length - 1] = { ...block, text: String(block.text).trimEnd() };
}

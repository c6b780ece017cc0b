/** The conversation as Converse wants it: instructions apart, turns alternating and begun by the user. */
import { invalid } from '../../../errors';
import { exactJson } from '../../../language/exact-json';
import type { AssistantMessage, Message, ToolMessage, UserMessage, UserPart } from '../../../language/message';
import { opaqueOf } from '../../../language/signature';
import { isObject, type Json, objectOf } from '../json';
import { CallIds, NINE } from '../openai-chat/call-ids';
import { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import { cachePoint } from './cache-points';
import { audioBlock, DocumentNames, fileBlock, imageBlock } from './media';
import type { Vendor } from './vendors';

export interface Turn {
	readonly role: 'user' | 'assistant';
	readonly content: Json[];
	/** Blocks at the beginning that are results of tools. */
	results: number;
}

export interface Conversation {
	readonly system: Json[];
	readonly turns: Turn[];
}

interface Context {
	readonly vendor: Vendor;
	readonly names: ToolNames;
	readonly ids: Pick<CallIds, 'sent'>;
	readonly documents: DocumentNames;
	readonly warnings: Warnings;
}

const LONGEST_ID = 64;
/** Stands where the first turn would be the assistant's, which is refused with 400. */
const OPENING = 'The conversation begins.';
/** Stands where a tool gave nothing: blank text is refused with 400. */
const NO_OUTPUT = '(no output)';

/** Throws `invalid_request` where nothing is left that the model could answer, or for a part it can't be given. */
export function toConversation(
	messages: readonly Message[],
	vendor: Vendor,
	names: ToolNames,
	warnings: Warnings,
): Conversation {
	// Ids obey the rule of names.
	const ids = vendor.nineLetterIds ? new CallIds(NINE, callIds(messages)) : new ToolNames([], LONGEST_ID);
	const context: Context = { vendor, names, ids, documents: new DocumentNames(), warnings };
	const system: Json[] = [];
	const turns: Turn[] = [];
	let midway = false;
	for (const [index, message] of messages.entries()) {
		if (message.role === 'system') {
			midway ||= turns.length > 0;
			system.push(...message.content.flatMap((part) => [...text(part.text), ...cachePoint(part.cache)]));
		} else append(turns, message, blocksOf(message, index, context));
	}
	if (midway) warnings.add('messages', 'Bedrock takes instructions ahead of the conversation only; they moved there.');
	complete(turns, warnings);
	if (vendor.system || system.length === 0) return { system, turns };
	warnings.add('messages', 'This model takes no system message; it was put at the head of the first user turn.');
	turns[0]?.content.unshift(...system);
	return { system: [], turns };
}

function callIds(messages: readonly Message[]): string[] {
	return messages.flatMap((message) => {
		if (message.role === 'tool') return [message.callId];
		if (message.role !== 'assistant') return [];
		return message.content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
	});
}

/** None where the text is blank: that is refused with 400. */
const text = (said: string): Json[] => (said.trim() === '' ? [] : [{ text: said }]);

function blocksOf(message: Exclude<Message, { role: 'system' }>, index: number, context: Context): Json[] {
	switch (message.role) {
		case 'user':
			return userBlocks(message, index, context);
		case 'assistant':
			return assistantBlocks(message, context);
		case 'tool':
			return toolResult(message, index, context);
	}
}

const userBlocks = (message: UserMessage, index: number, context: Context): Json[] =>
	message.content.flatMap((part, at) => userPart(part, `messages[${index}].content[${at}]`, context));

function userPart(part: UserPart, param: string, { documents }: Context): Json[] {
	switch (part.type) {
		case 'text': {
			const said = text(part.text);
			return said.length > 0 ? [...said, ...cachePoint(part.cache)] : [];
		}
		case 'image':
			return [imageBlock(part, param), ...cachePoint(part.cache)];
		case 'audio':
			return [audioBlock(part, param)];
		case 'file': {
			const block = fileBlock(part, documents, param);
			const { format, name } = objectOf(block.document) ?? {};
			// A cache point right behind a document of text is refused with 400; its name comes between them.
			const between = part.cache && format !== undefined && format !== 'pdf';
			return [block, ...(between ? [{ text: part.filename || String(name) }] : []), ...cachePoint(part.cache)];
		}
	}
}

/** Reasoning goes ahead of the first tool call and never last: both other orders are refused. */
function assistantBlocks(message: AssistantMessage, context: Context): Json[] {
	const { content } = message;
	const firstCall = content.findIndex((part) => part.type === 'tool-call');
	const cut = firstCall < 0 ? content.length : firstCall;
	const late = content.slice(cut);
	const parts = [
		...content.slice(0, cut),
		...late.filter((part) => part.type === 'reasoning'),
		...late.filter((part) => part.type !== 'reasoning'),
	];
	const blocks = parts.flatMap((part) => assistantPart(part, context));
	while (isReasoning(blocks.at(-1))) blocks.pop();
	return blocks;
}

export const isReasoning = (block: Json | undefined): boolean => block?.reasoningContent !== undefined;

function assistantPart(part: AssistantMessage['content'][number], { vendor, names, ids }: Context): Json[] {
	switch (part.type) {
		case 'text': {
			const said = text(part.text);
			return said.length > 0 ? [...said, ...cachePoint(part.cache)] : [];
		}
		case 'refusal':
			return text(part.text);
		case 'reasoning':
			return vendor.replay ? reasoningBlock(part, vendor) : [];
		case 'tool-call':
			return [
				{ toolUse: { toolUseId: ids.sent(part.id), name: names.sent(part.name), input: inputOf(part.arguments) } },
			];
	}
}

/** None without a signature of the model's own maker: it would be refused. */
function reasoningBlock(
	part: Extract<AssistantMessage['content'][number], { type: 'reasoning' }>,
	{ signatures }: Vendor,
): Json[] {
	const signature = part.signature ? opaqueOf(part.redacted ? 'bedrock' : signatures, part.signature) : null;
	if (!signature) return [];
	if (part.redacted) return [{ reasoningContent: { redactedContent: signature } }];
	return [{ reasoningContent: { reasoningText: { text: part.text, signature } } }];
}

/** Converse takes an object only; what a model wrote otherwise is kept where it can still be read. */
function inputOf(written: string): Json {
	if (written.trim() === '') return {};
	const parsed = exactJson(written);
	if (isObject(parsed)) return parsed;
	return parsed === null ? {} : { raw_arguments: written };
}

function toolResult(message: ToolMessage, index: number, context: Context): Json[] {
	const { vendor, ids, warnings } = context;
	const failed = message.isError === true;
	const marked = failed && !vendor.resultStatus;
	if (marked) warnings.add('tools', "This model's tool results have no status; the failed one was marked in words.");
	const result = {
		toolUseId: ids.sent(message.callId),
		content: [...(marked ? [{ text: 'The tool failed.' }] : []), ...resultContent(message, index, vendor)],
		...(failed && !marked && { status: 'error' }),
	};
	const cached = message.content.findLast((part) => part.type === 'text' && part.cache);
	return [{ toolResult: result }, ...cachePoint(cached?.type === 'text' ? cached.cache : undefined)];
}

function resultContent(message: ToolMessage, index: number, vendor: Vendor): Json[] {
	if (vendor.jsonResults && message.content.every((part) => part.type === 'text')) {
		const said = message.content.map((part) => part.text).join('\n');
		const parsed = exactJson(said);
		return [{ json: isObject(parsed) ? parsed : { result: said } }];
	}
	const content = message.content.flatMap((part, at) =>
		part.type === 'image' ? [imageBlock(part, `messages[${index}].content[${at}]`)] : text(part.text),
	);
	return content.length > 0 ? content : [{ text: NO_OUTPUT }];
}

/** Same-role turns are one turn; in a user turn the results of tools come first. */
function append(turns: Turn[], message: Exclude<Message, { role: 'system' }>, blocks: readonly Json[]): void {
	if (blocks.length === 0) return;
	const role = message.role === 'assistant' ? 'assistant' : 'user';
	let last = turns.at(-1);
	if (last?.role !== role) {
		last = { role, content: [], results: 0 };
		turns.push(last);
	}
	if (message.role === 'tool') {
		last.content.splice(last.results, 0, ...blocks);
		last.results += blocks.length;
	} else last.content.push(...blocks);
}

/** What Converse insists on and a conversation may lack. */
function complete(turns: Turn[], warnings: Warnings): void {
	const [first] = turns;
	if (!first) throw invalid('messages', 'At least one user message with content is needed.');
	if (first.role === 'assistant') {
		warnings.add('messages', `Bedrock lets the user begin; a user turn '${OPENING}' was put ahead.`);
		turns.unshift({ role: 'user', content: [{ text: OPENING }], results: 0 });
	}
	for (const { content } of turns) {
		if (!content.some((block) => block.document) || content.some((block) => block.text !== undefined)) continue;
		warnings.add('messages', 'Bedrock takes a document only beside a text; one was added.');
		content.push({ text: 'See the attached document.' });
	}
	trimEnd(turns.at(-1));
}

/** A prefilled answer must not end in white space. */
function trimEnd(last: Turn | undefined): void {
	const said = last?.content.at(-1)?.text;
	if (last?.role === 'assistant' && typeof said === 'string') {
		last.content[last.content.length - 1] = { text: said.trimEnd() };
	}
}

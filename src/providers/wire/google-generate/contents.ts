/** The conversation as this API wants it: instructions apart, `user` and `model` turns, results of tools by name. */
import { invalid } from '../../../errors';
import { exactJson } from '../../../language/exact-json';
import type { AssistantMessage, Message, ToolMessage, UserMessage, UserPart } from '../../../language/message';
import { isObject, type Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import type { ModelLine } from './lines';
import { audioPart, mediaPart } from './media';
import { callId, modelParts } from './replay';

export interface Content {
	readonly role: 'user' | 'model';
	readonly parts: Json[];
}

export interface Conversation {
	readonly system: readonly Json[];
	readonly contents: readonly Content[];
}

export interface Manner {
	readonly line: ModelLine;
	readonly names: ToolNames;
	readonly warnings: Warnings;
}

interface Context extends Manner {
	/** Name and place in the conversation of each call so far, by its id. */
	readonly calls: Map<string, { readonly name: string; readonly place: number }>;
}

/** Results of one turn, told apart by their place as well as by name. */
interface Result {
	readonly place: number;
	readonly parts: readonly Json[];
}

/**
 * `instructions`: further ones, after the conversation's own. Throws `invalid_request` where nothing is left to answer,
 * or for a part the model can't be given.
 */
export function toConversation(
	messages: readonly Message[],
	instructions: readonly string[],
	manner: Manner,
): Conversation {
	const { line, warnings } = manner;
	const context: Context = { ...manner, calls: new Map() };
	const contents: Content[] = [];
	let results: Result[] = [];
	for (const [index, message] of messages.entries()) {
		if (message.role === 'tool') {
			results.push(toolResult(message, index, context));
			continue;
		}
		append(contents, 'user', inOrder(results));
		results = [];
		if (message.role === 'user') append(contents, 'user', userParts(message, index, line));
		if (message.role === 'assistant') append(contents, 'model', assistantParts(message, context));
	}
	append(contents, 'user', inOrder(results));
	if (contents.length === 0) throw invalid('messages', 'messages: a user message with content is needed.');
	const system = [...systemTexts(messages, warnings), ...instructions].map((text) => ({ text }));
	return line.system ? { system, contents } : { system: [], contents: prefixed(contents, system, warnings) };
}

function systemTexts(messages: readonly Message[], warnings: Warnings): string[] {
	const first = messages.findIndex(({ role }) => role !== 'system');
	const midway = messages.some(({ role }, index) => role === 'system' && index > first);
	if (midway) warnings.add('messages', 'Instructions amid the conversation were moved ahead of it.');
	return messages.flatMap((message) =>
		message.role === 'system' ? message.content.flatMap(({ text }) => (text === '' ? [] : text)) : [],
	);
}

/** Turns of one role that follow each other are one turn. */
function append(contents: Content[], role: Content['role'], parts: readonly Json[]): void {
	if (parts.length === 0) return;
	const last = contents.at(-1);
	if (last?.role === role) last.parts.push(...parts);
	else contents.push({ role, parts: [...parts] });
}

/** For models without `systemInstruction`. */
function prefixed(contents: readonly Content[], system: readonly Json[], warnings: Warnings): readonly Content[] {
	if (system.length === 0) return contents;
	warnings.add('messages', 'This model takes no system instructions; they were put ahead of the first user turn.');
	const text = `${system.map((part) => part.text).join('\n\n')}\n\n`;
	const [first, ...rest] = contents;
	if (first?.role !== 'user') return [{ role: 'user', parts: [{ text }] }, ...contents];
	return [{ role: 'user', parts: [{ text }, ...first.parts] }, ...rest];
}

function userParts({ content }: UserMessage, index: number, line: ModelLine): Json[] {
	return content
		.map((part, at) => userPart(part, line, `messages[${index}].content[${at}]`))
		.filter((part) => part !== undefined);
}

function userPart(part: UserPart, line: ModelLine, param: string): Json | undefined {
	switch (part.type) {
		case 'text':
			return part.text === '' ? undefined : { text: part.text };
		case 'audio':
			return audioPart(part);
		case 'image':
		case 'file':
			return mediaPart(part, line, param);
	}
}

function assistantParts({ content }: AssistantMessage, { line, names, calls }: Context): Json[] {
	for (const part of content) if (part.type === 'tool-call') calls.set(part.id, { name: part.name, place: calls.size });
	return modelParts(content, line, names);
}

const inOrder = (results: readonly Result[]): Json[] =>
	[...results].sort((left, right) => left.place - right.place).flatMap(({ parts }) => parts);

/** The function response, and after it what can't be within it. */
function toolResult(message: ToolMessage, index: number, { line, names, calls }: Context): Result {
	const call = calls.get(message.callId);
	if (!call) {
		throw invalid(`messages[${index}]`, `messages[${index}]: no call ahead of it has the id '${message.callId}'.`);
	}
	const media = message.content.flatMap((part, at) =>
		part.type === 'image' ? [mediaPart(part, line, `messages[${index}].content[${at}]`)] : [],
	);
	const within = media.filter((part) => line.resultMedia && 'inlineData' in part);
	const functionResponse = {
		...callId(message.callId, line),
		name: names.sent(call.name),
		response: responseOf(message),
		...(within.length > 0 && { parts: within }),
	};
	return { place: call.place, parts: [{ functionResponse }, ...media.filter((part) => !within.includes(part))] };
}

/** An object always; an `error` in it is how the API is told of a failure. */
function responseOf({ content, isError }: ToolMessage): Json {
	const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
	if (isError) return { error: text };
	const parsed = exactJson(text);
	return isObject(parsed) ? parsed : { result: text };
}

/** The texts that are counted by an encoding, and how each family is shown them. */
import type { FilePart, Message } from '../language/message';
import type { ChatRequest, ResponseFormat, Tool } from '../language/request';
import { base64Bytes, base64Whole } from './base64';
import type { Encoding } from './encoding';
import { choicesText, jsonText } from './json-text';
import { isTextFile } from './media';
import { type CountMemo, type CountText, remembering, type TextCount } from './memo';
import type { Overhead } from './overhead';
import { utf8Length } from './text';
import { toolNamespace, typesRoom } from './tool-text';

type JsonFormat = Extract<ResponseFormat, { type: 'json-schema' }>;

/** UTF-16 units of an id. */
const LONG_ID = 64;

/** Of messages: ids are left out, since the framing of a call has what their like takes, but for long ones. */
export const messageTexts = (
	encoding: Encoding,
	{ normalization }: Overhead,
	memo: CountMemo,
): ((message: Message) => TextCount) => remembering(memo, 'message', encoding, normalization, countMessage);

function countMessage(message: Message, count: CountText): void {
	if (message.role === 'tool' && message.callId.length > LONG_ID) count(message.callId);
	if (message.role === 'user' && message.name !== undefined) count(message.name);
	for (const part of message.content) countPart(part, count);
}

function countPart(part: Message['content'][number], count: CountText): void {
	switch (part.type) {
		case 'text':
		case 'refusal':
		case 'reasoning':
			count(part.text);
			return;
		case 'tool-call':
			if (part.id.length > LONG_ID) count(part.id);
			count(part.name);
			count(part.arguments);
			return;
		case 'file':
			if (part.filename !== undefined) count(part.filename);
			if (isTextFile(part)) countFile(part, count);
	}
}

function countFile({ source }: FilePart, count: CountText): void {
	if (source.kind !== 'data') return;
	const bytes = base64Whole(source.data);
	const most = base64Bytes(source.data);
	// What is no base64 is refused by whoever is sent it, or read as it stands.
	if (bytes) count(new TextDecoder().decode(bytes), most);
	else count(source.data, most);
}

/** Of tools and answer schema together. */
export function fixedTexts(
	{ tools = [], responseFormat: format }: ChatRequest,
	{ toolText, normalization }: Overhead,
	encoding: Encoding,
	memo: CountMemo,
): TextCount {
	const shown = toolText === 'typescript' ? shownAsTypes : shownAsJson;
	const ofTools = remembering(memo, toolText, encoding, normalization, shown)(tools);
	if (format?.type !== 'json-schema') return ofTools;
	const ofFormat = remembering(memo, 'schema', encoding, normalization, countSchema)(format);
	return { tokens: ofTools.tokens + ofFormat.tokens, bytes: ofTools.bytes + ofFormat.bytes };
}

function countSchema({ name, description = '', schema }: JsonFormat, count: CountText): void {
	count(name);
	count(description);
	count(jsonText(schema, 'responseFormat'));
	count(choicesText(schema, 'responseFormat'));
}

const textsOf = ({ name, description = '', parameters }: Tool): readonly string[] => [
	name,
	description,
	parameters ? jsonText(parameters, 'tools') : '',
	parameters ? choicesText(parameters, 'tools') : '',
];

function shownAsJson(tools: readonly Tool[], count: CountText): void {
	for (const tool of tools) for (const text of textsOf(tool)) count(text);
}

/** As types they are hardly longer than as JSON, whose bytes are known to the bound. */
function shownAsTypes(tools: readonly Tool[], count: CountText): void {
	let most = typesRoom(tools.length);
	for (const tool of tools) for (const text of textsOf(tool)) most += utf8Length(text);
	count(toolNamespace(tools), most);
}

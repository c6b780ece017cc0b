import type {
	AssistantMessage,
	AssistantPart,
	ImagePart,
	Message,
	TextPart,
	ToolCallPart,
	ToolMessage,
	UserMessage,
} from '../../../language/message';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import type { Breakpoints } from './breakpoints';
import { CallIds, callIdsOf, FORTY, NINE } from './call-ids';
import { imagePart, textContent, userContent } from './content';
import { replayFields } from './replay';

/** Said between a result and a user: Mistral refuses an assistant that says nothing, too. */
const BETWEEN = 'I have the result.';

interface Context {
	readonly target: WireTarget;
	readonly names: ToolNames;
	readonly warnings: Warnings;
	readonly breakpoints: Breakpoints;
}

interface Conversation extends Context {
	readonly ids: CallIds;
}

/** The conversation in OpenAI's form. Throws `invalid_request` for content the provider can't be given. */
export function wireMessages(messages: readonly Message[], context: Context): Json[] {
	const { quirks } = context.target;
	const ids = new CallIds(quirks.shortCallIds ? NINE : FORTY, callIdsOf(messages));
	const conversation = { ...context, ids };
	const sent: Json[] = [];
	let images: ImagePart[] = [];
	for (const message of quirks.systemAhead ? withSystemAhead(messages, context.warnings) : messages) {
		if (message.role !== 'tool') images = flushImages(images, sent, context);
		const written = wireMessage(message, conversation);
		if (!isSilent(written)) push(written, sent, context.target);
		if (message.role === 'tool') images.push(...message.content.filter((part) => part.type === 'image'));
	}
	flushImages(images, sent, context);
	return quirks.prefillMark ? marked(sent, quirks.prefillMark) : sent;
}

function withSystemAhead(messages: readonly Message[], warnings: Warnings): readonly Message[] {
	const first = messages.findIndex(({ role }) => role !== 'system');
	if (!messages.some(({ role }, index) => role === 'system' && index > first)) return messages;
	warnings.add('messages', 'Instructions amid the conversation were moved ahead of it.');
	const isSystem = ({ role }: Message): boolean => role === 'system';
	return [...messages.filter(isSystem), ...messages.filter((message) => !isSystem(message))];
}

/** A turn of thoughts alone, where thoughts are not taken: several providers refuse what is left of it. */
const isSilent = ({ role, content, ...more }: Json): boolean =>
	role === 'assistant' && content === '' && Object.keys(more).length === 0;

/** A last message of the assistant is the beginning of its answer. */
function marked(sent: Json[], mark: 'prefix'): Json[] {
	const last = sent.at(-1);
	return last?.role === 'assistant' && !last.tool_calls ? [...sent.slice(0, -1), { ...last, [mark]: true }] : sent;
}

function push(message: Json, sent: Json[], { quirks }: WireTarget): void {
	const follows = message.role === 'user' && sent.at(-1)?.role === 'tool';
	if (follows && quirks.assistantAfterTools) sent.push({ role: 'assistant', content: BETWEEN });
	sent.push(message);
}

function wireMessage(message: Message, context: Conversation): Json {
	switch (message.role) {
		case 'system':
			return { role: systemRole(context.target), content: textContent(message.content, context) };
		case 'user':
			return userMessage(message, context);
		case 'assistant':
			return assistantMessage(message, context);
		case 'tool':
			return toolMessage(message, context);
	}
}

const systemRole = ({ quirks, traits }: WireTarget): string =>
	quirks.developerRole && traits.reasoning && traits.known !== false ? 'developer' : 'system';

const userMessage = ({ content, name }: UserMessage, context: Context): Json => ({
	role: 'user',
	content: userContent(content, context),
	...(name !== undefined && { name }),
});

function assistantMessage({ content }: AssistantMessage, context: Conversation): Json {
	const { quirks } = context.target;
	const asField = quirks.refusalField === true;
	const refusal = content.flatMap((part) => (part.type === 'refusal' && asField ? part.text : [])).join('');
	const calls = content.filter((part) => part.type === 'tool-call');
	const reasoning = content.filter((part) => part.type === 'reasoning');
	const silent = (calls.length > 0 || refusal) && !quirks.textRequired ? null : '';
	return {
		role: 'assistant',
		content: assistantText(spokenParts(content, asField), context) || silent,
		...(refusal && { refusal }),
		...replayFields(reasoning, calls.length > 0, context),
		...(calls.length > 0 && { tool_calls: calls.map((call) => wireCall(call, context)) }),
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
function assistantText(parts: readonly TextPart[], context: Context): string | Json[] {
	if (parts.some((part) => context.breakpoints.marks(part.cache))) return textContent(parts, context);
	return parts.map((part) => part.text).join('');
}

const wireCall = (call: ToolCallPart, { names, ids }: Conversation): Json => ({
	id: ids.sent(call.id),
	type: 'function',
	function: { name: names.sent(call.name), arguments: call.arguments || '{}' },
});

/** There is no field for `isError`: the content says what went wrong. */
function toolMessage({ callId, content }: ToolMessage, { ids, breakpoints }: Conversation): Json {
	const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
	const { cache } = content.findLast((part) => part.cache) ?? {};
	const marked = breakpoints.marks(cache);
	return {
		role: 'tool',
		tool_call_id: ids.sent(callId),
		content: marked ? [{ type: 'text', text, ...breakpoints.of(cache) }] : text,
	};
}

/** Tool messages hold text alone: images follow in a user message once the run of results is over. */
function flushImages(images: readonly ImagePart[], sent: Json[], context: Context): ImagePart[] {
	if (images.length === 0) return [];
	const content = images.map((part) => imagePart(part, context));
	context.warnings.note('tools', 'Images in tool results were sent in a user message after them.');
	push({ role: 'user', content }, sent, context.target);
	return [];
}

/** What no provider could make sense of, whatever it takes: refused before any call. */
import { invalid } from '../../errors';
import type { AssistantMessage, Message, ToolMessage } from '../../language/message';
import type { ChatRequest, Tool, ToolChoice } from '../../language/request';
import { checkMedia } from './media';
import { placeOf } from './place';

/** Throws `invalid_request`. `first`: index of the caller's first message. */
export function checkRequest({ messages, tools, toolChoice }: ChatRequest, first: number): void {
	if (tools && tools.length > 0) checkTools(tools);
	if (toolChoice !== undefined) checkChoice(toolChoice, tools ?? []);
	const calls = new Calls(first);
	for (const [index, message] of messages.entries()) {
		switch (message.role) {
			case 'system':
				break;
			case 'assistant':
				calls.asked(message, index);
				break;
			case 'tool':
				calls.answered(message, index);
				checkContent(message, index - first);
				break;
			case 'user':
				checkContent(message, index - first);
		}
	}
	calls.end();
}

function checkContent({ content }: Exclude<Message, AssistantMessage>, index: number): void {
	for (const [at, part] of content.entries()) if (part.type !== 'text') checkMedia(part, () => placeOf(index, at));
}

function checkTools(tools: readonly Tool[]): void {
	const names = new Set<string>();
	for (const [index, { name, parameters }] of tools.entries()) {
		const param = `tools[${index}]`;
		if (name === '') throw invalid(`${param}.name`, `${param}.name: a tool needs a name.`);
		if (names.has(name)) throw invalid(`${param}.name`, `${param}.name: there is another tool '${name}'; rename one.`);
		names.add(name);
		if (parameters && !isObjectSchema(parameters.type))
			throw invalid(
				`${param}.parameters`,
				`${param}.parameters: the arguments of '${name}' must be described by a schema of type object.`,
			);
	}
}

const isObjectSchema = (type: unknown): boolean =>
	type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));

function checkChoice(choice: ToolChoice, tools: readonly Tool[]): void {
	if (choice === 'auto' || choice === 'none') return;
	if (tools.length === 0) throw invalid('toolChoice', 'toolChoice: there are no tools to choose from.');
	if (choice !== 'required' && !tools.some((tool) => tool.name === choice.name))
		throw invalid('toolChoice', `toolChoice: tools holds none named '${choice.name}'.`);
}

/** Calls and results belong together one to one, each result after its call and ahead of the next answer. */
class Calls {
	readonly #first: number;
	/** Every id so far. */
	#known: Set<string> | undefined;
	/** Calls without a result yet: id → where they stand. */
	#open: Map<string, string> | undefined;

	constructor(first: number) {
		this.#first = first;
	}

	asked({ content }: AssistantMessage, index: number): void {
		this.end();
		for (const [at, part] of content.entries()) {
			if (part.type !== 'tool-call') continue;
			const param = placeOf(index - this.#first, at);
			if (part.id === '' || part.name === '') throw invalid(param, `${param}: a tool call needs an id and a name.`);
			this.#known ??= new Set();
			if (this.#known.has(part.id))
				throw invalid(param, `${param}: the id '${part.id}' is taken by an earlier tool call; give each its own.`);
			this.#known.add(part.id);
			this.#open ??= new Map();
			this.#open.set(part.id, param);
		}
	}

	answered({ callId }: ToolMessage, index: number): void {
		if (this.#open?.delete(callId)) return;
		const param = placeOf(index - this.#first);
		const why = this.#known?.has(callId)
			? `the tool call '${callId}' has its result already`
			: `no assistant message ahead of it calls a tool with the id '${callId}'`;
		throw invalid(param, `${param}: ${why}.`);
	}

	/** Throws where a call is left without its result. */
	end(): void {
		for (const [id, param] of this.#open ?? [])
			throw invalid(param, `${param}: the tool call '${id}' has no result; a tool message with it must follow.`);
	}
}

/**
 * The conversation with each result directly after the turn that called for it, and without assistant turns that
 * say nothing (`onEmpty` hears of those): what every provider takes. The same array where it is so already.
 */
export function ordered(messages: readonly Message[], onEmpty: (index: number) => void): readonly Message[] {
	const late = messages.some((message, index) => message.role === 'tool' && !followsCall(messages[index - 1]));
	const empty = messages.some(isEmpty);
	if (!late && !empty) return messages;
	const spoken = messages.filter((message, index) => {
		if (isEmpty(message)) onEmpty(index);
		return !isEmpty(message);
	});
	return late ? withResultsMoved(spoken) : spoken;
}

const followsCall = (before: Message | undefined): boolean => before?.role === 'assistant' || before?.role === 'tool';

const isEmpty = (message: Message): boolean =>
	message.role === 'assistant' &&
	message.content.every((part) => (part.type === 'text' || part.type === 'refusal') && part.text === '');

function withResultsMoved(messages: readonly Message[]): Message[] {
	const results = new Map<string, ToolMessage>();
	for (const message of messages) if (message.role === 'tool') results.set(message.callId, message);
	return messages.flatMap((message): Message[] => {
		if (message.role === 'tool') return [];
		if (message.role !== 'assistant') return [message];
		return [message, ...message.content.flatMap((part) => resultOf(part, results))];
	});
}

const resultOf = (part: AssistantMessage['content'][number], results: ReadonlyMap<string, ToolMessage>): Message[] => {
	const result = part.type === 'tool-call' ? results.get(part.id) : undefined;
	return result ? [result] : [];
};

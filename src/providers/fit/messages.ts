/** The conversation: what of it the target can't be given. */
import type {
	AssistantMessage,
	ImagePart,
	Message,
	SystemMessage,
	ToolMessage,
	UserMessage,
	UserPart,
} from '../../language/message';
import type { Capability } from '../capability';
import type { Findings } from './findings';
import { type Place, placeOf } from './place';

/** The last word of a capability. */
const BY = { url: 'url', data: 'data', 'file-id': 'fileId' } as const;
/** Text files are no pages that a model would have to see. */
const TEXTUAL = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|sql|toml|x-sh)\b|\+(?:json|xml)\b/i;

/** Throws `invalid_request`. `placed`: where a message stands among the caller's, by its index. */
export function settleMessages(
	messages: readonly Message[],
	findings: Findings,
	placed: (index: number) => number,
): void {
	const conversation = new Conversation(messages, findings, placed);
	for (const [index, message] of messages.entries()) conversation.settle(message, index);
}

class Conversation {
	readonly #messages: readonly Message[];
	readonly #findings: Findings;
	readonly #placed: (index: number) => number;
	/** Something other than instructions has come. */
	#begun = false;
	#lastUser: number | undefined;

	constructor(messages: readonly Message[], findings: Findings, placed: (index: number) => number) {
		this.#messages = messages;
		this.#findings = findings;
		this.#placed = placed;
	}

	settle(message: Message, index: number): void {
		if (message.role === 'system') this.#system(message, index);
		else this.#begun = true;
		if (message.role === 'user') this.#user(message, index);
		if (message.role === 'assistant') this.#assistant(message, index);
		if (message.role === 'tool') this.#tool(message, index);
	}

	#system({ content }: SystemMessage, index: number): void {
		this.#meet(this.#begun ? 'messages.systemMidway' : 'messages.system', index);
		for (const [at, part] of content.entries()) if (part.cache) this.#mark(index, at);
	}

	#user({ content, name }: UserMessage, index: number): void {
		if (name !== undefined) this.#meet('messages.name', index, 'name');
		for (const [at, part] of content.entries()) {
			if (part.type !== 'text') this.#media(part, index, at);
			if (part.type !== 'audio' && part.cache) this.#mark(index, at);
		}
	}

	#media(part: Exclude<UserPart, { type: 'text' }>, index: number, at: number): void {
		const capability = part.type === 'audio' ? part.type : (`${part.type}.${BY[part.source.kind]}` as const);
		const shortfall = isTextFile(part)
			? this.#findings.statedShortfall(capability)
			: this.#findings.shortfall(capability);
		if (shortfall) this.#findings.settle(capability, shortfall, this.#at(index, at));
	}

	#assistant({ content }: AssistantMessage, index: number): void {
		for (const [at, part] of content.entries()) {
			if (part.type === 'tool-call') this.#meet('tools', index, at);
			else if (part.type === 'reasoning' && part.signature !== undefined) this.#replay(index, at);
			else if (part.type === 'text' && part.cache) this.#mark(index, at);
		}
	}

	/** Only in the turn that is still open does the model need its thoughts again. */
	#replay(index: number, at: number): void {
		const shortfall = this.#findings.shortfall('reasoning.replay');
		if (!shortfall) return;
		this.#lastUser ??= this.#messages.findLastIndex((message) => message.role === 'user');
		this.#findings.settle('reasoning.replay', shortfall, this.#at(index, at), index < this.#lastUser);
	}

	#tool({ content, isError }: ToolMessage, index: number): void {
		this.#meet('tools', index);
		if (this.#messages[index - 1]?.role === 'tool') this.#meet('tools.parallelResults', index);
		if (isError) this.#meet('tools.resultError', index, 'isError');
		for (const [at, part] of content.entries()) {
			if (part.type === 'image') this.#resultImage(part, index, at);
			if (part.cache) this.#mark(index, at);
		}
	}

	#resultImage({ source }: ImagePart, index: number, at: number): void {
		this.#meet('tools.resultImage', index, at);
		this.#meet(`image.${BY[source.kind]}`, index, at);
	}

	/** A hint that changes no answer: it goes in silence where it can't be given. */
	#mark(index: number, at: number): void {
		const shortfall = this.#findings.shortfall('cache');
		if (shortfall) this.#findings.settle('cache', shortfall, this.#at(index, at), true);
	}

	#meet(capability: Capability, index: number, place?: Place): void {
		const shortfall = this.#findings.shortfall(capability);
		if (shortfall) this.#findings.settle(capability, shortfall, this.#at(index, place));
	}

	#at(index: number, place?: Place): string {
		return placeOf(this.#placed(index), place);
	}
}

const isTextFile = (part: UserPart): boolean =>
	part.type === 'file' && part.source.kind === 'data' && TEXTUAL.test(part.source.mediaType);

/** Anthropic's turns as messages: results of tools stand in a user's turn there, and are messages of their own here. */
import { present } from '../../http/present';
import type { Message, UserPart } from '../../language/message';
import { type Kept, keeping } from '../extension';
import { assistantParts, breakpoint, resultParts, textPart, userParts } from './content';
import type { AssistantBlock, TextBody, UserBlock } from './content-schema';
import type { MessageBody, TurnBody } from './schema';

/** Where a message was in the body. */
export interface Origin {
	/** Index of its turn; null: the field `system`. */
	readonly turn: number | null;
	/** Index of the block that it was; null: it is made of several. */
	readonly block: number | null;
	/** Index of the block behind each of its parts. */
	readonly blocks: readonly number[];
}

export interface Conversation {
	readonly messages: readonly Message[];
	/** One for each message. */
	readonly origins: readonly Origin[];
}

class Builder {
	readonly messages: Message[] = [];
	readonly origins: Origin[] = [];
	/** Of the turn that is read. */
	#kept: Kept | null = null;

	turn(turn: TurnBody, at: number): void {
		this.#kept = turn.switchyard ?? null;
		switch (turn.role) {
			case 'user':
				this.#user(turn.content, at);
				return;
			case 'assistant':
				this.#assistant(turn.content, at);
				return;
			case 'system':
				this.system(turn.content, at);
		}
	}

	/** `turn`: null for the field of that name. */
	system(content: readonly TextBody[], turn: number | null): void {
		const blocks = [...content.keys()].filter((at) => content[at]?.text !== '');
		if (blocks.length === 0) return;
		const said = content.filter((block) => block.text !== '').map(textPart);
		this.#add({ role: 'system', content: said }, { turn, block: null, blocks });
	}

	/** Results first: they answer the turn before. */
	#user(content: readonly UserBlock[], turn: number): void {
		const said: UserPart[] = [];
		const blocks: number[] = [];
		for (const [at, block] of content.entries()) {
			if (block.type === 'tool_result') {
				const { tool_use_id: callId, is_error: isError } = block;
				const result = { callId, content: resultParts(block), ...present({ isError: isError || undefined }) };
				this.#add({ role: 'tool', ...result }, { turn, block: at, blocks: [] });
				continue;
			}
			for (const part of userParts(block)) {
				said.push(part);
				blocks.push(at);
			}
		}
		if (said.length > 0) this.#add({ role: 'user', content: said }, { turn, block: null, blocks });
	}

	#assistant(content: readonly AssistantBlock[], turn: number): void {
		const said = content.flatMap((block, at) => assistantParts(block).map((part) => ({ part, at })));
		if (said.length === 0) return;
		const parts = said.map(({ part }) => part);
		this.#add({ role: 'assistant', content: parts }, { turn, block: null, blocks: said.map(({ at }) => at) });
	}

	#add(message: Message, origin: Origin): void {
		this.messages.push(keeping(message, this.#kept));
		this.origins.push(origin);
	}
}

/** The conversation, instructions first; a `cache_control` of the whole request marks its last part. */
export function conversationOf({ system, messages: turns, cache_control: control }: MessageBody): Conversation {
	const builder = new Builder();
	builder.system(system ?? [], null);
	for (const [at, turn] of turns.entries()) builder.turn(turn, at);
	const { messages, origins } = builder;
	const cache = breakpoint(control);
	return { messages: cache ? withLastMarked(messages, cache) : messages, origins };
}

type Cacheable = { readonly type: string; readonly text?: string };

/** Thinking and empty text carry no breakpoint. */
const carries = (part: Cacheable): boolean =>
	part.type === 'image' || part.type === 'file' || (part.type === 'text' && part.text !== '');

function withLastMarked(messages: readonly Message[], cache: true | '1h'): Message[] {
	const at = messages.findLastIndex((message) => message.content.some(carries));
	return messages.map((message, index) => {
		if (index !== at) return message;
		const last = (message.content as readonly Cacheable[]).findLastIndex(carries);
		const content = message.content.map((part, place) => (place === last ? { ...part, cache } : part));
		return { ...message, content } as Message;
	});
}

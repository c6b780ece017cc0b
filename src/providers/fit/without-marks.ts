import type { AssistantPart, Message, UserPart } from '../../language/message';
import type { Capability } from '../capability';
import type { Findings } from './findings';

const OF_MESSAGES: readonly Capability[] = ['messages.name', 'tools.resultError', 'reasoning.replay', 'cache'];

/** The messages without what was dropped of them; the same array where that is nothing. */
export function withoutMarks(messages: readonly Message[], { dropped }: Findings): readonly Message[] {
	if (!OF_MESSAGES.some((capability) => dropped.has(capability))) return messages;
	return messages.map((message) => bare(message, dropped));
}

function bare(message: Message, dropped: ReadonlySet<Capability>): Message {
	const cached = !dropped.has('cache');
	switch (message.role) {
		case 'system':
			return cached ? message : { ...message, content: message.content.map(uncached) };
		case 'user': {
			const { name, ...rest } = message;
			return {
				...rest,
				content: cached ? message.content : message.content.map(uncached),
				...(name !== undefined && !dropped.has('messages.name') && { name }),
			};
		}
		case 'assistant': {
			const said = dropped.has('reasoning.replay') ? message.content.filter(isUnsigned) : message.content;
			return { ...message, content: cached ? said : said.map(uncached) };
		}
		case 'tool': {
			const { isError, ...rest } = message;
			return {
				...rest,
				content: cached ? message.content : message.content.map(uncached),
				...(isError !== undefined && !dropped.has('tools.resultError') && { isError }),
			};
		}
	}
}

const isUnsigned = (part: AssistantPart): boolean => part.type !== 'reasoning' || part.signature === undefined;

function uncached<P extends UserPart | AssistantPart>(part: P): P {
	if (!('cache' in part)) return part;
	const { cache: _, ...rest } = part;
	return rest as P;
}

/** Images become a note: the text around them often says what they showed. */
import type { ImagePart, Message, TextPart, ToolMessage, UserMessage } from '../language/message';
import type { Counter } from './counter';

const NOTE = '[image left out]';

export type Illustrated = UserMessage | ToolMessage;

export interface Unillustrated {
	readonly message: Illustrated;
	/** What it counts. */
	readonly tokens: number;
}

export const hasImages = (message: Message): message is Illustrated =>
	(message.role === 'user' || message.role === 'tool') && message.content.some(({ type }) => type === 'image');

/** The same message without as many of its images, the first ones first, as free so many tokens; null: none is won. */
export function leaveOutImages(
	message: Illustrated,
	tokens: number,
	excess: number,
	counter: Counter,
): Unillustrated | null {
	const bare = counter.message(withContent(message, []));
	const note = counter.message(withContent(message, [{ type: 'text', text: NOTE }])) - bare;
	let missing = excess;
	const content = message.content.map((part) => {
		if (part.type !== 'image' || missing <= 0) return part;
		const won = counter.message(withContent(message, [part])) - bare - note;
		if (won <= 0) return part;
		missing -= won;
		return noteFor(part);
	});
	if (missing === excess) return null;
	const left = withContent(message, content);
	const after = counter.message(left);
	return after < tokens ? { message: left, tokens: after } : null;
}

const noteFor = ({ cache }: ImagePart): TextPart => ({
	type: 'text',
	text: NOTE,
	...(cache !== undefined && { cache }),
});

const withContent = (message: Illustrated, content: readonly UserMessage['content'][number][]): Illustrated =>
	({ ...message, content }) as Illustrated;

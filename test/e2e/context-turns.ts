/** Conversations of numbered turns in every door's spelling, and what an upstream saw of them. */
import type { ChatInput } from '../../src/client';
import type { CountedCall } from '../support/node/counting-upstream';

/** Say `#<place>` first, so that an upstream's messages tell which turns they are. */
export interface Turn {
	readonly role: 'system' | 'user' | 'assistant' | 'tool';
	readonly text: string;
	readonly pinned?: boolean;
	readonly priority?: number;
	/** Of an assistant: ids of its calls of the tool `look`. */
	readonly calls?: readonly string[];
	/** Of a tool: which call it answers. */
	readonly callId?: string;
	/** Of a user: so many images of 1,024 pixels square after the text. */
	readonly images?: number;
}

/** The header of a PNG, which is all that is read of it. */
export function png(width: number, height: number): string {
	const bytes = Buffer.alloc(33);
	Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
	bytes.writeUInt32BE(width, 16);
	bytes.writeUInt32BE(height, 20);
	bytes.set([8, 2, 0, 0, 0], 24);
	return bytes.toString('base64');
}

const PNG = png(1_024, 1_024);
const argumentsOf = ({ text }: Turn): string => JSON.stringify({ query: text });
export const LOOK = { type: 'object', properties: { query: { type: 'string' } } };
/** Somebody calls a tool, so that it has to be offered. */
export const calling = (turns: readonly Turn[]): boolean => turns.some(({ calls }) => calls !== undefined);
const marksOf = ({ pinned, priority }: Turn) => ({
	...(pinned !== undefined && { pinned }),
	...(priority !== undefined && { priority }),
});
const many = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

function typedMessage(turn: Turn): ChatInput['messages'][number] {
	const { role, callId = '', images = 0, calls } = turn;
	const marks = marksOf(turn);
	const text = { type: 'text' as const, text: turn.text };
	if (role === 'system') return { role, content: turn.text, ...marks };
	if (role === 'tool') return { role, callId, content: turn.text, ...marks };
	if (role === 'user') {
		const image = { type: 'image' as const, source: { kind: 'data' as const, mediaType: 'image/png', data: PNG } };
		return { role, content: [text, ...many(images, image)], ...marks };
	}
	const called = calls?.map((id) => ({ type: 'tool-call' as const, id, name: 'look', arguments: argumentsOf(turn) }));
	return { role, content: called ?? [text], ...marks };
}

export const typedMessages = (turns: readonly Turn[]): ChatInput['messages'] => turns.map(typedMessage);

export function openAiMessages(turns: readonly Turn[]): object[] {
	return turns.map((turn) => {
		const marks = marksOf(turn);
		const own = Object.keys(marks).length > 0 ? { switchyard: marks } : {};
		const { role, text, calls, callId, images = 0 } = turn;
		if (role === 'tool') return { role, tool_call_id: callId, content: text, ...own };
		if (calls) {
			const called = { name: 'look', arguments: argumentsOf(turn) };
			return {
				role,
				content: null,
				tool_calls: calls.map((id) => ({ id, type: 'function', function: called })),
				...own,
			};
		}
		const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
		return { role, content: images > 0 ? [{ type: 'text', text }, ...many(images, image)] : text, ...own };
	});
}

export function anthropicMessages(turns: readonly Turn[]): object[] {
	return turns
		.filter(({ role }) => role !== 'system')
		.map((turn) => {
			const marks = marksOf(turn);
			const own = Object.keys(marks).length > 0 ? { switchyard: marks } : {};
			const { role, text, calls, callId, images = 0 } = turn;
			if (role === 'tool')
				return { role: 'user', content: [{ type: 'tool_result', tool_use_id: callId, content: text }], ...own };
			if (calls) {
				const input = { query: text };
				return { role, content: calls.map((id) => ({ type: 'tool_use', id, name: 'look', input })), ...own };
			}
			const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
			return { role, content: [{ type: 'text', text }, ...many(images, image)], ...own };
		});
}

/** Items of `/v1/responses`, one for each turn. */
export function responsesItems(turns: readonly Turn[]): object[] {
	return turns.map((turn) => {
		const marks = marksOf(turn);
		const own = Object.keys(marks).length > 0 ? { switchyard: marks } : {};
		const { role, text, calls, callId, images = 0 } = turn;
		if (role === 'tool') return { type: 'function_call_output', call_id: callId, output: text, ...own };
		if (calls) return { type: 'function_call', call_id: calls[0], name: 'look', arguments: argumentsOf(turn), ...own };
		const image = { type: 'input_image', image_url: `data:image/png;base64,${PNG}` };
		const content = images > 0 ? [{ type: 'input_text', text }, ...many(images, image)] : text;
		return { type: 'message', role, content, ...own };
	});
}

/** Places of the turns that a call shows, each once, in order. */
export const placesIn = ({ texts }: Pick<CountedCall, 'texts'>): readonly number[] =>
	[...new Set(texts.flatMap((text) => [...text.matchAll(/#(\d+)\b/g)].map(([, place]) => Number(place))))].sort(
		(left, right) => left - right,
	);

/** Places that runs stand for. */
export const spread = (runs: readonly { readonly first: number; readonly last: number }[]): readonly number[] =>
	runs.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));

const PROSE = 'the quick brown fox jumps over the lazy dog and rests for a while in the shade of an old tree';

/** Some `words` words of prose behind its number. */
export function saying(place: number, words: number): string {
	const each = PROSE.split(' ');
	return `#${place} ${Array.from({ length: words }, (_, at) => each[(at + place) % each.length]).join(' ')}.`;
}

/** `count` turns of a user and an assistant in turn, ending with the user's; `words` each. */
export const talk = (count: number, words = 60, from = 0): readonly Turn[] =>
	Array.from({ length: count }, (_, at) => ({
		role: (count - 1 - at) % 2 === 0 ? 'user' : 'assistant',
		text: saying(from + at, words),
	}));

/** The same conversation with one turn changed. */
export const changed = (turns: readonly Turn[], place: number, more: Partial<Turn>): readonly Turn[] =>
	turns.map((turn, at) => (at === place ? { ...turn, ...more } : turn));

/** Which requests belong to one conversation: by its name, else by how it begins. Pure. */
import type { ChatRequest } from '../language/request';

/** What a conversation is told by; a `ChatCall` is one. */
export interface Asking {
	/** `x-switchyard-conversation`. */
	readonly conversation?: string | null;
	readonly request: Pick<ChatRequest, 'messages' | 'metadata' | 'user'>;
}

/** Read of any one text (UTF-16 units): what is the same so far is taken for the same. */
const READ = 4_096;

/** What the caller calls it; null: nothing. */
export const namedConversation = ({ conversation, request }: Asking): string | null =>
	conversation || request.metadata?.conversation_id || null;

/** Somebody has answered before. */
export const goesOn = ({ messages }: Pick<ChatRequest, 'messages'>): boolean =>
	messages.some(({ role }) => role === 'assistant');

/** `scope`: within what the name counts: agent, model. 16 hexadecimal digits. */
export function conversationOf(asking: Asking, scope: readonly string[]): string {
	const named = namedConversation(asking);
	return digest([...scope, ...(named === null ? ['begins', ...beginningOf(asking.request)] : ['named', named])]);
}

/** System texts and the first words of the user, who may be one of many that begin alike. */
function beginningOf({ messages, user = '' }: Asking['request']): readonly string[] {
	const texts = [user];
	let length = 0;
	for (const { role, content } of messages) {
		if (role !== 'system' && role !== 'user') continue;
		if (role === 'user') length = 0;
		for (const part of content) {
			if (length >= READ) break;
			const text = part.type === 'text' ? part.text : part.type;
			texts.push(text);
			length += text.length;
		}
		if (role === 'user') break;
		texts.push('');
	}
	return texts;
}

const BASIS = 0x811c9dc5;
const OTHER_BASIS = 0x9747b28c;
const PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;

/** Two 32-bit lanes of FNV-1a, the second with constants of its own. Tells texts apart; keeps no secret. */
function lanes(texts: readonly string[]): readonly [number, number] {
	let left = BASIS;
	let right = OTHER_BASIS;
	for (const text of texts) {
		const end = Math.min(text.length, READ);
		for (let at = 0; at < end; at += 1) {
			const unit = text.charCodeAt(at);
			left = Math.imul(left ^ unit, PRIME);
			right = Math.imul(right ^ unit, OTHER_PRIME);
			right ^= right >>> 15;
		}
		left = Math.imul(left ^ 0x1_0000, PRIME);
		right = Math.imul(right ^ end ^ 0x1_0000, OTHER_PRIME);
	}
	return [mixed(left), mixed(right)];
}

/** Each bit counts for each (the finalizer of MurmurHash3). */
function mixed(lane: number): number {
	let bits = lane;
	bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
	return (bits ^ (bits >>> 16)) >>> 0;
}

const hex = (lane: number): string => lane.toString(16).padStart(8, '0');

/** A name for these texts: the first 4,096 units of each. 16 hexadecimal digits. */
export function digest(texts: readonly string[]): string {
	const [left, right] = lanes(texts);
	return hex(left) + hex(right);
}

/** A number in [0, 1) that is always the same for these texts, and evenly spread over others. */
export function evenly(texts: readonly string[]): number {
	const [left, right] = lanes(texts);
	return (left + (right >>> 11) / 2 ** 21) / 2 ** 32;
}

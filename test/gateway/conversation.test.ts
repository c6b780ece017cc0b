import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asking, conversationOf, digest, evenly, goesOn, namedConversation } from '../../src/gateway/conversation';
import type { Message } from '../../src/language/message';

const system = (text: string): Message => ({ role: 'system', content: [{ type: 'text', text }] });
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });

const asking = (messages: readonly Message[], more: Partial<Asking['request']> = {}): Asking => ({
	request: { messages, ...more },
});
const name = (messages: readonly Message[], more: Partial<Asking['request']> = {}): string =>
	conversationOf(asking(messages, more), ['agent']);

const opening = [system('Be kind.'), user('Hello')];

describe('the name of a conversation', () => {
	it('is told by its system text, its first user message and its user, whatever follows', () => {
		const first = name(opening);
		expect(first).toMatch(/^[0-9a-f]{16}$/);
		expect(name([...opening, assistant('Hi.'), user('And now?'), system('Be brief.')])).toBe(first);
		expect(name([system('Be rude.'), user('Hello')])).not.toBe(first);
		expect(name([system('Be kind.'), user('Goodbye')])).not.toBe(first);
		expect(name([user('Hello')])).not.toBe(first);
		expect(name(opening, { user: 'somebody' })).not.toBe(first);
		expect(conversationOf(asking(opening), ['another agent'])).not.toBe(first);
	});

	it('does not run one text into the next', () => {
		expect(name([system('ab'), user('c')])).not.toBe(name([system('a'), user('bc')]));
		expect(conversationOf(asking([user('x')]), ['a', 'b'])).not.toBe(conversationOf(asking([user('x')]), ['ab', '']));
	});

	it('still depends on the user after a system text of any length', () => {
		const long = system('x'.repeat(20_000));
		expect(name([long, user('a')])).not.toBe(name([long, user('b')]));
	});

	it('is the header before the metadata before its beginning', () => {
		const metadata = { conversation_id: 'from metadata' };
		expect(namedConversation({ conversation: 'from header', request: { messages: [], metadata } })).toBe('from header');
		expect(namedConversation(asking([], { metadata }))).toBe('from metadata');
		expect(namedConversation({ conversation: '', request: { messages: [] } })).toBeNull();
		const header = conversationOf({ conversation: 'c1', request: { messages: opening } }, ['agent']);
		expect(conversationOf({ conversation: 'c1', request: { messages: [user('Other')] } }, ['agent'])).toBe(header);
		expect(conversationOf(asking(opening, { metadata: { conversation_id: 'c1' } }), ['agent'])).toBe(header);
	});

	it('takes messages without any text', () => {
		const image: Message = {
			role: 'user',
			content: [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }],
		};
		expect(name([image])).toMatch(/^[0-9a-f]{16}$/);
		expect(name([])).toMatch(/^[0-9a-f]{16}$/);
	});

	it('goes on once somebody has answered', () => {
		expect(goesOn({ messages: opening })).toBe(false);
		expect(goesOn({ messages: [...opening, assistant('Hi.'), user('More')] })).toBe(true);
	});
});

describe('a digest', () => {
	it('tells texts apart', () => {
		const texts = fc.array(fc.string({ maxLength: 40 }), { maxLength: 4 });
		fc.assert(
			fc.property(texts, texts, (left, right) => {
				expect(digest(left) === digest(right)).toBe(JSON.stringify(left) === JSON.stringify(right));
			}),
		);
		const many = new Set(Array.from({ length: 20_000 }, (_, at) => digest(['conversation', String(at)])));
		expect(many.size).toBe(20_000);
	});

	it('spreads evenly as a number', () => {
		const counts = Array.from({ length: 10 }, () => 0);
		let [least, most] = [1, 0];
		for (let at = 0; at < 20_000; at += 1) {
			const drawn = evenly([`conversation ${at}`, 'openai/a o1']);
			least = Math.min(least, drawn);
			most = Math.max(most, drawn);
			const tenth = Math.floor(drawn * 10);
			counts[tenth] = (counts[tenth] ?? 0) + 1;
		}
		expect(least).toBeGreaterThan(0);
		expect(most).toBeLessThan(1);
		for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
	});
});

import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { insertPrompt } from '../../src/prompt/insert';
import type { PromptSource } from '../../src/prompt/source';

const user: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const system: Message = { role: 'system', content: [{ type: 'text', text: 'Mine.' }] };
const open = { mayOverridePrompt: true };
const closed = { mayOverridePrompt: false };

let hashes = 0;
const agentWith = (source: PromptSource | null) => ({
	prompt: source && { source, hash: `insert-${++hashes}`, version: 1 },
});
const GREETING = agentWith({ system: 'Serve {{name}}.', variables: { name: { type: 'string' } } });

describe('an agent’s prompt', () => {
	it('goes ahead of the caller’s own system messages, and its variables with it', () => {
		const request: ChatRequest = { messages: [system, user], variables: { name: 'Bo' }, temperature: 1 };
		const { request: sent, ahead } = insertPrompt(request, GREETING, open);
		expect(ahead).toBe(1);
		expect(sent).toEqual({
			temperature: 1,
			messages: [{ role: 'system', content: [{ type: 'text', text: 'Serve Bo.' }], pinned: true }, system, user],
		});
	});

	it('that says nothing puts nothing ahead', () => {
		const empty = agentWith({ system: '{{a}}', variables: { a: { type: 'string', default: '' } } });
		expect(insertPrompt({ messages: [user] }, empty, open)).toEqual({
			request: { messages: [user] },
			ahead: 0,
			warnings: [],
		});
	});

	it('without its variables is refused by the name of the first', () => {
		expect(() => insertPrompt({ messages: [user] }, GREETING, open)).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'variables.name' }),
		);
	});

	it.each([
		['no agent', null, 'no agent is asked for'],
		['an agent without a prompt', agentWith(null), 'has no prompt'],
	])('is what variables need: with %s they are refused', (_, agent, message) => {
		const ask = (): unknown => insertPrompt({ messages: [user], variables: { name: 'Bo' } }, agent, open);
		expect(ask).toThrow(expect.objectContaining({ param: 'variables', message: expect.stringContaining(message) }));
	});

	it('may be told that there are no variables', () => {
		expect(insertPrompt({ messages: [user], variables: {} }, null, open)).toEqual({
			request: { messages: [user] },
			ahead: 0,
			warnings: [],
		});
	});

	it('is not added to by what is passed on to the provider, where the key may not', () => {
		const plain = agentWith({ system: 'Serve.' });
		const providerOptions = { openai: { instructions: 'Do as I say.' }, anthropic: { system: 'Do as I say.' } };
		const { request, warnings } = insertPrompt({ messages: [user], providerOptions }, plain, closed);
		expect(request).not.toHaveProperty('providerOptions');
		expect(warnings).toEqual([{ field: 'providerOptions', message: expect.stringContaining('left out') }]);
		const strict = { messages: [user], providerOptions, strict: true };
		const refused = expect.objectContaining({ code: 'forbidden', param: 'providerOptions' });
		expect(() => insertPrompt(strict, plain, closed)).toThrow(refused);
		for (const [agent, key] of [
			[plain, open],
			[null, closed],
		] as const)
			expect(insertPrompt(strict, agent, key).request).toMatchObject({ providerOptions });
	});

	it('stands alone where the key may not add to it', () => {
		const plain = agentWith({ system: 'Serve.' });
		const refused = expect.objectContaining({ code: 'forbidden', param: 'messages' });
		expect(() => insertPrompt({ messages: [user, system] }, plain, closed)).toThrow(refused);
		expect(() => insertPrompt({ messages: [system, user] }, agentWith(null), closed)).toThrow(refused);
		expect(insertPrompt({ messages: [user] }, plain, closed).ahead).toBe(1);
		expect(insertPrompt({ messages: [system, user] }, null, closed).ahead).toBe(0);
	});

	it('sets no cache breakpoint where the caller sets some', () => {
		const marked = agentWith({ system: 'Serve.', cache: true });
		const own: Message = { role: 'user', content: [{ type: 'text', text: 'Hi', cache: '1h' }] };
		const tools = [{ name: 'look_up', cache: true }];
		const partOf = (request: ChatRequest) => insertPrompt(request, marked, open).request.messages[0]?.content[0];
		expect(partOf({ messages: [user] })).toEqual({ type: 'text', text: 'Serve.', cache: true });
		expect(partOf({ messages: [own] })).toEqual({ type: 'text', text: 'Serve.' });
		expect(partOf({ messages: [user], tools })).toEqual({ type: 'text', text: 'Serve.' });
	});
});

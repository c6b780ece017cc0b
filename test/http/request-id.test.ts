import { describe, expect, it } from 'vitest';
import { chatAnswer, doorApp } from '../support/door-app';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

describe('request ids', () => {
	it('are new for each request, and the inbound one is echoed and kept beside ours', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const first = await door.post('/v1/chat/completions', CHAT, { 'x-request-id': 'mine-1' });
		const second = await door.post('/v1/chat/completions', CHAT, { 'x-request-id': 'mine-1' });
		expect(first.headers.get('x-request-id')).toBe('mine-1');
		expect(second.headers.get('x-request-id')).toBe('mine-1');
		expect(door.gateway.chats).toMatchObject([
			{ requestId: 'id-1', clientRequestId: 'mine-1' },
			{ requestId: 'id-2', clientRequestId: 'mine-1' },
		]);
	});

	it.each(['a b', 'x'.repeat(129), 'tab\there', 'caf\u00e9'])('that are unusable (%j) are left aside', async (id) => {
		const door = doorApp({ chat: () => chatAnswer() });
		const response = await door.post('/v1/chat/completions', CHAT, { 'x-request-id': id });
		expect(response.headers.get('x-request-id')).toBe('id-1');
		expect(door.gateway.chats[0]?.clientRequestId).toBeNull();
	});
});

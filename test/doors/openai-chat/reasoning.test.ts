import { describe, expect, it } from 'vitest';
import type { AssistantPart } from '../../../src/language/message';
import { signed } from '../../../src/language/signature';
import { chatAnswer, doorApp } from '../../support/door-app';

const PATH = '/v1/chat/completions';

async function messages(message: object) {
	const door = doorApp({ chat: () => chatAnswer() });
	const response = await door.post(PATH, { messages: [message] });
	const [made] = door.gateway.chats;
	if (!made) throw new Error(await response.text());
	return made.request.messages;
}

/** The message of an answer with these parts. */
async function answered(content: readonly AssistantPart[]) {
	const door = doorApp({ chat: () => chatAnswer({ content }) });
	const body = (await (await door.post(PATH, { messages: [{ role: 'user', content: 'Hi' }] })).json()) as {
		choices: { message: object }[];
	};
	return body.choices[0]?.message ?? {};
}

describe('reasoning in the messages of the OpenAI chat door', () => {
	it('takes back the signed reasoning it gave', async () => {
		const details = [
			{ type: 'reasoning.text', text: 'Hm.', signature: 'sig', index: 0 },
			{ type: 'reasoning.encrypted', data: 'secret', index: 1 },
		];
		const [message] = await messages({
			role: 'assistant',
			content: 'Yes',
			reasoning_content: 'Hm.',
			reasoning_details: details,
		});
		expect(message?.content).toEqual([
			{ type: 'reasoning', text: 'Hm.', signature: 'sig' },
			{ type: 'reasoning', text: '', signature: 'secret', redacted: true },
			{ type: 'text', text: 'Yes' },
		]);
	});

	it('keeps a signature with an empty text ahead of the part it belongs to', async () => {
		const [message] = await messages({
			role: 'assistant',
			content: 'Yes',
			reasoning_content: 'Hm.',
			reasoning_details: [
				{ type: 'reasoning.text', text: 'Hm.', signature: null },
				{ type: 'reasoning.text', text: '', signature: 'google:sig' },
			],
		});
		expect(message?.content).toEqual([
			{ type: 'reasoning', text: 'Hm.' },
			{ type: 'reasoning', text: '', signature: 'google:sig' },
			{ type: 'text', text: 'Yes' },
		]);
	});

	it("keeps OpenRouter's own details as it wants them back", async () => {
		const reasoning_details = [
			{ type: 'reasoning.summary', summary: 'In short.', format: 'openai-responses-v1', id: 'rs_1', index: 0 },
			{ type: 'reasoning.encrypted', data: 'blob', format: 'openai-responses-v1', id: 'rs_1', index: 0 },
			{ type: 'reasoning.text', text: 'Plain.', format: 'unknown', index: 1 },
		];
		const [message] = await messages({ role: 'assistant', content: 'Yes', reasoning_details });
		const sealed = (proof: object) => signed('openrouter', JSON.stringify(proof));
		const format = 'openai-responses-v1';
		expect(message?.content).toEqual([
			{
				type: 'reasoning',
				text: 'In short.',
				signature: sealed({ format, id: 'rs_1', index: 0, type: 'reasoning.summary' }),
			},
			{
				type: 'reasoning',
				text: '',
				signature: sealed({ data: 'blob', format, id: 'rs_1', index: 0, type: 'reasoning.encrypted' }),
				redacted: true,
			},
			{ type: 'reasoning', text: 'Plain.' },
			{ type: 'text', text: 'Yes' },
		]);
		expect(await answered((message?.content ?? []).slice(0, 2) as AssistantPart[])).toMatchObject({
			reasoning_details: reasoning_details.slice(0, 2),
		});
	});

	it("gives Claude's signature bare, whoever sold it", async () => {
		const detail = { type: 'reasoning.text', text: 'Hm.', signature: 'sig', format: 'anthropic-claude-v1', index: 0 };
		const [message] = await messages({ role: 'assistant', content: 'Yes', reasoning_details: [detail] });
		expect(message?.content[0]).toEqual({ type: 'reasoning', text: 'Hm.', signature: 'sig' });
	});

	it('is plain where nothing signs it, in either name of the field', async () => {
		for (const field of ['reasoning_content', 'reasoning']) {
			const [message] = await messages({ role: 'assistant', content: 'Yes', [field]: 'Hm.' });
			expect(message?.content[0]).toEqual({ type: 'reasoning', text: 'Hm.' });
		}
	});
});

describe("Gemini's signature of a call", () => {
	const call = (id: string) => ({ type: 'tool-call', id, name: 'f', arguments: '{}' }) as const;
	const signature = (opaque: string) => ({ type: 'reasoning', text: '', signature: signed('google', opaque) }) as const;
	const parts: AssistantPart[] = [
		{ type: 'reasoning', text: 'Hm.' },
		signature('of the text'),
		{ type: 'text', text: 'Let me see.' },
		signature('of c1'),
		call('c1'),
		call('c2'),
	];

	it('stands beside the call, and comes back where it was', async () => {
		const message = await answered(parts);
		expect(message).toMatchObject({
			tool_calls: [{ id: 'c1', extra_content: { google: { thought_signature: 'of c1' } } }, { id: 'c2' }],
		});
		const [replayed] = await messages(message);
		expect(replayed?.content).toEqual(parts);
	});

	it('is taken from a client that knows no details', async () => {
		const tool_calls = [
			{
				id: 'c1',
				type: 'function',
				function: { name: 'f', arguments: '{}' },
				extra_content: { google: { thought_signature: 'of c1' } },
			},
		];
		const [message] = await messages({ role: 'assistant', content: null, tool_calls });
		expect(message?.content).toEqual([signature('of c1'), call('c1')]);
	});

	it("is nobody else's", async () => {
		expect(
			JSON.stringify(await answered([{ type: 'reasoning', text: '', signature: 'claude' }, call('c1')])),
		).not.toContain('extra_content');
	});
});

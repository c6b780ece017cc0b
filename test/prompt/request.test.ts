/** Prompts on the whole path, up to the body an upstream gets. */
import { describe, expect, it } from 'vitest';
import type { AgentConfig, Snapshot } from '../../src/gateway/ports';
import type { PromptSource } from '../../src/prompt/source';
import { answer, chatCall, sentJson, world } from '../support/scripted-gateway';

let hashes = 0;
const withAgent = (source: PromptSource | null, more: Partial<Snapshot> = {}): Partial<Snapshot> => {
	const agent: AgentConfig = {
		id: 'a1',
		slug: 'support',
		choice: { model: { value: 'openai/gpt-test', origin: 'agent' }, settings: {} },
		fallbacks: [],
		embeddingModel: null,
		prompt: source && { source, hash: `request-${++hashes}`, version: 1 },
	};
	return { agent, ...more };
};

const SERVE: PromptSource = {
	identity: 'You are Ada.',
	system: 'The customer is {{name}}.',
	variables: { name: { type: 'string' } },
};
const asking = (request: Parameters<typeof chatCall>[0]) => ({ ...chatCall(request), agent: 'support' });

describe('an agent with a prompt', () => {
	it('is sent it as one plain text ahead of the conversation', async () => {
		const w = world({ upstream: [() => answer()], snapshot: withAgent(SERVE) });
		await w.gateway.chat(asking({ variables: { name: 'Bo' } }));
		const body = sentJson(w.sent[0]) as { messages: { role: string; content: unknown }[]; variables?: unknown };
		expect(body.messages[0]).toEqual({ role: 'system', content: 'You are Ada.\n\nThe customer is Bo.' });
		expect(body.messages[1]?.role).toBe('user');
		expect(JSON.stringify(body)).not.toContain('variables');
	});

	it('begins every body in the same way up to the first variable, so that providers find it cached', async () => {
		const w = world({ upstream: [() => answer()], snapshot: withAgent(SERVE) });
		for (const name of ['Bo', 'Cy']) await w.gateway.chat(asking({ variables: { name } }));
		const [one, other] = w.sent.map(({ body }) => String(body));
		const same = one?.indexOf('Bo') ?? -1;
		expect(same).toBeGreaterThan(0);
		expect(other?.slice(0, same)).toBe(one?.slice(0, same));
	});

	it('is not called where a variable is missing, and nothing is held for it', async () => {
		const w = world({ upstream: [() => answer()], snapshot: withAgent(SERVE) });
		await expect(w.gateway.chat(asking({}))).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'variables.name',
		});
		expect(w.sent).toEqual([]);
		expect(w.opens).toEqual([]);
	});

	it('leaves the numbers of the caller’s messages as the caller counts them', async () => {
		const w = world({ upstream: [() => answer()], snapshot: withAgent({ system: 'Serve.' }) });
		const call = asking({
			messages: [
				{ role: 'user', content: [{ type: 'text', text: 'Hi' }] },
				{ role: 'tool', callId: 'nobody-called', content: [{ type: 'text', text: 'x' }] },
			],
		});
		await expect(w.gateway.chat(call)).rejects.toMatchObject({ param: expect.stringMatching(/^messages\[1\]/) });
	});

	it('counts its prompt into the hold', async () => {
		const hold = async (source: PromptSource | null): Promise<number> => {
			const w = world({ upstream: [() => answer()], snapshot: withAgent(source) });
			await w.gateway.chat(asking({}));
			return Number(w.opens[0]?.holdNanoUsd ?? 0);
		};
		expect(await hold({ system: 'x'.repeat(30_000) })).toBeGreaterThan(await hold(null));
	});
});

import { describe, expect, it } from 'vitest';
import type { AgentConfig, Caller, Snapshot } from '../../src/gateway/ports';
import { answer, chatCall, sentJson, world } from '../support/scripted-gateway';

const agent: AgentConfig = {
	id: 'agent1',
	slug: 'support',
	choice: {
		model: { value: 'groq/llama', origin: 'agent' },
		settings: { temperature: { value: 0.2, origin: 'agent' }, maxTokens: { value: 300, origin: 'agent' } },
	},
	fallbacks: ['deepseek/v4'],
	embeddingModel: null,
	systemPrompt: 'Be kind.',
};

const caller = (partial: Partial<Caller>): Caller => ({
	kind: 'gateway-key',
	organizationId: 'org1',
	keyId: 'key1',
	mayOverrideModel: true,
	allowedModels: null,
	allowedAgents: null,
	...partial,
});

const ask = (model: string | undefined, snapshot: Partial<Snapshot> = {}, call: { agent?: string } = {}) => {
	const w = world({ upstream: [() => answer()], snapshot });
	const { model: _, ...request } = chatCall().request;
	return {
		w,
		run: w.gateway.chat({
			...chatCall(model === undefined ? {} : { model }, call),
			request: { ...request, ...(model !== undefined && { model }) },
		}),
	};
};

const sentBody = (w: ReturnType<typeof world>): Record<string, unknown> => sentJson(w.sent[0]);

describe('the model of a request', () => {
	it.each([undefined, 'default', ''])('%s means what configuration says', async (model) => {
		const { run } = ask(model);
		expect((await run).meta).toMatchObject({ provider: 'openai', model: 'gpt-test' });
	});

	it('agent:<slug> brings the model, settings, prompt and chain of the agent', async () => {
		const { w, run } = ask('agent:support', { agent });
		expect((await run).meta).toMatchObject({ provider: 'groq', model: 'llama' });
		const body = sentBody(w);
		expect(body).toMatchObject({ temperature: 0.2 });
		expect((body.messages as { role: string; content: string }[])[0]).toMatchObject({
			role: 'system',
			content: 'Be kind.',
		});
		expect(w.entries()[0]?.agentId).toBe('agent1');
	});

	it('given beside an agent takes the place of its model, where the key may', async () => {
		const { w, run } = ask('openai/gpt-test', { agent }, { agent: 'support' });
		expect((await run).meta).toMatchObject({ provider: 'openai', model: 'gpt-test' });
		expect(sentBody(w)).toMatchObject({ temperature: 0.2 });
		const refused = ask(
			'openai/gpt-test',
			{ agent, caller: caller({ mayOverrideModel: false }) },
			{ agent: 'support' },
		);
		await expect(refused.run).rejects.toMatchObject({ code: 'forbidden', param: 'model' });
	});

	it('named outright gets no setting that nobody asked for', async () => {
		const { w, run } = ask('openai/gpt-test', {
			defaultChoice: {
				model: { value: 'openai/gpt-test', origin: 'global' },
				settings: { temperature: { value: 0.7, origin: 'global' } },
			},
		});
		await run;
		expect(sentBody(w)).not.toHaveProperty('temperature');
	});

	it.each([
		['nowhere/gpt', /Unknown provider 'nowhere'/],
		['nonsense', /Unknown model 'nonsense'/],
		['agent:nobody', /Unknown agent 'nobody'/],
		['profile:none', /Unknown profile 'none'/],
		['anthropic/claude', /'anthropic' has no key/],
		['openai/', /names a provider but no model/],
	])('%s is not found, and the message says what is unknown', async (model, message) => {
		const { run } = ask(model);
		await expect(run).rejects.toThrow(message);
		await expect(run).rejects.toMatchObject({ code: 'model_not_found' });
	});

	it('that only embeds is refused with the place to go', async () => {
		const { run } = ask('openai/embed-test');
		await expect(run).rejects.toMatchObject({ code: 'invalid_request', param: 'model' });
	});
});

describe("a key's policy", () => {
	it.each([
		['openai/*', true],
		['openai/gpt-test', true],
		['*', true],
		['groq/*', false],
		['openai/gpt', false],
		['open.i/*', false],
	])('%s lets openai/gpt-test through: %s', async (pattern, through) => {
		const { run } = ask('openai/gpt-test', { caller: caller({ allowedModels: [pattern] }) });
		if (through) expect((await run).meta.provider).toBe('openai');
		else await expect(run).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('keeps fallbacks it does not allow out of the chain, and says so', async () => {
		const { run } = ask('openai/gpt-test', {
			caller: caller({ allowedModels: ['openai/*'] }),
			fallbackChain: ['groq/llama'],
		});
		expect((await run).meta.routing[0]).toMatchObject({ outcome: 'skipped', reason: 'not allowed by this key' });
	});

	it('keeps other agents away', async () => {
		const { run } = ask('agent:support', { agent, caller: caller({ allowedAgents: ['sales'] }) });
		await expect(run).rejects.toMatchObject({ code: 'forbidden' });
	});
});

describe('the chain', () => {
	it('skips what has no key, what is there already and what is too much, with the reason', async () => {
		const { run } = ask('openai/gpt-test', {
			fallbackChain: ['anthropic/claude', 'openai/gpt-test', ...Array.from({ length: 9 }, (_, at) => `groq/m${at}`)],
		});
		const reasons = (await run).meta.routing.filter((step) => step.outcome === 'skipped').map((step) => step.reason);
		expect(reasons).toEqual([
			"Provider 'anthropic' has no key in this organization.",
			'already in the chain',
			'the chain is longer than 8 targets',
			'the chain is longer than 8 targets',
		]);
	});
});

describe('a server with a name of its own', () => {
	const server = (name: string, baseUrl: string) => ({
		rowId: `row-${name}`,
		name,
		source: 'organization' as const,
		apiKey: null,
		baseUrl,
		trust: 'tenant' as const,
		config: {},
	});
	const credentials = {
		custom: [server('custom', 'https://one.example/v1'), server('vllm-eu', 'https://two.example/v1')],
	};

	it('is addressed by that name', async () => {
		const { w, run } = ask('vllm-eu/llama', { credentials });
		expect((await run).meta).toMatchObject({ provider: 'custom', model: 'llama' });
		expect(w.sent[0]?.url).toBe('https://two.example/v1/chat/completions');
		expect(w.entries()[0]).toMatchObject({ provider: 'custom', providerRowId: 'row-vllm-eu' });
	});

	it("is the first of them under the provider's own name", async () => {
		const { w, run } = ask('custom/llama', { credentials });
		await run;
		expect(w.sent[0]?.url).toBe('https://one.example/v1/chat/completions');
	});

	it('is told apart in the list of models a key may use', async () => {
		const limited = { credentials, caller: caller({ allowedModels: ['vllm-eu/*'] }) };
		expect((await ask('vllm-eu/llama', limited).run).meta).toMatchObject({ provider: 'custom', model: 'llama' });
		await expect(ask('custom/llama', limited).run).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('is unknown to an organization that has none of that name', async () => {
		await expect(ask('vllm-us/llama', { credentials }).run).rejects.toMatchObject({ code: 'model_not_found' });
	});
});

describe('the list of models a key may use', () => {
	it('holds for those that a provider is told to move on to by itself', async () => {
		const credentials = {
			openrouter: [
				{
					rowId: null,
					name: 'openrouter',
					source: 'environment' as const,
					apiKey: 'k',
					baseUrl: 'https://router.test/v1',
					trust: 'operator' as const,
					config: {},
				},
			],
		};
		const limited = caller({ allowedModels: ['openrouter/small/*'] });
		const chat = (models: unknown, by: Caller) => {
			const w = world({ upstream: [() => answer()], snapshot: { credentials, caller: by } });
			return w.gateway.chat(chatCall({ model: 'openrouter/small/one', providerOptions: { openrouter: { models } } }));
		};
		const param = 'providerOptions.openrouter.models';
		await expect(chat(['small/two', 'large/one'], limited)).rejects.toMatchObject({ code: 'forbidden', param });
		await expect(chat('large/one', limited)).rejects.toMatchObject({ code: 'invalid_request', param });
		expect((await chat(['small/two'], limited)).meta.provider).toBe('openrouter');
		expect((await chat(['large/one'], caller({}))).meta.provider).toBe('openrouter');
	});
});

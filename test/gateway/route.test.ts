import { describe, expect, it } from 'vitest';
import type { Caller, Snapshot } from '../../src/gateway/ports';
import { answer, chatCall, failure, sentJson, world } from '../support/scripted-gateway';
import { agentOf, callerOf, choiceOf, promptOf, rowOf } from './snapshots';

const agent = agentOf({
	choice: {
		model: { value: 'groq/llama', origin: 'agent' },
		settings: { temperature: { value: 0.2, origin: 'agent' }, maxTokens: { value: 300, origin: 'agent' } },
	},
	fallbacks: ['deepseek/v4'],
	prompt: promptOf('Be kind.'),
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
			{ agent, caller: callerOf({ mayOverrideModel: false }) },
			{ agent: 'support' },
		);
		await expect(refused.run).rejects.toMatchObject({ code: 'forbidden', param: 'model' });
	});

	it('given as a profile beside an agent leaves the agent its own settings, where the key may not override any', async () => {
		const profiles = { loose: choiceOf('openai/gpt-test', { topP: { value: 0.5, origin: 'organization' } }) };
		const sent = async (caller: Partial<Caller>) => {
			const snapshot = { agent, profiles, caller: callerOf(caller) };
			const { w, run } = ask('profile:loose', snapshot, { agent: 'support' });
			expect((await run).meta.model).toBe('gpt-test');
			return sentBody(w);
		};
		expect(await sent({ mayOverrideSettings: false })).toMatchObject({ temperature: 0.2, top_p: 0.5 });
		expect(await sent({})).not.toHaveProperty('temperature');
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
		const { run } = ask('openai/gpt-test', { caller: callerOf({ allowedModels: [pattern] }) });
		if (through) expect((await run).meta.provider).toBe('openai');
		else await expect(run).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('keeps fallbacks it does not allow out of the chain, and says so', async () => {
		const { run } = ask('openai/gpt-test', {
			caller: callerOf({ allowedModels: ['openai/*'] }),
			fallbackChain: ['groq/llama'],
		});
		expect((await run).meta.routing.steps[0]).toMatchObject({ outcome: 'skipped', reason: 'not allowed by this key' });
	});

	it.each([
		['no agent', 'openai/gpt-test', {}],
		['no agent and no model', undefined, {}],
		['a profile', 'profile:quick', {}],
	])('that is limited to agents refuses a request for %s, saying what to do', async (_, model, call) => {
		const limited = {
			agent,
			profiles: { quick: choiceOf('openai/gpt-test') },
			caller: callerOf({ allowedAgents: ['support'] }),
		};
		const { run, w } = ask(model, limited, call);
		await expect(run).rejects.toMatchObject({ code: 'forbidden', param: 'model' });
		await expect(run).rejects.toThrow(/x-switchyard-agent or as model agent:<slug>/);
		expect(w.sent).toEqual([]);
	});

	it('that is limited to agents reaches an explicit model through one of them alone, where it may name one', async () => {
		const limited = (mayOverrideModel: boolean) =>
			ask(
				'openai/gpt-test',
				{ agent, caller: callerOf({ allowedAgents: ['support'], mayOverrideModel }) },
				{ agent: 'support' },
			).run;
		expect((await limited(true)).meta.provider).toBe('openai');
		await expect(limited(false)).rejects.toMatchObject({ code: 'forbidden', param: 'model' });
	});

	it('that is limited to providers refuses the others, and skips them in a chain', async () => {
		const snapshot = (allowedProviders: string[]) => ({
			caller: callerOf({ allowedProviders }),
			fallbackChain: ['groq/llama', 'deepseek/v4'],
		});
		await expect(ask('openai/gpt-test', snapshot(['groq'])).run).rejects.toMatchObject({
			code: 'forbidden',
			param: 'model',
			message: "This key may not use provider 'openai'.",
		});
		const { routing } = (await ask('openai/gpt-test', snapshot(['openai', 'deepseek'])).run).meta;
		expect(routing.steps.map(({ provider, outcome }) => `${provider} ${outcome}`)).toEqual([
			'groq skipped',
			'openai answered',
			'deepseek unused',
		]);
		expect(routing.steps[0]?.reason).toBe('not allowed by this key');
		await expect(ask('openai/gpt-test', snapshot([])).run).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('that is limited to a server by its name reaches that one, and no other of its provider', async () => {
		const credentials = { custom: [rowOf('r1', { name: 'vllm' }), rowOf('r2', { name: 'tgi' })] };
		const snapshot = (allowedProviders: string[]) => ({ caller: callerOf({ allowedProviders }), credentials });
		const { w, run } = ask('tgi/llama', snapshot(['tgi']));
		await run;
		expect(w.sent[0]?.url).toContain('https://r2.test/');
		for (const other of ['vllm/llama', 'custom/llama'])
			await expect(ask(other, snapshot(['tgi'])).run).rejects.toMatchObject({ code: 'forbidden' });
		for (const name of ['vllm/llama', 'custom/llama']) await ask(name, snapshot(['custom'])).run;
	});

	it('keeps other agents away', async () => {
		const { run } = ask('agent:support', { agent, caller: callerOf({ allowedAgents: ['sales'] }) });
		await expect(run).rejects.toMatchObject({ code: 'forbidden' });
	});
});

describe('the chain', () => {
	it('skips what has no key, what is there already and what is too much, with the reason', async () => {
		const { run } = ask('openai/gpt-test', {
			fallbackChain: ['anthropic/claude', 'openai/gpt-test', ...Array.from({ length: 9 }, (_, at) => `groq/m${at}`)],
		});
		const reasons = (await run).meta.routing.steps
			.filter((step) => step.outcome === 'skipped')
			.map((step) => step.reason);
		expect(reasons).toEqual([
			"Provider 'anthropic' has no key in this organization.",
			'already in the chain',
			'the chain is longer than 8 targets',
			'the chain is longer than 8 targets',
		]);
	});

	it.each(['x', 'openai/x', 'profile:x', 'nowhere/x'])(
		'reads no name that is too long to be one: %s…',
		async (start) => {
			const long = start.padEnd(100_000, 'x');
			const message = "A model's name has at most 1024 characters.";
			await expect(ask(long).run).rejects.toMatchObject({ code: 'model_not_found', param: 'model', message });
			const steps = (await ask('openai/gpt-test', { fallbackChain: [long] }).run).meta.routing.steps;
			expect(steps[0]).toMatchObject({ outcome: 'skipped', reason: message });
			expect(`${steps[0]?.provider}${steps[0]?.model}`.length).toBeLessThan(300);
		},
	);
});

describe('what follows the first target', () => {
	const down = [() => failure(401), () => answer()];
	const order = async (model: string | undefined, snapshot: Partial<Snapshot>, call: { agent?: string } = {}) => {
		const w = world({ upstream: down, snapshot });
		const { model: _, ...request } = chatCall().request;
		const asked = { ...chatCall({}, call), request: { ...request, ...(model !== undefined && { model }) } };
		const { routing } = (await w.gateway.chat(asked)).meta;
		return routing.steps.map((step) => `${step.provider}/${step.model}`);
	};
	const fallbackChain = ['deepseek/v4'];
	const fallbacks = {
		'openai/gpt-test': ['groq/by-model'],
		quick: ['groq/by-alias'],
		'profile:fast': ['groq/by-profile'],
	};
	const profiles = { fast: choiceOf('openai/gpt-test') };
	const aliases = { quick: 'openai/gpt-test', speedy: 'profile:fast' };
	const snapshot = { fallbackChain, fallbacks, profiles, aliases };

	it.each([
		['openai/gpt-test', 'groq/by-model'],
		['gpt-test', 'groq/by-model'],
		['quick', 'groq/by-alias'],
		['profile:fast', 'groq/by-profile'],
		['speedy', 'groq/by-profile'],
		['default', 'groq/by-model'],
		['openai/other', 'deepseek/v4'],
	])('%s is %s: by its name as it was asked for, then as it was understood, then by default', async (model, next) => {
		expect((await order(model, snapshot))[1]).toBe(next);
	});

	it("is an agent's own chain before any of these", async () => {
		expect(
			await order('agent:support', {
				...snapshot,
				agent: agentOf({ choice: choiceOf('openai/gpt-test'), fallbacks: ['groq/own'] }),
			}),
		).toEqual(['openai/gpt-test', 'groq/own']);
		const plain = agentOf({ choice: choiceOf('openai/gpt-test') });
		expect((await order('agent:support', { ...snapshot, agent: plain }))[1]).toBe('groq/by-model');
	});

	it('is nothing where an empty chain is set for the name', async () => {
		const w = world({ upstream: down, snapshot: { ...snapshot, fallbacks: { 'openai/gpt-test': [] } } });
		await expect(w.gateway.chat(chatCall())).rejects.toMatchObject({ code: 'upstream_rejected' });
		expect(w.sent).toHaveLength(1);
	});

	it('may be named by aliases and profiles: the model and the key of a profile, without its settings', async () => {
		const hop = {
			...choiceOf('groq/llama', { temperature: { value: 0.9, origin: 'organization' } }),
			credentialRowId: 'second',
		};
		const w = world({
			upstream: down,
			snapshot: {
				profiles: { hop },
				aliases: { elsewhere: 'profile:hop' },
				fallbackChain: ['elsewhere', 'profile:gone', 'nobody'],
				credentials: { openai: [rowOf('first')], groq: [rowOf('default'), rowOf('second')] },
			},
		});
		const { meta } = await w.gateway.chat(chatCall());
		expect(w.sent[1]?.headers.authorization).toBe('Bearer key of second');
		expect(sentJson(w.sent[1])).not.toHaveProperty('temperature');
		expect(meta.routing.steps.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason)).toEqual([
			"Unknown profile 'gone' in this organization.",
			expect.stringMatching(/^Unknown model 'nobody'/),
		]);
	});

	it('may be the same model with another key, and not with the same one', async () => {
		const w = world({
			upstream: down,
			snapshot: {
				profiles: { spare: { ...choiceOf('openai/gpt-test'), credentialRowId: 'second' } },
				fallbackChain: ['openai/gpt-test', 'profile:spare'],
				credentials: { openai: [rowOf('first'), rowOf('second')] },
			},
		});
		const { meta } = await w.gateway.chat(chatCall());
		expect(w.sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer key of first', 'Bearer key of second']);
		expect(meta.routing.steps.find(({ outcome }) => outcome === 'skipped')?.reason).toBe('already in the chain');
	});
});

describe('what the configuration knows better than the catalog', () => {
	const declared = { declared: true, contextWindow: 32_000, maxOutput: 100 };

	it('is what a target is priced and reported by', async () => {
		const models = {
			'openai/gpt-test': { declared: true, prices: { input: 5_000_000n, output: 0n }, priceVersion: 'override-3' },
		};
		const { w, run } = ask('openai/gpt-test', { models });
		await run;
		expect(w.entries()[0]).toMatchObject({ costNanoUsd: 50_000n, priceVersion: 'override-3' });
	});

	it('makes a model known under its own name, without a warning', async () => {
		const w = world({
			upstream: [() => answer()],
			snapshot: { models: { 'groq/tuned': declared } },
			facts: { known: false, prices: null, priceVersion: null },
		});
		const { meta } = await w.gateway.chat(chatCall({ model: 'tuned' }));
		expect(meta).toMatchObject({
			provider: 'groq',
			model: 'tuned',
			warnings: [],
			context: { limit: expect.any(Number) },
		});
		expect(meta.context?.limit).toBeLessThan(32_000);
		await expect(w.gateway.chat(chatCall({ model: 'untuned' }))).rejects.toMatchObject({ code: 'model_not_found' });
	});

	it('is looked for among configured providers first, and never before the catalog of those', async () => {
		const models = { 'anthropic/tuned': declared, 'deepseek/tuned': declared, 'groq/gpt-test': declared };
		expect((await ask('tuned', { models }).run).meta.provider).toBe('deepseek');
		expect((await ask('gpt-test', { models }).run).meta.provider).toBe('openai');
		await expect(ask('tuned', { models: { 'anthropic/tuned': declared } }).run).rejects.toThrow(
			/'anthropic' has no key/,
		);
	});

	it('may turn a chat model into one for embeddings', async () => {
		const { run } = ask('openai/gpt-test', { models: { 'openai/gpt-test': { declared: true, kind: 'embedding' } } });
		await expect(run).rejects.toMatchObject({ code: 'invalid_request', param: 'model' });
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
		const limited = { credentials, caller: callerOf({ allowedModels: ['vllm-eu/*'] }) };
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
		const limited = callerOf({ allowedModels: ['openrouter/small/*'] });
		const chat = (models: unknown, by: Caller) => {
			const w = world({ upstream: [() => answer()], snapshot: { credentials, caller: by } });
			return w.gateway.chat(chatCall({ model: 'openrouter/small/one', providerOptions: { openrouter: { models } } }));
		};
		const param = 'providerOptions.openrouter.models';
		await expect(chat(['small/two', 'large/one'], limited)).rejects.toMatchObject({ code: 'forbidden', param });
		await expect(chat('large/one', limited)).rejects.toMatchObject({ code: 'invalid_request', param });
		const many = Array.from({ length: 51 }, () => 'small/two');
		await expect(chat(many, limited)).rejects.toMatchObject({ code: 'invalid_request', param });
		expect((await chat(many.slice(1), limited)).meta.provider).toBe('openrouter');
		expect((await chat(['small/two'], limited)).meta.provider).toBe('openrouter');
		expect((await chat(['large/one'], callerOf({}))).meta.provider).toBe('openrouter');
	});
});

import { beforeEach, describe, expect, it } from 'vitest';
import { importConfiguration } from '../../src/services/configuration-file/import';
import { administer, configVersion, insertOrganization, operator, principal, refusal, serviceContext } from './bench';

const context = () => serviceContext(principal('o1'));
let owner: ReturnType<typeof administer>;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	owner = administer(context());
});

const agent = { slug: 'a', name: 'A' };

describe('what an agent requires', () => {
	it('is kept, shown, and each need once', async () => {
		const made = await owner.agents.create({
			...agent,
			model: 'openai/gpt-4.1',
			requires: ['tools', 'vision', 'tools'],
		});
		expect(made.requires).toEqual(['tools', 'vision']);
		expect((await owner.agents.get({ slug: 'a' })).requires).toEqual(['tools', 'vision']);
		expect((await owner.agents.update({ slug: 'a', requires: [] })).requires).toEqual([]);
	});

	it.each([
		['reasoning', 'openai/gpt-4.1', 'model'],
		['vision', 'groq/llama-3.1-8b-instant', 'model'],
		['embeddings', 'anthropic/claude-sonnet-4-5', 'embeddingModel'],
	] as const)('%s refuses %s, naming %s', async (need, model, param) => {
		const refused = await refusal(owner.agents.create({ ...agent, model, requires: [need] }));
		expect(refused).toMatchObject({ code: 'invalid_request', param });
		expect(refused.message).toContain(`'${need}'`);
		expect(await owner.agents.list()).toEqual([]);
	});

	it('holds for each fallback too', async () => {
		const chain = { model: 'openai/gpt-4.1', fallbacks: ['anthropic/claude-sonnet-4-5', 'groq/llama-3.1-8b-instant'] };
		const refused = await refusal(owner.agents.create({ ...agent, ...chain, requires: ['vision'] }));
		expect(refused).toMatchObject({ code: 'invalid_request', param: 'fallbacks[1]' });
	});

	it('holds for a model that takes the place of another', async () => {
		await owner.agents.create({ ...agent, model: 'openai/gpt-4.1', requires: ['vision'] });
		const refused = await refusal(owner.agents.update({ slug: 'a', model: 'groq/llama-3.1-8b-instant' }));
		expect(refused).toMatchObject({ code: 'invalid_request', param: 'model' });
		expect((await owner.agents.get({ slug: 'a' })).model).toBe('openai/gpt-4.1');
	});

	it('is met by an embedding model of its own', async () => {
		const made = { ...agent, model: 'anthropic/claude-sonnet-4-5', embeddingModel: 'openai/text-embedding-3-small' };
		await expect(owner.agents.create({ ...made, requires: ['embeddings'] })).resolves.toMatchObject({ slug: 'a' });
	});

	it('follows what the organization declares of a model', async () => {
		const custom = { provider: 'custom', model: 'm', contextWindow: 8_000 };
		await owner.customModels.set({ ...custom, capabilities: { tools: false } });
		const refused = refusal(owner.agents.create({ ...agent, model: 'custom/m', requires: ['tools'] }));
		expect(await refused).toMatchObject({ code: 'invalid_request', param: 'model' });
		await owner.customModels.set({ ...custom, capabilities: { tools: true } });
		await expect(owner.agents.create({ ...agent, model: 'custom/m', requires: ['tools'] })).resolves.toMatchObject({
			model: 'custom/m',
		});
	});

	it('holds for whom its profile routes to, unless its own policy stands over that', async () => {
		const blind = [{ model: 'groq/llama-3.1-8b-instant' }];
		await owner.profiles.set({ name: 'p', provider: 'openai', model: 'gpt-4.1', routing: { candidates: blind } });
		const following = { ...agent, model: 'profile:p', requires: ['vision' as const] };
		expect(await refusal(owner.agents.create(following))).toMatchObject({
			code: 'invalid_request',
			param: 'model',
			message: expect.stringContaining('its profile names it in routing.candidates[0].model'),
		});
		const routing = { candidates: [{ model: 'openai/gpt-4o' }] };
		await expect(owner.agents.create({ ...following, routing })).resolves.toMatchObject({ model: 'profile:p' });
		expect(await refusal(owner.agents.update({ slug: 'a', routing: null }))).toMatchObject({ param: 'model' });
	});

	it('gives a model nobody knows the benefit of the doubt', async () => {
		const platform = administer(serviceContext(operator('o1')));
		await expect(
			platform.agents.create({ ...agent, model: 'ollama/something-new', requires: ['tools'] }),
		).resolves.toMatchObject({ requires: ['tools'] });
	});
});

describe('what agents require of a profile or an alias that changes', () => {
	const seeing = { provider: 'openai', model: 'gpt-4.1' };
	const blind = { provider: 'groq', model: 'llama-3.1-8b-instant' };
	const named = [{ model: 'groq/llama-3.1-8b-instant' }];

	beforeEach(async () => {
		await owner.profiles.set({ name: 'p', ...seeing });
		await owner.profiles.set({ name: 'spare', ...seeing, model: 'gpt-4o' });
		await owner.aliases.set({ name: 'other', target: 'openai/gpt-4o-mini' });
		const routing = { contentFilterFallbacks: ['other'] };
		await owner.agents.create({
			...agent,
			model: 'profile:p',
			fallbacks: ['profile:spare'],
			requires: ['vision'],
			routing,
		});
	});

	it.each<[string, () => Promise<unknown>, string]>([
		['its model', () => owner.profiles.set({ name: 'p', ...blind }), 'model'],
		[
			'whom it routes to',
			() => owner.profiles.set({ name: 'p', ...seeing, routing: { candidates: named } }),
			'routing.candidates[0].model',
		],
		['the model of one that is a fallback', () => owner.profiles.set({ name: 'spare', ...blind }), 'model'],
		['where an alias leads', () => owner.aliases.set({ name: 'other', target: 'groq/llama-3.1-8b-instant' }), 'target'],
		[
			'a profile within the whole configuration',
			() =>
				owner.organizations.update({
					llmConfiguration: { profiles: { p: blind, spare: seeing }, aliases: { other: 'openai/gpt-4o-mini' } },
				}),
			'llmConfiguration.profiles.p.model',
		],
		[
			'an alias within the whole configuration',
			() =>
				owner.organizations.update({
					llmConfiguration: { profiles: { p: seeing, spare: seeing }, aliases: { other: 'groq/llama-3.1-8b-instant' } },
				}),
			'llmConfiguration.aliases.other',
		],
	])('holds for %s, naming field and agent', async (_, change, param) => {
		const before = await configVersion('o1');
		expect(await refusal(change())).toMatchObject({
			code: 'invalid_request',
			param,
			message: expect.stringContaining("agent 'a' requires 'vision'"),
		});
		expect(await configVersion('o1')).toBe(before);
	});

	it('is what an import leaves of them, not what they were', async () => {
		const document = 'profiles: {p: {provider: groq, model: llama-3.1-8b-instant}}\n';
		await expect(importConfiguration(context(), { document })).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'profiles.p.model',
			message: expect.stringContaining('line 1:'),
		});
		const both = `${document}agents: {a: {model: "profile:p", requires: [tools]}}\n`;
		await expect(importConfiguration(context(), { document: both })).resolves.toMatchObject({ applied: true });
	});

	it('does not keep a profile from changing in what they do not ask about', async () => {
		const routing = { candidates: [{ model: 'openai/gpt-4o' }], contextFallbacks: ['google/gemini-2.5-pro'] };
		await owner.profiles.set({ name: 'p', ...seeing, settings: { temperature: 0.1 }, routing });
		await owner.agents.update({ slug: 'a', routing: { candidates: [{ model: 'openai/gpt-4o' }] } });
		await owner.profiles.set({ name: 'p', ...seeing, routing: { candidates: named } });
	});
});

import { beforeEach, describe, expect, it } from 'vitest';
import { administer, insertOrganization, operator, principal, refusal, serviceContext } from './bench';

let owner: ReturnType<typeof administer>;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	owner = administer(serviceContext(principal('o1')));
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

	it('gives a model nobody knows the benefit of the doubt', async () => {
		const platform = administer(serviceContext(operator('o1')));
		await expect(
			platform.agents.create({ ...agent, model: 'ollama/something-new', requires: ['tools'] }),
		).resolves.toMatchObject({ requires: ['tools'] });
	});
});

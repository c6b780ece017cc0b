import { beforeEach, describe, expect, it } from 'vitest';
import { importConfiguration } from '../../src/services/configuration-file/import';
import { addProvider, removeProvider, updateProvider } from '../../src/services/providers';
import { administer, insertOrganization, principal, refusal, serviceContext } from './bench';

const context = () => serviceContext(principal('o1'));
const SERVER = { provider: 'custom', name: 'house', baseUrl: 'https://llm.example.com/v1' };
const MODEL = 'house/llama';
const calm = { name: 'calm', provider: 'openai', model: 'gpt-4o' };
const agent = { slug: 'a', name: 'A', model: 'openai/gpt-4o' };

let owner: ReturnType<typeof administer>;
let id: string;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	owner = administer(context());
	({ id } = await addProvider(context(), SERVER));
});

const ends = [
	['renamed', () => updateProvider(context(), { id, name: 'other' })],
	['deactivated', () => updateProvider(context(), { id, isActive: false })],
	['removed', () => removeProvider(context(), { id })],
] as const;

describe('a server of one’s own that something names by its row', () => {
	it.each<[string, () => Promise<unknown>]>([
		["agent 'a'", () => owner.agents.create({ ...agent, model: MODEL })],
		["agent 'a'", () => owner.agents.create({ ...agent, fallbacks: [MODEL] })],
		["agent 'a'", () => owner.agents.create({ ...agent, routing: { candidates: [{ model: MODEL }] } })],
		["agent 'a'", () => owner.agents.create({ ...agent, context: { summarizer: MODEL } })],
		["profile 'calm'", () => owner.profiles.set({ ...calm, routing: { contentFilterFallbacks: [MODEL] } })],
		["profile 'calm'", () => owner.profiles.set({ ...calm, context: { summarizer: MODEL } })],
		["alias 'best'", () => owner.aliases.set({ name: 'best', target: MODEL })],
		['fallbackChain', () => owner.fallbacks.set({ chain: [MODEL] })],
		["the fallbacks of 'house/llama'", () => owner.fallbacks.setFor({ model: MODEL, chain: ['openai/gpt-4o'] })],
		['routing', () => owner.organizations.setRouting({ routing: { contextFallbacks: [MODEL] } })],
		['context', () => owner.organizations.setContext({ context: { summarizer: MODEL } })],
	])('stays under its name while %s does: %s', async (user, naming) => {
		await naming();
		for (const [verb, end] of ends)
			expect(await refusal(end())).toMatchObject({
				code: 'conflict',
				param: 'id',
				message: expect.stringMatching(new RegExp(`can't be ${verb}.* in use by ${user}`)),
			});
		expect(await updateProvider(context(), { id, config: { weight: 2 } })).toMatchObject({ isActive: true });
	});

	it.each(ends)('is %s once nothing names it, whatever names its provider or another server', async (_, end) => {
		await addProvider(context(), { ...SERVER, name: 'household', baseUrl: 'https://other.example.com/v1' });
		await owner.agents.create({ ...agent, model: 'household/llama', fallbacks: ['custom/llama'] });
		await end();
	});

	it('goes together with what named it, in one file', async () => {
		await owner.agents.create({ ...agent, model: MODEL });
		const row = 'providers: [{provider: custom, name: house, isActive: false}]\n';
		await expect(importConfiguration(context(), { document: row })).rejects.toMatchObject({ code: 'conflict' });
		const document = `${row}agents: {a: {model: openai/gpt-4o}}\n`;
		expect(await importConfiguration(context(), { document })).toMatchObject({ applied: true });
	});

	it('is no concern of a row that bears its provider’s name', async () => {
		const own = await addProvider(context(), { ...SERVER, name: 'custom', baseUrl: 'https://own.example.com/v1' });
		await owner.agents.create({ ...agent, model: 'custom/llama' });
		await updateProvider(context(), { id: own.id, name: 'second' });
		await removeProvider(context(), { id: own.id });
	});
});

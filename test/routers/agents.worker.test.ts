import { beforeEach, describe, expect, it } from 'vitest';
import { agentLlmPreferences, agents } from '../../src/db/schema';
import {
	administer,
	auditRows,
	configVersion,
	db,
	insertOrganization,
	NOW,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
	untyped,
} from '../services/bench';

let port: ScriptedChange;
let caller: ReturnType<typeof administer>;
let now = NOW;

beforeEach(async () => {
	now = NOW;
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2');
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port, now: () => now }));
});

const SUPPORT = { slug: 'support', name: 'Support', model: 'mock/echo' };

describe('agents.create', () => {
	it('stores the whole choice and answers with the agent', async () => {
		const made = await caller.agents.create({
			...SUPPORT,
			description: 'Answers customers',
			fallbacks: ['openai/gpt-4o-mini', 'groq/llama-3.1-8b-instant'],
			systemPrompt: 'Be kind.',
			settings: { temperature: 0.2, maxTokens: 500, topP: 1, timeoutMs: 600_000 },
			embeddingModel: 'openai/text-embedding-3-small',
		});
		expect(made).toEqual({
			id: expect.any(String),
			slug: 'support',
			name: 'Support',
			description: 'Answers customers',
			model: 'mock/echo',
			fallbacks: ['openai/gpt-4o-mini', 'groq/llama-3.1-8b-instant'],
			prompt: { system: 'Be kind.' },
			promptVersion: 1,
			systemPrompt: 'Be kind.',
			settings: { temperature: 0.2, maxTokens: 500, topP: 1, timeoutMs: 600_000 },
			embeddingModel: 'openai/text-embedding-3-small',
			requires: [],
			routing: {},
			context: {},
			version: 1,
			createdAt: NOW,
			updatedAt: NOW,
		});
		expect(await caller.agents.get({ slug: 'support' })).toEqual(made);
		expect(await caller.agents.get({ id: made.id })).toEqual(made);
		expect(await db.select().from(agentLlmPreferences)).toMatchObject([
			{ agentId: made.id, organizationId: 'o1', provider: 'mock', model: 'echo', prompt: { system: 'Be kind.' } },
		]);
	});

	it('moves the config version in the batch of its audit row', async () => {
		const { id } = await caller.agents.create(SUPPORT);
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
		expect(await auditRows('o1')).toMatchObject([
			{ action: 'create', entity: 'agent', entityId: id, before: null, after: { slug: 'support', model: 'mock/echo' } },
		]);
	});

	it('takes a bare name by the catalog', async () => {
		expect((await caller.agents.create({ ...SUPPORT, model: 'gpt-4o-mini' })).model).toBe('openai/gpt-4o-mini');
	});

	it.each([
		['a local or tenant-given server, whose models no catalog knows', 'custom/my-own-model'],
		['a model name with slashes', 'groq/openai/gpt-oss-20b'],
		['a mock that fails on purpose', 'mock/fail-500'],
	])('takes %s', async (_, model) => {
		expect((await caller.agents.create({ ...SUPPORT, model })).model).toBe(model);
	});

	it.each([
		[{ model: 'openai/gpt-99-imaginary' }, 'model', "'openai' has no model 'gpt-99-imaginary'"],
		[{ model: 'nowhere/gpt-4o' }, 'model', "Unknown provider 'nowhere'"],
		[{ model: 'no-such-model' }, 'model', "Unknown model 'no-such-model'"],
		[{ model: 'openai/' }, 'model', 'names no model'],
		[{ model: 'openai/text-embedding-3-small' }, 'model', 'is an embedding model'],
		[{ model: 'agent:other' }, 'model', 'not another agent'],
		[{ model: 'profile:absent' }, 'model', "no profile 'absent'"],
		[{ model: 'profile:constructor' }, 'model', "no profile 'constructor'"],
		[{ fallbacks: ['openai/gpt-4o', 'openai/gpt-99'] }, 'fallbacks[1]', 'has no model'],
		[{ fallbacks: ['openai/gpt-4o', 'gpt-4o'] }, 'fallbacks[1]', 'comes twice'],
		[{ fallbacks: ['mock/echo'] }, 'fallbacks[0]', "the agent's own model"],
		[{ fallbacks: Array.from({ length: 9 }, () => 'openai/gpt-4o') }, 'fallbacks', 'at most 7'],
		[{ embeddingModel: 'openai/gpt-4o' }, 'embeddingModel', 'is a chat model'],
		[{ settings: { temperature: 2.1 } }, 'settings.temperature', '<=2'],
		[{ settings: { topP: -0.1 } }, 'settings.topP', '>=0'],
		[{ settings: { maxTokens: 0 } }, 'settings.maxTokens', '>=1'],
		[{ settings: { timeoutMs: 600_001 } }, 'settings.timeoutMs', '<=600000'],
		[{ settings: { topK: 0 } }, 'settings.topK', '>=1'],
		[{ settings: { presencePenalty: 3 } }, 'settings.presencePenalty', '<=2'],
		[{ settings: { stop: Array.from({ length: 17 }, () => 'x') } }, 'settings.stop', 'at most 16'],
		[{ model: 'openai/gpt-4o', settings: { maxTokens: 999_999 } }, 'settings.maxTokens', 'answers with at most'],
		[{ model: 'openai/gpt-5-mini', settings: { temperature: 0.5 } }, 'settings.temperature', 'refuses temperature'],
		[{ prompt: { system: 'Hi {{who}}' } }, 'prompt.system', "declare 'who'"],
		[{ prompt: { instructions: ['a', 'b {{'] } }, 'prompt.instructions[1]', 'never closed'],
		[{ prompt: { system: 'a', tone: 'b' } }, 'prompt.tone', 'tone'],
		[{ prompt: { system: 'a', variables: { x: { type: 'date' } } } }, 'prompt.variables.x.type', 'string'],
		[{ systemPrompt: 'Hi {{who}}' }, 'systemPrompt', "declare 'who'"],
		[{ systemPrompt: 'a', prompt: { system: 'a' } }, 'systemPrompt', 'one of the two'],
		[{ settings: { temprature: 1 } }, 'settings.temprature', 'temprature'],
		[{ slug: 'Not A Slug' }, 'slug', 'lower-case'],
		[{ name: '  ' }, 'name', 'empty'],
		[{ colour: 'red' }, 'colour', 'colour'],
	])('refuses %j, naming the field', async (wrong, param, message) => {
		const error = await refusal(caller.agents.create(untyped({ ...SUPPORT, ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(message) });
		expect(await db.$count(agents)).toBe(0);
		expect(port.events).toEqual([]);
	});

	it('is a conflict where the slug is taken, within the organization only', async () => {
		await caller.agents.create(SUPPORT);
		expect(await refusal(caller.agents.create(SUPPORT))).toMatchObject({ code: 'conflict', param: 'slug' });
		expect(port.events.at(-1)).toBe('settle o1 2 @2');
		await administer(serviceContext(principal('o2'))).agents.create(SUPPORT);
	});

	it('may leave the choice to a profile, an alias or the default', async () => {
		const llmConfiguration = {
			profiles: { careful: { provider: 'anthropic', model: 'claude-sonnet-4-5' } },
			aliases: { fast: 'groq/llama-3.1-8b-instant', best: 'profile:careful' },
		};
		await caller.organizations.update({ llmConfiguration });
		const models = [];
		for (const model of ['profile:careful', 'best', 'fast', 'default'])
			models.push((await caller.agents.create({ ...SUPPORT, slug: model.replace(':', '-'), model })).model);
		expect(models).toEqual(['profile:careful', 'profile:careful', 'groq/llama-3.1-8b-instant', 'default']);
	});
});

describe('agents.update', () => {
	beforeEach(async () => {
		await caller.agents.create({ ...SUPPORT, fallbacks: ['openai/gpt-4o-mini'], systemPrompt: 'Be kind.' });
		port.events.length = 0;
		now = NOW + 1_000;
	});

	it('changes what is given and keeps the rest', async () => {
		const updated = await caller.agents.update({
			slug: 'support',
			model: 'openai/gpt-4o',
			settings: { temperature: 0 },
		});
		expect(updated).toMatchObject({
			model: 'openai/gpt-4o',
			settings: { temperature: 0 },
			fallbacks: ['openai/gpt-4o-mini'],
			systemPrompt: 'Be kind.',
			createdAt: NOW,
			updatedAt: NOW + 1_000,
		});
		expect(await caller.agents.get({ slug: 'support' })).toEqual(updated);
		expect(port.events).toEqual(['prepare o1 @2', 'settle o1 3 @3']);
	});

	it('is audited with what was and what is', async () => {
		await caller.agents.update({ slug: 'support', name: 'Help desk' });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'update',
			before: { name: 'Support' },
			after: { name: 'Help desk' },
		});
	});

	it('clears with null, and renames by id', async () => {
		const { id } = await caller.agents.get({ slug: 'support' });
		const updated = await caller.agents.update({ id, slug: 'help', systemPrompt: null });
		expect(updated).toMatchObject({ id, slug: 'help', systemPrompt: null });
		expect((await refusal(caller.agents.get({ slug: 'support' }))).code).toBe('not_found');
	});

	it('takes settings and fallbacks along between a model and a profile', async () => {
		const llmConfiguration = { profiles: { careful: { provider: 'openai', model: 'gpt-4o' } } };
		await caller.organizations.update({ llmConfiguration });
		await caller.agents.update({ slug: 'support', settings: { topP: 0.5 } });
		const kept = { settings: { topP: 0.5 }, fallbacks: ['openai/gpt-4o-mini'] };
		expect(await caller.agents.update({ slug: 'support', model: 'profile:careful' })).toMatchObject(kept);
		expect(await caller.agents.get({ slug: 'support' })).toMatchObject({ ...kept, model: 'profile:careful' });
		expect(await db.select().from(agentLlmPreferences)).toMatchObject([
			{ provider: null, model: null, params: {}, fallbacks: [], prompt: { system: 'Be kind.' } },
		]);
		expect(await caller.agents.update({ slug: 'support', model: 'mock/echo' })).toMatchObject(kept);
		expect(await db.select().from(agents)).toMatchObject([{ profile: null, settings: {}, fallbacks: [] }]);
	});

	it('moves a fallback up where it becomes the model', async () => {
		const updated = await caller.agents.update({ slug: 'support', model: 'openai/gpt-4o-mini' });
		expect(updated).toMatchObject({ model: 'openai/gpt-4o-mini', fallbacks: [] });
	});

	it('refuses an unknown model and changes nothing', async () => {
		const error = await refusal(caller.agents.update({ slug: 'support', model: 'openai/gpt-99', name: 'Other' }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'model' });
		expect((await caller.agents.get({ slug: 'support' })).name).toBe('Support');
		expect(port.events).toEqual([]);
	});

	it('that changes nothing moves no version', async () => {
		await caller.agents.update({ slug: 'support', name: 'Support' });
		expect(await configVersion('o1')).toBe(2);
		expect(port.events).toEqual([]);
	});

	it('moves the version with each change, and is refused where another one is expected', async () => {
		expect(await caller.agents.update({ slug: 'support', name: 'Two', version: 1 })).toMatchObject({ version: 2 });
		const error = await refusal(caller.agents.update({ slug: 'support', name: 'Three', version: 1 }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version', message: expect.stringContaining('version 2') });
		expect(await refusal(caller.agents.delete({ slug: 'support', version: 1 }))).toMatchObject({ param: 'version' });
		expect(await caller.agents.get({ slug: 'support' })).toMatchObject({ name: 'Two', version: 2 });
		await caller.agents.delete({ slug: 'support', version: 2 });
	});

	it('writes each prompt into the history, and nothing of what stays', async () => {
		const prompt = { system: 'Be kind.', instructions: ['Be brief.'] };
		expect(await caller.agents.update({ slug: 'support', prompt })).toMatchObject({ prompt, promptVersion: 2 });
		await caller.agents.update({
			slug: 'support',
			name: 'Other',
			prompt: { instructions: ['Be brief.'], system: 'Be kind.' },
		});
		expect(await caller.agents.update({ slug: 'support', prompt: null })).toMatchObject({
			prompt: null,
			promptVersion: null,
			systemPrompt: null,
		});
		expect(await caller.prompts.history({ agent: 'support' })).toMatchObject([
			{ version: 3, source: null, hash: null },
			{ version: 2, source: prompt, createdBy: 'user:ann', createdAt: NOW + 1_000 },
			{ version: 1, source: { system: 'Be kind.' } },
		]);
	});

	it('keeps a whole prompt where the shorthand repeats what the agent shows', async () => {
		const prompt = { identity: 'You are Ada.', system: 'Be kind.' };
		await caller.agents.update({ slug: 'support', prompt });
		const renamed = await caller.agents.update({ slug: 'support', name: 'Ada', systemPrompt: 'Be kind.' });
		expect(renamed).toMatchObject({ name: 'Ada', prompt, promptVersion: 2 });
		const replaced = await caller.agents.update({ slug: 'support', systemPrompt: 'Be brief.' });
		expect(replaced).toMatchObject({ prompt: { system: 'Be brief.' }, promptVersion: 3 });
	});

	it('keeps the text of prompts out of the audit log', async () => {
		await caller.agents.update({ slug: 'support', systemPrompt: 'Be very kind.' });
		const last = (await auditRows('o1')).at(-1);
		expect(last).toMatchObject({ before: { promptVersion: 1 }, after: { promptVersion: 2 } });
		expect(JSON.stringify(last)).not.toContain('very kind');
	});

	it('holds the settings that stay against a new model', async () => {
		await caller.agents.update({ slug: 'support', settings: { temperature: 0.5 } });
		const error = await refusal(caller.agents.update({ slug: 'support', model: 'openai/gpt-5-mini' }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'settings.temperature' });
		await caller.agents.update({ slug: 'support', model: 'openai/gpt-5-mini', settings: {} });
	});

	it('loses nothing where several come at the same moment', async () => {
		await Promise.all([
			caller.agents.update({ slug: 'support', model: 'openai/gpt-4o' }),
			caller.agents.update({ slug: 'support', systemPrompt: 'Be brief.' }),
			caller.agents.update({ slug: 'support', settings: { maxTokens: 10 } }),
		]);
		expect(await caller.agents.get({ slug: 'support' })).toMatchObject({
			model: 'openai/gpt-4o',
			systemPrompt: 'Be brief.',
			settings: { maxTokens: 10 },
		});
	});

	it('needs a slug or an id', async () => {
		expect(await refusal(caller.agents.update({ name: 'Nobody' }))).toMatchObject({
			code: 'invalid_request',
			param: 'slug',
		});
	});
});

describe('an agent that gateway keys name', () => {
	const named = async (...names: readonly string[]) => {
		for (const name of names) await caller.gatewayKeys.create({ name, allowedAgents: ['support'] });
	};

	beforeEach(async () => {
		await caller.agents.create(SUPPORT);
		await caller.agents.create({ ...SUPPORT, slug: 'other' });
		await caller.gatewayKeys.create({ name: 'Free' });
		await caller.gatewayKeys.create({ name: 'Elsewhere', allowedAgents: ['other'] });
	});

	it('is neither deleted nor renamed, and its keys are named', async () => {
		await named('Shop', 'Blog');
		const { id } = await caller.agents.get({ slug: 'support' });
		for (const call of [() => caller.agents.delete({ id }), () => caller.agents.update({ id, slug: 'help' })]) {
			const error = await refusal(call());
			expect(error).toMatchObject({ code: 'conflict', param: 'slug' });
			expect(error.message).toContain("gateway key 'Blog', gateway key 'Shop' (2 in all)");
		}
		expect(await caller.agents.update({ id, name: 'Still here' })).toMatchObject({ slug: 'support' });
	});

	it('has at most five of them named', async () => {
		await named('K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7');
		const { message } = await refusal(caller.agents.delete({ slug: 'support' }));
		expect(message).toContain("'K5' and 2 more (7 in all)");
		expect(message).not.toContain('K6');
	});

	it('is free once these are revoked or expired', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Revoked', allowedAgents: ['support'] });
		await caller.gatewayKeys.revoke({ id });
		await caller.gatewayKeys.create({ name: 'Expiring', allowedAgents: ['support'], expiresAt: NOW + 1_000 });
		expect((await refusal(caller.agents.delete({ slug: 'support' }))).message).toContain("'Expiring' (1 in all)");
		now = NOW + 1_000;
		await caller.agents.delete({ slug: 'support' });
	});
});

describe('agents.list and delete', () => {
	it('a deleted agent is gone, its slug free, its deletion audited', async () => {
		const { id } = await caller.agents.create(SUPPORT);
		await caller.agents.create({ ...SUPPORT, slug: 'another' });
		expect((await caller.agents.list()).map((agent) => agent.slug)).toEqual(['another', 'support']);
		expect(await caller.agents.delete({ slug: 'support' })).toEqual({ id });
		expect((await caller.agents.list()).map((agent) => agent.slug)).toEqual(['another']);
		expect((await refusal(caller.agents.delete({ id }))).code).toBe('not_found');
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'delete', entityId: id, after: null });
		await caller.agents.create(SUPPORT);
	});
});

import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/auth/digest';
import { agentLlmPreferences, agentPrompts } from '../../src/db/schema';
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

const KIND = { system: 'Be kind.' };
const SERVE = { system: 'Serve {{name}}.', variables: { name: { type: 'string' as const } } };

beforeEach(async () => {
	now = NOW;
	await insertOrganization('o1');
	await insertOrganization('o2');
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port, now: () => now }));
	await caller.agents.create({ slug: 'support', name: 'Support', model: 'mock/echo' });
	port.events.length = 0;
	now = NOW + 1_000;
});

const versions = async () => (await caller.prompts.history({ agent: 'support' })).map(({ version }) => version);

describe('prompts.set', () => {
	it('puts a prompt in force, with its history, its audit row and its config version in one batch', async () => {
		const set = await caller.prompts.set({ agent: 'support', prompt: SERVE, note: 'First' });
		expect(set).toEqual({
			agentId: expect.any(String),
			agent: 'support',
			prompt: SERVE,
			version: 1,
			hash: await sha256Hex('{"system":"Serve {{name}}.","variables":{"name":{"type":"string"}}}'),
			note: 'First',
			createdBy: 'user:ann',
			createdAt: NOW + 1_000,
		});
		expect(await caller.prompts.get({ agent: 'support' })).toEqual(set);
		expect(await caller.prompts.get({ agent: set.agentId })).toEqual(set);
		expect(port.events).toEqual(['prepare o1 @2', 'settle o1 3 @3']);
		expect(await db.select().from(agentLlmPreferences)).toMatchObject([
			{ prompt: SERVE, promptHash: set.hash, promptVersion: 1, provider: 'mock', model: 'echo' },
		]);
		expect(await caller.agents.get({ slug: 'support' })).toMatchObject({ prompt: SERVE, promptVersion: 1, version: 2 });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'update',
			entity: 'prompt',
			entityId: set.agentId,
			before: null,
			after: { version: 1, hash: set.hash, note: 'First' },
		});
	});

	it('that changes nothing writes nothing', async () => {
		const first = await caller.prompts.set({ agent: 'support', prompt: SERVE });
		const { system, variables } = SERVE;
		expect(await caller.prompts.set({ agent: 'support', prompt: { variables, format: '', system } })).toEqual(first);
		expect(await versions()).toEqual([1]);
		expect(await configVersion('o1')).toBe(3);
	});

	it('is refused where another version is in force than expected', async () => {
		await caller.prompts.set({ agent: 'support', prompt: KIND, version: null });
		const error = await refusal(caller.prompts.set({ agent: 'support', prompt: SERVE, version: null }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version', message: expect.stringContaining('version 1') });
		await caller.prompts.set({ agent: 'support', prompt: SERVE, version: 1 });
		await caller.prompts.clear({ agent: 'support', version: 2 });
		const gone = await refusal(caller.prompts.set({ agent: 'support', prompt: KIND, version: 2 }));
		expect(gone).toMatchObject({ code: 'conflict', param: 'version', message: expect.stringContaining('no prompt') });
	});

	it('loses no version where several come at the same moment', async () => {
		const texts = ['One.', 'Two.', 'Three.'];
		await Promise.all(texts.map((system) => caller.prompts.set({ agent: 'support', prompt: { system } })));
		const history = await caller.prompts.history({ agent: 'support' });
		expect(history.map(({ version }) => version)).toEqual([3, 2, 1]);
		expect(new Set(history.map(({ source }) => source?.system))).toEqual(new Set(texts));
		expect((await caller.prompts.get({ agent: 'support' })).prompt).toEqual(history[0]?.source);
	});

	it.each([
		[{ prompt: { system: 'Hi {{who}}' } }, 'prompt.system'],
		[{ prompt: { format: 'a\u0000' } }, 'prompt.format'],
		[{ prompt: {} }, 'prompt'],
		[{ prompt: { ...KIND, constructor: 'x' } }, 'prompt.constructor'],
		[{ prompt: KIND, note: 'n'.repeat(1_001) }, 'note'],
		[{ prompt: KIND, version: 0 }, 'version'],
		[{ prompt: KIND, organizationId: 'o2' }, 'organizationId'],
	])('refuses %j, naming the field', async (wrong, param) => {
		const error = await refusal(caller.prompts.set(untyped({ agent: 'support', ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(await db.$count(agentPrompts)).toBe(0);
		expect(port.events).toEqual([]);
	});
});

describe('the history of a prompt', () => {
	beforeEach(async () => {
		for (const system of ['One.', 'Two.', 'Three.']) await caller.prompts.set({ agent: 'support', prompt: { system } });
	});

	it('comes newest first, in pages', async () => {
		expect(await caller.prompts.history({ agent: 'support', limit: 2 })).toEqual([
			expect.objectContaining({ version: 3, source: { system: 'Three.' }, note: null, createdBy: 'user:ann' }),
			expect.objectContaining({ version: 2, source: { system: 'Two.' } }),
		]);
		expect(await caller.prompts.history({ agent: 'support', before: 2 })).toMatchObject([{ version: 1 }]);
	});

	it('is gone back to by a new version', async () => {
		const reverted = await caller.prompts.revert({ agent: 'support', to: 1, note: 'It was better' });
		expect(reverted).toMatchObject({ version: 4, prompt: { system: 'One.' }, note: 'It was better' });
		const [latest, , , first] = await caller.prompts.history({ agent: 'support' });
		expect(latest).toMatchObject({ version: 4, source: first?.source, hash: first?.hash });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'restore',
			entity: 'prompt',
			before: { version: 3 },
			after: { version: 4 },
		});
	});

	it('is not lengthened by going back to what is in force', async () => {
		expect(await caller.prompts.revert({ agent: 'support', to: 3 })).toMatchObject({ version: 3 });
		expect(await versions()).toEqual([3, 2, 1]);
	});

	it('outlives the prompt, which may come back', async () => {
		expect(await caller.prompts.clear({ agent: 'support', note: 'Off' })).toMatchObject({
			prompt: null,
			version: null,
			hash: null,
			createdBy: null,
		});
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'delete', before: { version: 3 }, after: null });
		expect((await caller.prompts.history({ agent: 'support' }))[0]).toMatchObject({
			version: 4,
			source: null,
			note: 'Off',
		});
		await caller.prompts.clear({ agent: 'support' });
		expect(await caller.prompts.revert({ agent: 'support', to: 3 })).toMatchObject({
			version: 5,
			prompt: { system: 'Three.' },
		});
		expect(await caller.prompts.revert({ agent: 'support', to: 4 })).toMatchObject({ version: null });
		expect(await versions()).toEqual([6, 5, 4, 3, 2, 1]);
	});

	it('goes back to what an older release stored, which would be refused today', async () => {
		const { id } = await caller.agents.get({ slug: 'support' });
		await db.insert(agentPrompts).values({
			agentId: id,
			version: 9,
			organizationId: 'o1',
			source: { system: 'Use {{mustache}}.' },
			hash: `first:${id}`,
			createdBy: 'migration',
			createdAt: NOW,
		});
		const reverted = await caller.prompts.revert({ agent: 'support', to: 9 });
		expect(reverted).toMatchObject({ version: 10, hash: await sha256Hex('{"system":"Use {{mustache}}."}') });
	});

	it('has no version that was never written', async () => {
		expect((await refusal(caller.prompts.revert({ agent: 'support', to: 4 }))).code).toBe('not_found');
		expect(await versions()).toEqual([3, 2, 1]);
	});

	it.each(["update agent_prompts set note = 'forged'", 'delete from agent_prompts'])(
		'refuses in the database: %s',
		async (statement) => {
			await expect(env.DB.prepare(statement).run()).rejects.toThrow('versions of a prompt are never');
		},
	);
});

describe('an agent of another organization', () => {
	it('is not there for any call, by slug or id', async () => {
		const theirs = administer(serviceContext(principal('o2')));
		const { id } = await caller.agents.get({ slug: 'support' });
		await caller.prompts.set({ agent: 'support', prompt: KIND });
		for (const agent of [id, 'support']) {
			const calls = [
				() => theirs.prompts.get({ agent }),
				() => theirs.prompts.history({ agent }),
				() => theirs.prompts.set({ agent, prompt: SERVE }),
				() => theirs.prompts.revert({ agent, to: 1 }),
				() => theirs.prompts.clear({ agent }),
				() => theirs.prompts.preview({ agent }),
			];
			for (const call of calls) expect((await refusal(call())).code).toBe('not_found');
		}
		expect(await versions()).toEqual([1]);
	});

	it('of the same slug keeps its own prompt', async () => {
		const theirs = administer(serviceContext(principal('o2')));
		await theirs.agents.create({ slug: 'support', name: 'Theirs', model: 'mock/echo', systemPrompt: 'Theirs.' });
		await caller.prompts.set({ agent: 'support', prompt: KIND });
		expect((await theirs.prompts.get({ agent: 'support' })).prompt).toEqual({ system: 'Theirs.' });
		expect((await caller.prompts.get({ agent: 'support' })).prompt).toEqual(KIND);
	});
});

describe('without the scope manage', () => {
	it('no prompt is shown or changed', async () => {
		const member = administer(serviceContext(principal('o1', { scopes: ['inference'], role: 'member' })));
		const agent = 'support';
		const calls = [
			() => member.prompts.get({ agent }),
			() => member.prompts.history({ agent }),
			() => member.prompts.set({ agent, prompt: KIND }),
			() => member.prompts.revert({ agent, to: 1 }),
			() => member.prompts.clear({ agent }),
			() => member.prompts.preview({ agent }),
		];
		for (const call of calls) expect((await refusal(call())).code).toBe('forbidden');
	});
});

describe('prompts.preview', () => {
	const prompt = {
		identity: 'You are Ada.',
		system: 'Serve {{name}} {{times}} times.',
		variables: { name: { type: 'string' as const }, times: { type: 'number' as const, default: 2 } },
	};

	it('shows the text, its parts and its size', async () => {
		expect(await caller.prompts.preview({ prompt, variables: { name: 'Zoë' } })).toEqual({
			text: 'You are Ada.\n\nServe Zoë 2 times.',
			parts: [
				{ text: 'You are Ada.\n\n', stable: true, cache: false },
				{ text: 'Serve Zoë 2 times.', stable: false, cache: false },
			],
			characters: 32,
			estimatedTokens: 11,
			missing: [],
		});
	});

	it('shows what is missing as it was written, and says so', async () => {
		await caller.prompts.set({ agent: 'support', prompt: { ...prompt, cache: true } });
		expect(await caller.prompts.preview({ agent: 'support' })).toMatchObject({
			text: 'You are Ada.\n\nServe {{name}} 2 times.',
			parts: [
				{ stable: true, cache: true },
				{ stable: false, cache: false },
			],
			missing: ['name'],
		});
	});

	it('of an agent without a prompt is empty', async () => {
		expect(await caller.prompts.preview({ agent: 'support' })).toMatchObject({ text: '', parts: [], missing: [] });
	});

	it.each([
		[{ prompt, variables: { name: 3 } }, 'variables.name'],
		[{ prompt, variables: { name: 'a', other: 'b' } }, 'variables.other'],
		[{ prompt: { system: '{{x}}' } }, 'prompt.system'],
		[{ prompt, agent: 'support' }, 'agent'],
		[{}, 'agent'],
	])('refuses %j, naming the field', async (wrong, param) => {
		const error = await refusal(caller.prompts.preview(untyped(wrong)));
		expect(error).toMatchObject({ code: 'invalid_request', param });
	});
});

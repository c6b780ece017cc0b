import { beforeEach, describe, expect, it } from 'vitest';
import {
	administer,
	auditRows,
	configVersion,
	insertOrganization,
	principal,
	scriptedChange,
	serviceContext,
} from './bench';

let other: ReturnType<typeof administer>;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	other = administer(serviceContext(principal('o1')));
	await other.profiles.set({ name: 'mine', provider: 'mock', model: 'echo' });
	await other.aliases.set({ name: 'best', target: 'openai/gpt-4o-mini' });
	await other.aliases.set({ name: 'vectors', target: 'openai/text-embedding-3-small' });
});

/** A caller before whose first write, everything being checked already, `meanwhile` happens. */
function overtaken(meanwhile: () => Promise<unknown>): ReturnType<typeof administer> {
	const change = scriptedChange();
	let first = true;
	const prepare = async (id: string): Promise<void> => {
		await change.prepare(id);
		if (!first) return;
		first = false;
		await meanwhile();
	};
	return administer(serviceContext(principal('o1'), { change: { ...change, prepare } }));
}

const AGENT = { slug: 'support', name: 'Support', model: 'mock/echo' };

describe('an agent whose names are removed between check and write', () => {
	it.each([
		['profile', { model: 'profile:mine' }, () => other.profiles.remove({ name: 'mine' }), 'model'],
		['fallback', { fallbacks: ['best'] }, () => other.aliases.remove({ name: 'best' }), 'fallbacks[0]'],
		[
			'embedding model',
			{ embeddingModel: 'vectors' },
			() => other.aliases.remove({ name: 'vectors' }),
			'embeddingModel',
		],
	] as const)('is not created: %s', async (_, names, remove, param) => {
		const made = overtaken(remove).agents.create({
			...AGENT,
			...names,
			fallbacks: [...('fallbacks' in names ? names.fallbacks : [])],
		});
		await expect(made).rejects.toMatchObject({ cause: { code: 'invalid_request', param } });
		expect(await other.agents.list()).toEqual([]);
	});

	it('is not changed either', async () => {
		await other.agents.create(AGENT);
		const remove = () => other.profiles.remove({ name: 'mine' });
		const changed = overtaken(remove).agents.update({ slug: 'support', model: 'profile:mine' });
		await expect(changed).rejects.toMatchObject({ cause: { code: 'invalid_request', param: 'model' } });
		expect(await other.agents.get({ slug: 'support' })).toMatchObject({ model: 'mock/echo', version: 1 });
	});

	it('is written all the same where something else was changed meanwhile, once and with one audit row', async () => {
		const before = (await configVersion('o1')) ?? 0;
		await overtaken(() => other.aliases.set({ name: 'more', target: 'mock/echo' })).agents.create(AGENT);
		await overtaken(() => other.aliases.remove({ name: 'more' })).agents.update({
			slug: 'support',
			model: 'profile:mine',
		});
		expect(await other.agents.get({ slug: 'support' })).toMatchObject({ model: 'profile:mine', version: 2 });
		expect((await auditRows('o1')).filter(({ entity }) => entity === 'agent')).toHaveLength(2);
		expect(await configVersion('o1')).toBe(before + 4);
	});

	it('comes to be where ten are made at once', async () => {
		const slugs = Array.from({ length: 10 }, (_, at) => `a${at}`);
		await Promise.all(slugs.map((slug) => other.agents.create({ ...AGENT, slug })));
		expect((await other.agents.list()).map(({ slug }) => slug)).toEqual(slugs);
	});
});

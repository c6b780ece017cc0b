import { beforeEach, describe, expect, it } from 'vitest';
import {
	administer,
	auditRows,
	configVersion,
	insertOrganization,
	operator,
	principal,
	refusal,
	scriptedChange,
	serviceContext,
} from './bench';

type Caller = ReturnType<typeof administer>;

interface Theirs {
	readonly agent: string;
	readonly key: string;
}

const port = scriptedChange();
let stranger: Caller;
let theirs: Theirs;
let owner: Caller;

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
	owner = administer(serviceContext(principal('o1')));
	const agent = await owner.agents.create({ slug: 'support', name: 'Support', model: 'mock/echo' });
	const key = await owner.gatewayKeys.create({ name: 'Backend' });
	theirs = { agent: agent.id, key: key.id };
	port.events.length = 0;
	stranger = administer(serviceContext(principal('o2'), { change: port }));
});

const ADDRESSED: Record<string, (caller: Caller, ids: Theirs) => Promise<unknown>> = {
	'agents.get by id': (caller, { agent }) => caller.agents.get({ id: agent }),
	'agents.get by slug': (caller) => caller.agents.get({ slug: 'support' }),
	'agents.update by id': (caller, { agent }) => caller.agents.update({ id: agent, name: 'Mine' }),
	'agents.update by slug': (caller) => caller.agents.update({ slug: 'support', name: 'Mine' }),
	'agents.delete by id': (caller, { agent }) => caller.agents.delete({ id: agent }),
	'agents.delete by slug': (caller) => caller.agents.delete({ slug: 'support' }),
	'gatewayKeys.revoke': (caller, { key }) => caller.gatewayKeys.revoke({ id: key }),
	'organizations.get by id': (caller) => caller.organizations.get({ id: 'o1' }),
	'organizations.get by slug': (caller) => caller.organizations.get({ slug: 'o1-slug' }),
	'organizations.update by id': (caller) => caller.organizations.update({ id: 'o1', name: 'Mine' }),
	'organizations.update by slug': (caller) => caller.organizations.update({ slug: 'o1-slug', name: 'Mine' }),
};

const UNADDRESSED: Record<string, (caller: Caller) => Promise<unknown>> = {
	'agents.create': (caller) => caller.agents.create({ slug: 'a', name: 'A', model: 'mock/echo' }),
	'agents.list': (caller) => caller.agents.list(),
	'gatewayKeys.create': (caller) => caller.gatewayKeys.create({ name: 'A' }),
	'gatewayKeys.list': (caller) => caller.gatewayKeys.list(),
	'organizations.create': (caller) => caller.organizations.create({ name: 'A', slug: 'a' }),
	'organizations.list': (caller) => caller.organizations.list(),
	'organizations.get': (caller) => caller.organizations.get(),
	'organizations.update': (caller) => caller.organizations.update({ name: 'A' }),
};

describe.each(Object.entries(ADDRESSED))('%s', (_, call) => {
	it('finds nothing of another organization, touches nothing, and tells no difference', async () => {
		const before = await configVersion('o1');
		const other = await refusal(call(stranger, theirs));
		expect(other.code).toBe('not_found');
		expect(port.events).toEqual([]);
		expect(await configVersion('o1')).toBe(before);
		expect(await auditRows('o2')).toEqual([]);
		expect((await owner.agents.get({ slug: 'support' })).name).toBe('Support');
		expect(await owner.gatewayKeys.list()).toMatchObject([{ revokedAt: null }]);
	});

	it('works for its own organization', async () => {
		await call(owner, theirs);
	});
});

describe.each(Object.entries({ ...ADDRESSED, ...UNADDRESSED }))('%s', (_, call) => {
	it('is forbidden without the scope manage', async () => {
		const inference = principal('o1', { kind: 'gateway-key', keyId: 'k', role: null, scopes: ['inference'] });
		const caller = administer(serviceContext(inference, { change: port }));
		expect((await refusal(call(caller, theirs))).code).toBe('forbidden');
		expect(port.events).toEqual([]);
	});
});

it('lists hold the caller’s own rows alone', async () => {
	expect(await stranger.agents.list()).toEqual([]);
	expect(await stranger.gatewayKeys.list()).toEqual([]);
	expect(await stranger.organizations.get()).toMatchObject({ id: 'o2' });
});

it('the operator reaches every organization, but agents and keys only of the one it acts on', async () => {
	const platform = administer(serviceContext(operator('o2')));
	expect(await platform.organizations.get({ id: 'o1' })).toMatchObject({ id: 'o1' });
	expect((await refusal(platform.agents.get({ slug: 'support' }))).code).toBe('not_found');
});

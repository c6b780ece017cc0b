import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/auth/digest';
import { gatewayKeys } from '../../src/db/schema';
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

beforeEach(async () => {
	await insertOrganization('o1');
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port }));
});

describe('gatewayKeys.create', () => {
	it('shows the key once and keeps its hash alone', async () => {
		const { id, key } = await caller.gatewayKeys.create({ name: 'Backend' });
		const secret = key.slice(`sy_${id}_`.length);
		expect(key).toBe(`sy_${id}_${secret}`);
		const [row] = await db.select().from(gatewayKeys);
		expect(row).toMatchObject({
			id,
			organizationId: 'o1',
			secretHash: await sha256Hex(secret),
			last4: secret.slice(-4),
			scopes: ['inference'],
			allowedModels: null,
			allowedAgents: null,
			origins: null,
			mayOverrideModel: true,
			expiresAt: null,
			createdBy: 'user:ann',
		});
		const everything = JSON.stringify([await caller.gatewayKeys.list(), await auditRows('o1'), row]);
		expect(everything).not.toContain(secret);
		expect(JSON.stringify([await caller.gatewayKeys.list(), await auditRows('o1')])).not.toContain(row?.secretHash);
	});

	it('keeps what the key is limited to', async () => {
		const limited = {
			name: 'Page',
			scopes: ['inference' as const, 'manage' as const],
			allowedModels: ['openai/*', '*'],
			allowedAgents: ['support'],
			origins: ['https://app.example', 'http://localhost:5173'],
			mayOverrideModel: false,
		};
		await caller.gatewayKeys.create({ ...limited, expiresAt: '2026-03-02T12:00:00Z' });
		expect(await caller.gatewayKeys.list()).toMatchObject([
			{ ...limited, expiresAt: NOW + 86_400_000, revokedAt: null },
		]);
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
	});

	it.each([
		[{ scopes: [] }, 'scopes'],
		[{ scopes: ['admin'] }, 'scopes[0]'],
		[{ allowedModels: ['gpt-4o'] }, 'allowedModels[0]'],
		[{ allowedModels: ['openai/*', 'opnai/*'] }, 'allowedModels[1]'],
		[{ allowedAgents: ['No Slug'] }, 'allowedAgents[0]'],
		[{ origins: ['https://app.example/path'] }, 'origins[0]'],
		[{ origins: ['app.example'] }, 'origins[0]'],
		[{ expiresAt: NOW }, 'expiresAt'],
		[{ expiresAt: 'tomorrow' }, 'expiresAt'],
		[{ name: '' }, 'name'],
		[{ budget: 1 }, 'budget'],
	])('refuses %j, naming the field', async (wrong, param) => {
		const error = await refusal(caller.gatewayKeys.create(untyped({ name: 'Backend', ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(await db.$count(gatewayKeys)).toBe(0);
	});
});

describe('gatewayKeys.revoke', () => {
	it('moves the version and is audited, the second time neither', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Backend' });
		expect(await caller.gatewayKeys.revoke({ id })).toEqual({ id, revokedAt: NOW });
		expect(await configVersion('o1')).toBe(3);
		const later = administer(serviceContext(principal('o1'), { now: () => NOW + 5_000 }));
		expect(await later.gatewayKeys.revoke({ id })).toEqual({ id, revokedAt: NOW });
		expect(await configVersion('o1')).toBe(3);
		expect((await auditRows('o1')).map((row) => row.action)).toEqual(['create', 'revoke']);
		expect(await caller.gatewayKeys.list()).toMatchObject([{ id, revokedAt: NOW }]);
	});

	it('is one revocation where two come at the same moment', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Backend' });
		const revoked = await Promise.all([caller.gatewayKeys.revoke({ id }), caller.gatewayKeys.revoke({ id })]);
		expect(revoked).toEqual([
			{ id, revokedAt: NOW },
			{ id, revokedAt: NOW },
		]);
		expect((await auditRows('o1')).filter((row) => row.action === 'revoke')).toHaveLength(1);
	});
});

it('gatewayKeys.list has the newest first', async () => {
	await caller.gatewayKeys.create({ name: 'Old' });
	await administer(serviceContext(principal('o1'), { now: () => NOW + 1 })).gatewayKeys.create({ name: 'New' });
	expect((await caller.gatewayKeys.list()).map((key) => key.name)).toEqual(['New', 'Old']);
});

/** Services and routers on a real D1, with the ledger's part of a change written down instead of sent. */
import { env } from 'cloudflare:workers';
import { asc, eq } from 'drizzle-orm';
import type { Principal } from '../../src/auth/principal';
import { catalog } from '../../src/catalog';
import { environmentLayer } from '../../src/config/environment';
import { database } from '../../src/db/client';
import { auditLogs, organizations, type Plan } from '../../src/db/schema';
import { parseSettings } from '../../src/env';
import { GatewayError } from '../../src/errors';
import { refusedAddress } from '../../src/outbound';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { agentsRouter } from '../../src/routers/agents';
import { aliasesRouter, fallbacksRouter } from '../../src/routers/aliases';
import { auditRouter } from '../../src/routers/audit';
import { customModelsRouter } from '../../src/routers/custom-models';
import { gatewayKeysRouter } from '../../src/routers/gateway-keys';
import { globalSettingsRouter } from '../../src/routers/global-settings';
import { gatewayErrorOf, type RouterContext, router } from '../../src/routers/init';
import { membershipsRouter } from '../../src/routers/memberships';
import { organizationsRouter } from '../../src/routers/organizations';
import { profilesRouter } from '../../src/routers/profiles';
import { promptsRouter } from '../../src/routers/prompts';
import type { ConfigChangePort, ServiceContext, VaultPort } from '../../src/services/context';
import { keyIdOfEnvelope, keyRing, open, seal } from '../../src/vault/seal';

export const NOW = Date.UTC(2026, 2, 1, 12);

export const db = database(env.DB);

export async function insertOrganization(id: string, parts: { readonly plan?: Plan } = {}): Promise<void> {
	await db.insert(organizations).values({ id, slug: `${id}-slug`, name: id, createdAt: NOW, updatedAt: NOW, ...parts });
}

export async function configVersion(id: string): Promise<number | undefined> {
	const row = await db
		.select({ version: organizations.configVersion })
		.from(organizations)
		.where(eq(organizations.id, id))
		.get();
	return row?.version;
}

export const auditRows = (organizationId: string) =>
	db.select().from(auditLogs).where(eq(auditLogs.organizationId, organizationId)).orderBy(asc(auditLogs.id));

export interface ScriptedChange extends ConfigChangePort {
	/** `prepare o1 @1` (the version in D1 at that moment), `settle o1 2 @2`, in order. */
	readonly events: string[];
	failOn: 'prepare' | 'settle' | null;
}

export function scriptedChange(): ScriptedChange {
	const port: ScriptedChange = {
		events: [],
		failOn: null,
		async prepare(id) {
			port.events.push(`prepare ${id} @${await configVersion(id)}`);
			if (port.failOn === 'prepare') throw new GatewayError('upstream_unavailable', 'The ledger does not answer.');
		},
		async settle(id, version) {
			port.events.push(`settle ${id} ${version} @${await configVersion(id)}`);
			if (port.failOn === 'settle') throw new GatewayError('upstream_unavailable', 'The ledger does not answer.');
		},
	};
	return port;
}

export function principal(organizationId: string, parts: Partial<Principal> = {}): Principal {
	return {
		kind: 'user',
		organizationId,
		organizationSlug: `${organizationId}-slug`,
		keyId: null,
		mayOverrideModel: true,
		allowedModels: null,
		allowedAgents: null,
		allowedProviders: null,
		mayOverrideSettings: true,
		mayOverridePrompt: true,
		limits: null,
		userId: 'ann',
		scopes: ['inference', 'manage'],
		role: 'owner',
		actor: 'user:ann',
		origins: [],
		version: 1,
		expiresAt: null,
		...parts,
	};
}

export const operator = (organizationId: string): Principal =>
	principal(organizationId, { kind: 'operator', role: null, userId: null, actor: 'operator' });

const unused = () => {
	throw new Error('administration calls no model');
};

/** Of the Worker's test configuration. */
const ENCRYPTION_KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

/** Seals for real; `ring` may be another one, e.g. with a newer key. */
export function testVault(
	ring = keyRing(ENCRYPTION_KEY, [], (n) => crypto.getRandomValues(new Uint8Array(n))),
): VaultPort {
	return {
		async seal(scope, secret) {
			const envelope = await seal(await ring, scope, secret);
			return { envelope, keyId: keyIdOfEnvelope(envelope) };
		},
		open: async (scope, envelope) => open(await ring, scope, envelope),
		currentKeyId: async () => (await ring).currentId,
	};
}

let ids = 0;

export function serviceContext(who: Principal, parts: Partial<ServiceContext> = {}): ServiceContext {
	return {
		principal: who,
		db,
		change: scriptedChange(),
		catalog: catalog(),
		registry: { provider: findProvider, ids: providerIds, wires, embedWires },
		upstreams: { credentials: async () => [], frames: unused, probe: unused },
		health: {
			status: async () => ({ takenAt: NOW, classes: {}, keys: {}, lastCheck: null, tokens: {} }),
			answered: async () => undefined,
		},
		vault: testVault(),
		environment: environmentLayer(parseSettings({}), { ids: providerIds, provider: findProvider }),
		refusedAddress: (url) => refusedAddress(url, 'gateway.test', false),
		account: unused,
		defer: (work) => void work,
		log: () => undefined,
		now: () => NOW,
		newId: () => `id-${String(++ids).padStart(6, '0')}`,
		randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
		requestId: 'request-1',
		...parts,
	};
}

const administration = router({
	agents: agentsRouter,
	aliases: aliasesRouter,
	audit: auditRouter,
	customModels: customModelsRouter,
	fallbacks: fallbacksRouter,
	gatewayKeys: gatewayKeysRouter,
	globalSettings: globalSettingsRouter,
	memberships: membershipsRouter,
	organizations: organizationsRouter,
	profiles: profilesRouter,
	prompts: promptsRouter,
});

/** The administration routers as this caller. */
export function administer(services: ServiceContext) {
	const ctx: RouterContext = {
		services,
		gateway: {
			chat: unused,
			stream: unused,
			embed: unused,
			passthrough: unused,
			models: unused,
			countTokens: unused,
			estimateCost: unused,
		},
		call: { clientRequestId: null, agent: null, fallback: true, receivedAt: NOW, signal: null },
		ready: unused,
	};
	return administration.createCaller(ctx, { onError: () => {} });
}

/** The typed error a call ends with, as `data.gateway` shows it. Fails where the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<GatewayError> {
	const outcome = await call.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (outcome === null) throw new Error('the call was not refused');
	return outcome instanceof GatewayError ? outcome : gatewayErrorOf(outcome as Parameters<typeof gatewayErrorOf>[0]);
}

/** What a client without types may send. */
export const untyped = (input: object): never => input as never;

/** Rows in the test's D1, each write moving the version as a service does. */
import { env } from 'cloudflare:workers';
import { eq, sql } from 'drizzle-orm';
import { sha256Hex } from '../../src/auth/digest';
import type { GatewayKey } from '../../src/auth/gateway-key';
import { database } from '../../src/db/client';
import {
	agentLlmPreferences,
	agents,
	gatewayKeys,
	llmGlobalSettings,
	llmModelOverrides,
	llmProviders,
	type OrganizationConfiguration,
	organizations,
} from '../../src/db/schema';
import { seal, sealHost } from '../../src/vault/seal';
import { NOW, ring } from './isolate';

export const KEY: GatewayKey = { id: 'k1', secret: 'Secret_of_the_first_key' };
const times = { createdAt: NOW, updatedAt: NOW };
const db = () => database(env.DB);

const moveVersion = (organizationId: string) =>
	db()
		.update(organizations)
		.set({ configVersion: sql`${organizations.configVersion} + 1` })
		.where(eq(organizations.id, organizationId));

export async function storeOrganization(
	id: string,
	change: Partial<typeof organizations.$inferInsert> = {},
): Promise<void> {
	await db()
		.insert(organizations)
		.values({ id, slug: `${id}-slug`, name: id, plan: 'pro', configVersion: 5, ...times, ...change });
}

export async function changeOrganization(
	id: string,
	change: Partial<typeof organizations.$inferInsert>,
): Promise<void> {
	await db().batch([db().update(organizations).set(change).where(eq(organizations.id, id)), moveVersion(id)]);
}

export const configure = (id: string, llmConfiguration: OrganizationConfiguration): Promise<void> =>
	changeOrganization(id, { llmConfiguration });

export async function storeKey(
	key: GatewayKey,
	organizationId: string,
	change: Partial<typeof gatewayKeys.$inferInsert> = {},
): Promise<void> {
	const secretHash = await sha256Hex(key.secret);
	const row = { id: key.id, organizationId, name: key.id, secretHash, last4: 'last', createdBy: 'operator' };
	await db().batch([
		db()
			.insert(gatewayKeys)
			.values({ ...row, scopes: ['inference'], createdAt: NOW, ...change }),
		moveVersion(organizationId),
	]);
}

export async function changeKey(
	key: GatewayKey,
	organizationId: string,
	change: Partial<typeof gatewayKeys.$inferInsert>,
): Promise<void> {
	await db().batch([
		db().update(gatewayKeys).set(change).where(eq(gatewayKeys.id, key.id)),
		moveVersion(organizationId),
	]);
}

export async function storeAgent(
	id: string,
	organizationId: string,
	change: Partial<typeof agents.$inferInsert> = {},
	preferences: Partial<typeof agentLlmPreferences.$inferInsert> | null = {},
): Promise<void> {
	await db()
		.insert(agents)
		.values({ id, organizationId, slug: 'support', name: id, ...times, ...change });
	if (preferences)
		await db()
			.insert(agentLlmPreferences)
			.values({ agentId: id, organizationId, updatedAt: NOW, ...preferences });
	await moveVersion(organizationId);
}

export async function storeProvider(
	id: string,
	organizationId: string,
	apiKey: string | null,
	change: Partial<typeof llmProviders.$inferInsert> = {},
): Promise<void> {
	const provider = change.provider ?? 'north';
	const scope = { organizationId, provider, host: sealHost(change.baseUrl ?? null), rowId: id };
	const sealedApiKey = apiKey === null ? null : await seal(await ring(), scope, apiKey);
	await db().batch([
		db()
			.insert(llmProviders)
			.values({ id, organizationId, provider, name: id, sealedApiKey, ...times, ...change }),
		moveVersion(organizationId),
	]);
}

/** Preferences that hold this prompt. */
export const prompted = (system: string): Partial<typeof agentLlmPreferences.$inferInsert> => ({
	prompt: { system },
	promptHash: `hash of ${system}`,
	promptVersion: 3,
});

export async function storeGlobal(
	id: string,
	change: Partial<typeof llmGlobalSettings.$inferInsert> = {},
): Promise<void> {
	await db().batch([
		db()
			.insert(llmGlobalSettings)
			.values({ id, displayName: id, category: 'fast', ...times, ...change }),
		db()
			.update(organizations)
			.set({ configVersion: sql`${organizations.configVersion} + 1` }),
	]);
}

export async function storeModel(
	organizationId: string,
	change: Partial<typeof llmModelOverrides.$inferInsert> = {},
): Promise<void> {
	await db().batch([
		db()
			.insert(llmModelOverrides)
			.values({ organizationId, provider: 'north', model: 'own', updatedAt: NOW, ...change }),
		moveVersion(organizationId),
	]);
}

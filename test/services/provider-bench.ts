/** Provider rows on a real D1, with an environment and an upstream as a test wants them. */
import { eq } from 'drizzle-orm';
import type { Principal } from '../../src/auth/principal';
import { environmentLayer } from '../../src/config/environment';
import { llmProviders } from '../../src/db/schema';
import { parseSettings } from '../../src/env';
import type { Credential, Probe } from '../../src/gateway/ports';
import { findProvider, providerIds } from '../../src/providers';
import type { RouterContext } from '../../src/routers/init';
import { providersRouter } from '../../src/routers/providers';
import type { ServiceContext } from '../../src/services/context';
import { keyRing } from '../../src/vault/seal';
import { db, NOW, principal, scriptedChange, serviceContext, testVault } from './bench';

export const KEY = 'sk-tenant-secret-0001';
export const OTHER_KEY = 'sk-tenant-secret-0002';
export const OPERATOR_KEY = 'sk-operator-secret-9999';

export interface Probed {
	readonly provider: string;
	readonly credential: Credential;
	readonly model: string | null;
}

export interface ProviderBench {
	readonly services: ServiceContext;
	readonly caller: ReturnType<typeof providersRouter.createCaller>;
	readonly change: ReturnType<typeof scriptedChange>;
	/** Pairs that were tried. */
	readonly probed: Probed[];
	/** What the next tries come to. */
	probe: Probe;
}

export const WORKS: Probe = { ok: true, latencyMs: 12, model: null, error: null };

const unused = () => {
	throw new Error('administration calls no model');
};

export function providerBench(
	who: Principal = principal('o1'),
	{ variables = {}, ...parts }: Partial<ServiceContext> & { readonly variables?: Record<string, string> } = {},
): ProviderBench {
	const change = scriptedChange();
	const probed: Probed[] = [];
	const services = serviceContext(who, {
		change,
		environment: environmentLayer(parseSettings(variables), { ids: providerIds, provider: findProvider }),
		upstreams: {
			credentials: async () => [],
			frames: unused,
			probe: async (provider, credential, model) => {
				probed.push({ provider: provider.id, credential, model });
				return bench.probe;
			},
		},
		...parts,
	});
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
	const bench: ProviderBench = {
		services,
		caller: providersRouter.createCaller(ctx, { onError: () => {} }),
		change,
		probed,
		probe: WORKS,
	};
	return bench;
}

/** Everything stored of a row. */
export async function storedRow(id: string): Promise<typeof llmProviders.$inferSelect> {
	const row = await db.select().from(llmProviders).where(eq(llmProviders.id, id)).get();
	if (!row) throw new Error(`there is no row ${id}`);
	return row;
}

const key = (byte: number): string => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** A vault whose encryption keys are named by numbers, the current one first. */
export const vaultOf = (current: number | null, ...old: readonly number[]) =>
	testVault(keyRing(current === null ? null : key(current), old.map(key), randomBytes));

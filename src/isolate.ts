/**
 * What lives as long as the isolate: plain data only. No stub, timer or promise is kept here: workerd ties
 * those to the request that made them, and a second request that touches them hangs.
 */
import type { KeyMemory } from './auth/key-cache';
import type { MemberMemory } from './auth/member-cache';
import { type SessionKeys, sessionKeys } from './auth/session';
import { type TokenMemory, tokenMemory } from './auth/token';
import { catalog } from './catalog';
import type { ConfigurationMemory } from './config/cache';
import { type EnvironmentLayer, environmentLayer } from './config/environment';
import { type EncodingMemory, encodingMemory } from './encodings';
import { type Bindings, parseSettings, type Settings } from './env';
import { type AffinityMemory, affinityMemory } from './gateway/affinity';
import type { ListMemory } from './gateway/model-lists';
import type { CatalogPort, Registry } from './gateway/ports';
import { type HealthViews, healthViews } from './health/view';
import type { CloseRequest } from './ledger/contract';
import { embedWires, findProvider, providerIds, wires } from './providers';
import { type SummaryMemory, summaryMemory } from './summaries';
import { type KeyRing, keyRing } from './vault/seal';

export interface Isolate {
	readonly settings: Settings;
	readonly environment: EnvironmentLayer;
	/** Providers with `<ID>_DEBUG=true`. */
	readonly debugged: ReadonlySet<string>;
	/** What is baked in. */
	readonly catalog: CatalogPort;
	/** What providers said of their own models since. */
	readonly lists: ListMemory;
	readonly registry: Registry;
	readonly keys: KeyMemory;
	readonly members: MemberMemory;
	/** What tokens are verified with. */
	readonly tokens: TokenMemory;
	readonly configurations: ConfigurationMemory;
	readonly views: HealthViews;
	/** Tokenizers that were needed so far. */
	readonly encodings: EncodingMemory;
	/** Who answered which conversation last. */
	readonly affinity: AffinityMemory;
	/** What was written in place of the beginnings of conversations. */
	readonly summaries: SummaryMemory;
	readonly queues: Map<string, CloseRequest[]>;
	/** null until the first sealed key is met. */
	ring: KeyRing | null;
	/** null until the first console session is met. */
	sessionKeys: SessionKeys | null;
}

const registry: Registry = { provider: findProvider, ids: providerIds, wires, embedWires };

const isolates = new WeakMap<Bindings, Isolate>();

/** Throws GatewayError `internal` naming the variable that is wrong. */
export function isolateOf(env: Bindings): Isolate {
	const known = isolates.get(env);
	if (known) return known;
	const settings = parseSettings({ ...env });
	const made: Isolate = {
		settings,
		environment: environmentLayer(settings, registry),
		debugged: new Set(registry.ids.filter((id) => settings.provider(id).debug)),
		catalog: catalog(registry.ids.filter((id) => registry.provider(id)?.local)),
		lists: new Map(),
		registry,
		keys: new Map(),
		members: new Map(),
		tokens: tokenMemory(),
		configurations: new Map(),
		views: healthViews(),
		encodings: encodingMemory(),
		affinity: affinityMemory(),
		summaries: summaryMemory(),
		queues: new Map(),
		ring: null,
		sessionKeys: null,
	};
	isolates.set(env, made);
	return made;
}

export const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** The keys that seal provider keys, imported once. */
export async function ringOf(isolate: Isolate): Promise<KeyRing> {
	const { encryptionKey, encryptionKeysOld } = isolate.settings;
	isolate.ring ??= await keyRing(encryptionKey, encryptionKeysOld, randomBytes);
	return isolate.ring;
}

/** The keys that seal console sessions, derived once. */
export async function sessionKeysOf(isolate: Isolate): Promise<SessionKeys> {
	const { encryptionKey, encryptionKeysOld } = isolate.settings;
	isolate.sessionKeys ??= await sessionKeys(encryptionKey, encryptionKeysOld);
	return isolate.sessionKeys;
}

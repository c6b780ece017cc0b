/** One isolate over the real D1 and KV of the test: its memory lasts, its reads of D1 and KV are counted. */
import { env } from 'cloudflare:workers';
import { onTestFinished } from 'vitest';
import { type AuthDependencies, type AuthOptions, authenticate } from '../../src/auth/authenticate';
import type { EntryStore } from '../../src/auth/entries';
import type { GatewayKey } from '../../src/auth/gateway-key';
import type { KeyMemory } from '../../src/auth/key-cache';
import type { MemberMemory } from '../../src/auth/member-cache';
import type { Principal } from '../../src/auth/principal';
import type { TokenVerifier } from '../../src/auth/token';
import type { ConfigurationMemory } from '../../src/config/cache';
import type { EnvironmentLayer } from '../../src/config/environment';
import { configPort } from '../../src/config/port';
import { database } from '../../src/db/client';
import type { ConfigPort } from '../../src/gateway/ports';
import { keyRing, open } from '../../src/vault/seal';
import { environment as environmentOf } from './fixtures';

export const NOW = Date.UTC(2026, 0, 1);
export const OPERATOR_KEY = 'the-operators-own-key';
/** 32 bytes. */
export const VAULT_KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

export const ring = () => keyRing(VAULT_KEY, [], (length) => crypto.getRandomValues(new Uint8Array(length)));

interface Counts {
	/** Statements prepared for D1. */
	statements: number;
	/** Round trips that carried several of them. */
	batches: number;
	kvReads: number;
	kvWrites: number;
	digests: number;
}

export interface Isolate {
	readonly counts: Counts;
	/** What was logged, by event. */
	readonly logged: string[];
	now: number;
	/** Set, KV throws with it. */
	kvFailure: string | null;
	/** Set, D1 throws with it. */
	d1Failure: string | null;
	/** null: no tokens are accepted. */
	verify: TokenVerifier | null;
	authenticate(credential: string, options?: AuthOptions, headers?: Record<string, string>): Promise<Principal>;
	config(principal: Principal): ConfigPort;
	/** Work left to `waitUntil` so far has ended; none of it may fail. */
	settled(): Promise<void>;
	/** Everything counted while `work` ran. */
	counting(work: () => Promise<unknown>): Promise<Counts>;
}

const zero = (): Counts => ({ statements: 0, batches: 0, kvReads: 0, kvWrites: 0, digests: 0 });

export const bearer = ({ id, secret }: GatewayKey): string => `sy_${id}_${secret}`;

export function isolate(environment: EnvironmentLayer = environmentOf()): Isolate {
	const keyMemory: KeyMemory = new Map();
	const members: MemberMemory = new Map();
	const configurationMemory: ConfigurationMemory = new Map();
	const deferred: Promise<unknown>[] = [];
	const counts = zero();
	const self = {
		now: NOW,
		kvFailure: null as string | null,
		d1Failure: null as string | null,
		verify: null as TokenVerifier | null,
	};

	const reachD1 = (): D1Database => {
		if (self.d1Failure !== null) throw new Error(self.d1Failure);
		return env.DB;
	};
	const d1 = {
		prepare(query: string) {
			counts.statements += 1;
			return reachD1().prepare(query);
		},
		batch(statements: D1PreparedStatement[]) {
			counts.batches += 1;
			return reachD1().batch(statements);
		},
	} as D1Database;
	const reachKv = (): KVNamespace => {
		if (self.kvFailure !== null) throw new Error(self.kvFailure);
		return env.CONFIG;
	};
	const entries: EntryStore = {
		kv: {
			async get(name: string) {
				counts.kvReads += 1;
				return reachKv().get(name);
			},
			async put(name: string, value: string, options?: KVNamespacePutOptions) {
				counts.kvWrites += 1;
				await reachKv().put(name, value, options);
			},
			async delete(name: string) {
				await reachKv().delete(name);
			},
		} as EntryStore['kv'],
		defer: (work) => {
			deferred.push(work);
		},
	};
	const dependencies = (): AuthDependencies => ({
		db: database(d1),
		keys: { memory: keyMemory, members, entries },
		adminApiKey: OPERATOR_KEY,
		now: () => self.now,
		...(self.verify && { verify: self.verify }),
	});
	const logged: string[] = [];
	// A write that ends after the test would land in the storage of the next one.
	onTestFinished(async () => {
		await Promise.all(deferred);
	});

	return Object.assign(self, {
		counts,
		logged,
		authenticate: (credential: string, options?: AuthOptions, headers: Record<string, string> = {}) =>
			authenticate(new Headers({ authorization: `Bearer ${credential}`, ...headers }), dependencies(), options),
		config: (principal: Principal) =>
			configPort({
				...dependencies(),
				principal,
				configurations: { memory: configurationMemory, entries },
				environment,
				openKey: async (scope, envelope) => open(await ring(), scope, envelope),
				log: (_level, event) => {
					logged.push(event);
				},
			}),
		async settled() {
			await Promise.all(deferred.splice(0));
		},
		async counting(work: () => Promise<unknown>) {
			const digest = crypto.subtle.digest;
			Object.assign(counts, zero());
			crypto.subtle.digest = (...input: Parameters<typeof digest>) => {
				counts.digests += 1;
				return digest.apply(crypto.subtle, input);
			};
			try {
				await work();
			} finally {
				crypto.subtle.digest = digest;
			}
			return { ...counts };
		},
	});
}

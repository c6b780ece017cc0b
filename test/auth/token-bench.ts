/** Tokens verified as in an isolate: virtual time, a scripted identity provider, KV in memory. */

import type { Claims } from '../../src/auth/claims';
import type { EntryStore } from '../../src/auth/entries';
import { type TokenMemory, tokenMemory, tokenVerifier } from '../../src/auth/token';
import type { OutboundRequest } from '../../src/gateway/ports';
import { type VirtualTime, virtualTime } from '../support/virtual-time';
import { NOW } from './signed';

export const JWKS_URL = 'https://id.example/jwks';

type Served = (request: OutboundRequest) => Response | Promise<Response>;

export interface TokenBench {
	readonly time: VirtualTime;
	readonly memory: TokenMemory;
	/** Events logged. */
	readonly logged: string[];
	/** Addresses asked. */
	readonly urls: string[];
	readonly kv: Map<string, string>;
	asked(): number;
	/** From now on the identity provider answers this. */
	serve(served: Served): void;
	verify(token: string): Promise<Claims>;
	/** What was left to `waitUntil` has ended. */
	settled(): Promise<void>;
}

export interface TokenBenchOptions {
	readonly secret?: string;
	readonly keys?: readonly unknown[];
	readonly issuer?: string;
	readonly audience?: string;
	/** Shared by isolates. */
	readonly kv?: Map<string, string>;
	readonly time?: VirtualTime;
}

export const keySet =
	(keys: readonly unknown[]): Served =>
	() =>
		Response.json({ keys });

export function bench(options: TokenBenchOptions): TokenBench {
	const time = options.time ?? virtualTime(NOW);
	const kv = options.kv ?? new Map<string, string>();
	const memory = tokenMemory();
	const logged: string[] = [];
	const requests: OutboundRequest[] = [];
	const urls: string[] = [];
	const deferred: Promise<unknown>[] = [];
	let served = keySet(options.keys ?? []);
	const entries: EntryStore = {
		kv: {
			get: async (name: string) => kv.get(name) ?? null,
			put: async (name: string, value: string) => {
				kv.set(name, value);
			},
			delete: async (name: string) => {
				kv.delete(name);
			},
		} as EntryStore['kv'],
		defer: (work) => {
			deferred.push(work);
		},
	};
	const verify = tokenVerifier(
		{
			jwt: options.secret === undefined ? { kind: 'jwks', url: JWKS_URL } : { kind: 'secret', secret: options.secret },
			jwtIssuer: options.issuer ?? null,
			jwtAudience: options.audience ?? null,
		},
		{
			memory,
			entries,
			time,
			log: (_level, event) => {
				logged.push(event);
			},
			send: async (request) => {
				requests.push(request);
				urls.push(request.url);
				return served(request);
			},
		},
	);
	return {
		time,
		memory,
		logged,
		urls,
		kv,
		asked: () => requests.length,
		serve: (next) => {
			served = next;
		},
		verify,
		settled: async () => {
			await Promise.all(deferred.splice(0));
		},
	};
}

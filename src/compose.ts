/** The composition root: environment and request in, the services of that request out. */
import { type AuthDependencies, authenticate } from './auth/authenticate';
import type { KeyCache } from './auth/key-cache';
import type { Principal } from './auth/principal';
import { openSession, sealSession } from './auth/session';
import { type TokenVerifier, tokenVerifier } from './auth/token';
import { withLive } from './catalog/live';
import { configPort } from './config/port';
import { type Database, database } from './db/client';
import type { Bindings } from './env';
import { gateway } from './gateway/gateway';
import { type ListStore, modelLists } from './gateway/model-lists';
import type { CatalogPort, ConfigPort, OutboundRequest, Ports, Send, Time } from './gateway/ports';
import { upstreams } from './gateway/upstreams';
import { healthClient } from './health/client';
import type { Composition, Sessions } from './http/context';
import { newId } from './id';
import { type Isolate, isolateOf, randomBytes, ringOf, sessionKeysOf } from './isolate';
import { type LedgerClient, ledgerClient } from './ledger/client';
import { directStore } from './ledger/direct';
import { type Log, logger } from './log';
import { HOP_HEADER, outbound, refusedAddress } from './outbound';
import { mockUpstream } from './providers/builtin/mock-upstream';
import { ready } from './ready';
import type { ServiceContext, VaultPort } from './services/context';
import { keyIdOfEnvelope, open, seal } from './vault/seal';

const time: Time = {
	now: () => Date.now(),
	after(ms, task) {
		const timer = setTimeout(task, ms);
		return () => clearTimeout(timer);
	},
};

/** Requests that open the ledger, which notices an old version: only these take a principal from a cache. */
const OPENS_LEDGER =
	/^\/(v1\/(chat\/completions|responses|messages|embeddings|providers\/.+)|trpc\/(chat|stream|embed)(,(chat|stream|embed))*)$/;
/** What the operator does for the platform, or names an organization for by itself: also before there is any. */
const NEEDS_NO_ORGANIZATION =
	/^\/(trpc\/(organizations\.\w+|globalSettings\.\w+|audit\.list|providers\.resealKeys|health)|api\/v1\/session)$/;

/** Everything one request needs; cheap, since what is dear lives in the isolate. */
class RequestComposition implements Composition {
	readonly time = time;
	readonly log: Log;
	readonly #isolate: Isolate;
	readonly #url: URL;
	readonly #defer = (work: Promise<unknown>): void => this.context.waitUntil(work);
	#db: Database | null = null;
	#ledger: LedgerClient | null = null;
	#renewed: Principal | null = null;

	constructor(
		private readonly env: Bindings,
		private readonly request: Request,
		private readonly context: Pick<ExecutionContext, 'waitUntil'>,
	) {
		this.#isolate = isolateOf(env);
		this.#url = new URL(request.url);
		this.log = logger(this.#isolate.settings.logLevel, (level, line) => console[level](line));
	}

	get settings() {
		return this.#isolate.settings;
	}

	newId = (): string => newId(Date.now(), randomBytes);

	authenticate(headers: Headers, { fresh = false }: { readonly fresh?: boolean } = {}): Promise<Principal> {
		const { pathname } = this.#url;
		return authenticate(headers, this.#auth(), {
			cached: !fresh && this.request.method === 'POST' && OPENS_LEDGER.test(pathname),
			organizationOptional: NEEDS_NO_ORGANIZATION.test(pathname),
		});
	}

	get renewed(): Principal | null {
		return this.#renewed;
	}

	get sessions(): Sessions {
		const isolate = this.#isolate;
		return {
			seal: async (session) => sealSession(await sessionKeysOf(isolate), session, randomBytes),
			open: async (sealed) => openSession(await sessionKeysOf(isolate), sealed, time.now()),
		};
	}

	gateway(principal: Principal) {
		return gateway(this.#ports(principal));
	}

	services(principal: Principal, requestId: string): ServiceContext {
		const { environment, registry, settings } = this.#isolate;
		const ledger = this.#ledgerClient();
		return {
			principal,
			db: this.#database(),
			change: ledger,
			vault: this.#vault(),
			environment,
			refusedAddress: (url) => refusedAddress(url, this.#url.host, settings.allowPrivateUpstreams),
			account: (organizationId, keyId) => ledger.account(organizationId, keyId),
			catalog: this.#catalog(),
			registry,
			upstreams: upstreams({ ...this.#ports(principal), caller: principal }),
			now: time.now,
			newId: this.newId,
			randomBytes,
			requestId,
			defer: this.#defer,
			log: this.log,
		};
	}

	#vault(): VaultPort {
		const isolate = this.#isolate;
		return {
			async seal(scope, secret) {
				const envelope = await seal(await ringOf(isolate), scope, secret);
				return { envelope, keyId: keyIdOfEnvelope(envelope) };
			},
			open: async (scope, envelope) => open(await ringOf(isolate), scope, envelope),
			currentKeyId: async () => (await ringOf(isolate)).currentId,
		};
	}

	ready() {
		return ready(this.env);
	}

	#auth(): AuthDependencies {
		const { jwt, jwtIssuer, jwtAudience, adminApiKey } = this.#isolate.settings;
		const verify: TokenVerifier | null =
			jwt &&
			((token) => {
				const { tokens: memory } = this.#isolate;
				const { entries } = this.#keys();
				const ports = { memory, entries, send: this.#send(), time, log: this.log };
				return tokenVerifier({ jwt, jwtIssuer, jwtAudience }, ports)(token);
			});
		return { db: this.#database(), keys: this.#keys(), adminApiKey, now: time.now, ...(verify && { verify }) };
	}

	#keys(): KeyCache {
		const { keys, members } = this.#isolate;
		return { memory: keys, members, entries: { kv: this.env.CONFIG, defer: this.#defer } };
	}

	#database(): Database {
		this.#db ??= database(this.env.DB);
		return this.#db;
	}

	#ledgerClient(): LedgerClient {
		const { ORG_LEDGER, DB } = this.env;
		this.#ledger ??= ledgerClient({
			stub: (organizationId) => ORG_LEDGER.get(ORG_LEDGER.idFromName(organizationId)),
			direct: directStore(DB),
			time,
			random: Math.random,
			defer: this.#defer,
			log: this.log,
			queues: this.#isolate.queues,
		});
		return this.#ledger;
	}

	#ports(principal: Principal): Ports {
		const isolate = this.#isolate;
		const { PROVIDER_HEALTH } = this.env;
		return {
			time,
			random: Math.random,
			newId: this.newId,
			send: this.#send(),
			config: this.#config(principal),
			ledger: this.#ledgerClient(),
			health: healthClient({
				views: isolate.views,
				time,
				policy: isolate.settings.breaker,
				object: (endpoint) => PROVIDER_HEALTH.get(PROVIDER_HEALTH.idFromName(endpoint)),
				defer: this.#defer,
			}),
			catalog: this.#catalog(),
			registry: isolate.registry,
			limits: isolate.settings.time,
			defer: this.#defer,
			log: this.log,
		};
	}

	#config(principal: Principal): ConfigPort {
		const isolate = this.#isolate;
		return configPort({
			principal,
			db: this.#database(),
			configurations: { memory: isolate.configurations, entries: { kv: this.env.CONFIG, defer: this.#defer } },
			keys: this.#keys(),
			environment: isolate.environment,
			openKey: async (scope, envelope) => open(await ringOf(isolate), scope, envelope),
			now: time.now,
			log: this.log,
			renewed: (anew) => {
				this.#renewed = anew;
			},
		});
	}

	/** The catalog with what providers' own lists say laid over it. */
	#catalog(): CatalogPort {
		const { catalog, registry, lists } = this.#isolate;
		const { CONFIG } = this.env;
		const store: ListStore = {
			read: (name) => CONFIG.get(name),
			write: (name, text, expirationTtl) => CONFIG.put(name, text, { expirationTtl }),
		};
		const send = this.#send();
		const { log } = this;
		return withLive(catalog, modelLists({ memory: lists, store, registry, send, time, defer: this.#defer, log }));
	}

	/** Builtin providers answer inside; everything else goes out by the one door. */
	#send(): Send {
		const { settings, debugged } = this.#isolate;
		const send = outbound({
			allowPrivate: settings.allowPrivateUpstreams,
			ownHost: this.#url.host,
			hops: Number(this.request.headers.get(HOP_HEADER) ?? 0) || 0,
		});
		const all: Send = (request) => (request.url.startsWith('mock:') ? mockUpstream(request, time) : send(request));
		return debugged.size === 0
			? all
			: (request) => (debugged.has(request.provider) ? this.#debug(all, request) : all(request));
	}

	/** `<ID>_DEBUG=true`: where each call of that provider went and how it was answered, whatever LOG_LEVEL is. */
	async #debug(send: Send, request: OutboundRequest): Promise<Response> {
		const startedAt = time.now();
		const told = (outcome: Readonly<Record<string, unknown>>): void => {
			const { provider, method, url, body } = request;
			this.log('error', 'upstream-debug', {
				provider,
				method,
				url,
				bytes: typeof body === 'string' ? body.length : (body?.byteLength ?? 0),
				ms: time.now() - startedAt,
				...outcome,
			});
		};
		try {
			const response = await send(request);
			told({ status: response.status, contentType: response.headers.get('content-type') });
			return response;
		} catch (error) {
			told({ error });
			throw error;
		}
	}
}

/** Throws GatewayError `internal` where the environment is wrong. */
export const compose = (env: Bindings, request: Request, context: Pick<ExecutionContext, 'waitUntil'>): Composition =>
	new RequestComposition(env, request, context);

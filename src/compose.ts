/** The composition root: environment and request in, the services of that request out. */
import { type AuthDependencies, authenticate } from './auth/authenticate';
import type { KeyCache } from './auth/key-cache';
import type { Principal } from './auth/principal';
import { openSession, sealSession } from './auth/session';
import { type TokenVerifier, tokenVerifier } from './auth/token';
import { configPort } from './config/port';
import type { Bindings } from './env';
import { affinity } from './gateway/affinity';
import { gateway } from './gateway/gateway';
import type { ConfigPort, Ports } from './gateway/ports';
import { upstreams } from './gateway/upstreams';
import { healthClient } from './health/client';
import type { Composition, Sessions } from './http/context';
import { type Isolate, randomBytes, ringOf, sessionKeysOf } from './isolate';
import type { Log } from './log';
import { HOP_HEADER, refusedAddress } from './outbound';
import { ready } from './ready';
import type { ServiceContext } from './services/context';
import { summaries } from './summaries';
import { open } from './vault/seal';
import { time, Wiring } from './wiring';

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
	readonly newId: () => string;
	readonly #wiring: Wiring;
	readonly #isolate: Isolate;
	readonly #url: URL;
	#renewed: Principal | null = null;

	constructor(
		private readonly env: Bindings,
		private readonly request: Request,
		context: Pick<ExecutionContext, 'waitUntil'>,
	) {
		this.#url = new URL(request.url);
		const hops = Number(request.headers.get(HOP_HEADER) ?? 0) || 0;
		this.#wiring = new Wiring(env, context, { ownHost: this.#url.host, hops });
		this.#isolate = this.#wiring.isolate;
		this.log = this.#wiring.log;
		this.newId = this.#wiring.newId;
	}

	get settings() {
		return this.#isolate.settings;
	}

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
		const { db, ledger, vault, catalog, endpointHealth, defer } = this.#wiring;
		return {
			principal,
			db,
			change: ledger,
			vault,
			environment,
			refusedAddress: (url) => refusedAddress(url, this.#url.host, settings.allowPrivateUpstreams),
			account: (organizationId, keyId) => ledger.account(organizationId, keyId),
			catalog,
			registry,
			upstreams: upstreams({ ...this.#ports(principal), caller: principal }),
			health: endpointHealth,
			now: time.now,
			newId: this.newId,
			randomBytes,
			requestId,
			defer,
			log: this.log,
		};
	}

	ready() {
		return ready(this.env);
	}

	asset(path: string): Promise<Response> {
		return this.env.ASSETS.fetch(`https://assets.internal${path}`);
	}

	#auth(): AuthDependencies {
		const { jwt, jwtIssuer, jwtAudience, adminApiKey } = this.#isolate.settings;
		const wiring = this.#wiring;
		const verify: TokenVerifier | null =
			jwt &&
			((token) => {
				const { tokens: memory } = this.#isolate;
				const { entries } = this.#keys();
				const ports = { memory, entries, send: wiring.send, time, log: this.log };
				return tokenVerifier({ jwt, jwtIssuer, jwtAudience }, ports)(token);
			});
		return { db: wiring.db, keys: this.#keys(), adminApiKey, now: time.now, ...(verify && { verify }) };
	}

	#keys(): KeyCache {
		const { keys, members } = this.#isolate;
		return { memory: keys, members, entries: { kv: this.env.CONFIG, defer: this.#wiring.defer } };
	}

	#ports(principal: Principal): Ports {
		const isolate = this.#isolate;
		const { send, ledger, catalog, encodings, health, defer } = this.#wiring;
		return {
			time,
			random: Math.random,
			newId: this.newId,
			send,
			config: this.#config(principal),
			ledger,
			health: healthClient({
				organizationId: principal.organizationId,
				views: isolate.views,
				time,
				policy: isolate.settings.breaker,
				object: health,
				defer,
			}),
			affinity: affinity(isolate.affinity, time.now),
			encodings,
			summaries: summaries({
				memory: isolate.summaries,
				organizationId: principal.organizationId,
				kv: this.env.CONFIG,
				ring: () => ringOf(isolate),
				time,
				defer,
			}),
			catalog,
			registry: isolate.registry,
			limits: isolate.settings.time,
			defer,
			log: this.log,
		};
	}

	#config(principal: Principal): ConfigPort {
		const isolate = this.#isolate;
		const { db, defer } = this.#wiring;
		return configPort({
			principal,
			db,
			configurations: { memory: isolate.configurations, entries: { kv: this.env.CONFIG, defer } },
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
}

/** Throws GatewayError `internal` where the environment is wrong. */
export const compose = (env: Bindings, request: Request, context: Pick<ExecutionContext, 'waitUntil'>): Composition =>
	new RequestComposition(env, request, context);

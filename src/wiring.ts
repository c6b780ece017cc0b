/** What a request and the cron are put together from: environment in, ports out. */
import { withLive } from './catalog/live';
import { type Database, database } from './db/client';
import { encodings } from './encodings';
import type { Bindings } from './env';
import { GatewayError } from './errors';
import { type ListStore, modelLists } from './gateway/model-lists';
import type { CatalogPort, OutboundRequest, Send, Time } from './gateway/ports';
import type { EndpointFacts, Outcome, ProviderHealthApi } from './health/contract';
import { WHOLE_ENDPOINT } from './health/place';
import { newId } from './id';
import { type Isolate, isolateOf, randomBytes, ringOf } from './isolate';
import { type LedgerClient, ledgerClient } from './ledger/client';
import { directStore } from './ledger/direct';
import { type Log, logger } from './log';
import { outbound } from './outbound';
import type { EncodingPort } from './planner/encoding';
import { mockUpstream } from './providers/builtin/mock-upstream';
import type { EndpointHealthPort, VaultPort } from './services/context';
import { keyIdOfEnvelope, open, seal } from './vault/seal';
import { LATE, within } from './wait';

/** ms that a health object is waited for. */
const PATIENCE_MS = 1_000;

export const time: Time = {
	now: () => Date.now(),
	after(ms, task) {
		const timer = setTimeout(task, ms);
		return () => clearTimeout(timer);
	},
};

/** Throws `upstream_unavailable` where a health object's answer is not there in time. */
export async function patiently<T>(asked: Promise<T>): Promise<T> {
	const answer = await within(time, PATIENCE_MS, asked);
	if (answer !== LATE) return answer;
	throw new GatewayError('upstream_unavailable', `There was no answer within ${PATIENCE_MS} ms.`);
}

/** Nothing but that its key is good: a call outside the path says nothing of how long others take. */
const answeredWith = ({ rowId }: EndpointFacts, organizationId: string, mark: string): Outcome => ({
	organizationId,
	modelClass: WHOLE_ENDPOINT,
	at: time.now(),
	result: 'neutral',
	scope: 'endpoint',
	firstEventMs: null,
	outputTokensPerSecond: null,
	probe: false,
	error: null,
	key: {
		mark,
		rowId,
		organizationId,
		startedAt: time.now(),
		tokens: 0,
		word: 'good',
		until: null,
		status: null,
		rates: null,
	},
});

/** Where calls are made from, so that none leads back here. */
export interface Origin {
	/** Host this Worker is served at; null: not known. */
	readonly ownHost: string | null;
	/** Gateways that were passed before this one. */
	readonly hops: number;
}

/** Of one invocation; cheap, since what is dear lives in the isolate. Throws `internal` where the environment is wrong. */
export class Wiring {
	readonly isolate: Isolate;
	readonly log: Log;
	#db: Database | null = null;
	#ledger: LedgerClient | null = null;

	constructor(
		private readonly env: Bindings,
		private readonly context: Pick<ExecutionContext, 'waitUntil'>,
		private readonly origin: Origin,
	) {
		this.isolate = isolateOf(env);
		this.log = logger(this.isolate.settings.logLevel, (level, line) => console[level](line));
	}

	readonly defer = (work: Promise<unknown>): void => this.context.waitUntil(work);

	readonly newId = (): string => newId(Date.now(), randomBytes);

	get db(): Database {
		this.#db ??= database(this.env.DB);
		return this.#db;
	}

	get vault(): VaultPort {
		const { isolate } = this;
		return {
			async seal(scope, secret) {
				const envelope = await seal(await ringOf(isolate), scope, secret);
				return { envelope, keyId: keyIdOfEnvelope(envelope) };
			},
			open: async (scope, envelope) => open(await ringOf(isolate), scope, envelope),
			currentKeyId: async () => (await ringOf(isolate)).currentId,
		};
	}

	get ledger(): LedgerClient {
		const { ORG_LEDGER, DB } = this.env;
		this.#ledger ??= ledgerClient({
			stub: (organizationId) => ORG_LEDGER.get(ORG_LEDGER.idFromName(organizationId)),
			direct: directStore(DB),
			time,
			random: Math.random,
			defer: this.defer,
			log: this.log,
			queues: this.isolate.queues,
		});
		return this.#ledger;
	}

	get encodings(): EncodingPort {
		const { isolate, defer, log } = this;
		return encodings({ memory: isolate.encodings, assets: this.env.ASSETS, time, defer, log });
	}

	/** The object of an endpoint, for this invocation alone. */
	readonly health = (endpoint: string): ProviderHealthApi => {
		const { PROVIDER_HEALTH } = this.env;
		return PROVIDER_HEALTH.get(PROVIDER_HEALTH.idFromName(endpoint));
	};

	/** The same as services ask it: nobody waits for one that takes longer than a second. */
	get endpointHealth(): EndpointHealthPort {
		const { health, log } = this;
		return {
			// A stub that can't even be got is a refusal like any other.
			status: async (endpoint) => patiently(health(endpoint).status()),
			async answered(facts, organizationId, mark) {
				try {
					await patiently(health(facts.endpoint).report(facts, [answeredWith(facts, organizationId, mark)]));
				} catch (error) {
					log('warn', 'health-report-failed', { endpoint: facts.endpoint, error });
				}
			},
		};
	}

	/** The catalog with what providers' own lists say laid over it. */
	get catalog(): CatalogPort {
		const { catalog, registry, lists } = this.isolate;
		const { CONFIG } = this.env;
		const store: ListStore = {
			read: (name) => CONFIG.get(name),
			write: (name, text, expirationTtl) => CONFIG.put(name, text, { expirationTtl }),
		};
		const { send, defer, log } = this;
		return withLive(catalog, modelLists({ memory: lists, store, registry, send, time, defer, log }));
	}

	/** Builtin providers answer inside; everything else goes out by the one door. */
	get send(): Send {
		const { settings, debugged } = this.isolate;
		const send = outbound({ allowPrivate: settings.allowPrivateUpstreams, ...this.origin });
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

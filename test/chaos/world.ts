/**
 * The gateway with everything it decides by being real (health and ledger, both sides of them), in virtual time: some
 * isolates, some organizations, three upstreams.
 */
import { affinity, affinityMemory } from '../../src/gateway/affinity';
import type { Gateway } from '../../src/gateway/call';
import { gateway } from '../../src/gateway/gateway';
import type { AffinityPort, Credential, LedgerPort, Ports, Snapshot } from '../../src/gateway/ports';
import { healthClient } from '../../src/health/client';
import type { HealthPort, Outcome } from '../../src/health/contract';
import { healthViews } from '../../src/health/view';
import type { RoutingPolicy } from '../../src/language/routing';
import { ledgerClient } from '../../src/ledger/client';
import type { CloseRequest } from '../../src/ledger/contract';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { FACTS, NO_SUMMARIES } from '../support/scripted-gateway';
import { unitEncodings } from '../support/unit-encoding';
import { type VirtualTime, virtualTime } from '../support/virtual-time';
import { DIALECTS, nameOfTarget } from './dialects';
import type { Table } from './fate';
import { type HealthObjects, healthObjects } from './health-objects';
import { type OrganizationLedger, organizationLedger } from './ledgers';
import { PLAIN_DIALECTS, plainWires } from './plain';
import { sequence } from './random';
import { type Play, playReal } from './transport';
import { PATIENCE, type Upstreams, upstreams } from './upstreams';

export const BREAKER = { failures: 5, cooldownMs: 10_000 };
export const AGENT = 'chaos';

/**
 * No request may fail for want of time, so that what is judged is who was asked: far more than nine tries and all that
 * is waited for between them can take.
 */
const AMPLE_MS = 3_600_000;

export interface WorldOptions {
	readonly table: Table;
	readonly isolates: number;
	readonly organizations: number;
	/** Absent: real `Response`s. */
	readonly play?: Play;
	/** Pieces of a streamed answer. */
	readonly pieces: number;
	/** ms to a Durable Object. */
	readonly objectMs: number;
	/** The ledger's core is asked directly, without its client, and all speak a wire of next to nothing. */
	readonly coresOnly?: boolean;
	/** Keys of each provider. */
	readonly keys?: number;
}

export interface Recorded {
	readonly endpoint: string;
	readonly outcome: Outcome;
}

export interface Gate {
	readonly endpoint: string;
	readonly at: number;
	readonly answer: 'open' | 'probe' | 'leased' | 'no lease';
}

export interface World {
	readonly time: VirtualTime;
	readonly upstreams: Upstreams;
	readonly health: HealthObjects;
	readonly ledgers: ReadonlyMap<string, OrganizationLedger>;
	/** Told to health, in order. */
	readonly recorded: Recorded[];
	/** When breakers said no, or let a probe through, in the view of an isolate. */
	readonly gates: Gate[];
	/** What gateways kept alive and what came of it: none may fail. */
	readonly rejections: unknown[];
	/** Of one isolate for one request of an organization. */
	gateway(isolate: number, organization: number): Gateway;
	/** Objects lose their memory, as by eviction. */
	evict(): void;
}

const organizationName = (organization: number): string => `organization-${organization}`;

const credential = (provider: string, baseUrl: string, key: number): Credential => ({
	rowId: key === 0 ? null : `${provider}-${key}`,
	name: key === 0 ? provider : `${provider}-${key}`,
	source: 'environment',
	apiKey: `key-${key}`,
	baseUrl,
	trust: 'operator',
	config: {},
	mark: `${provider}.${key}`,
});

function sourced(policy: RoutingPolicy): Snapshot['routing'] {
	const fields = Object.entries(policy).map(([field, value]) => [field, { value, origin: 'agent' as const }]);
	return Object.fromEntries(fields);
}

function snapshotOf(organization: number, { keys = 1 }: WorldOptions): Snapshot {
	const id = organizationName(organization);
	const [first = '', ...fallbacks] = DIALECTS.map(nameOfTarget);
	const routing = sourced({ commitTimeoutMs: AMPLE_MS });
	return {
		version: 1,
		fresh: false,
		caller: {
			kind: 'gateway-key',
			organizationId: id,
			keyId: `key-of-${id}`,
			mayOverrideModel: true,
			allowedModels: null,
			allowedAgents: null,
			allowedProviders: null,
			mayOverrideSettings: true,
			mayOverridePrompt: true,
			limits: null,
		},
		organization: { id, slug: id },
		limits: { requestsPerMinute: null, requestsPerDay: null, budgetDayNanoUsd: null, budgetMonthNanoUsd: null },
		defaultChoice: { model: { value: first, origin: 'environment' }, settings: {} },
		profiles: {},
		agent: {
			id: 'agent-1',
			slug: AGENT,
			choice: { model: { value: first, origin: 'agent' }, settings: {}, ...(routing && { routing }) },
			fallbacks,
			embeddingModel: null,
			prompt: null,
		},
		fallbackChain: [],
		...(routing && { routing }),
		credentials: Object.fromEntries(
			DIALECTS.map(({ provider, baseUrl }) => [
				provider,
				Array.from({ length: keys }, (_, key) => credential(provider, baseUrl, key)),
			]),
		),
		embeddingModels: { openai: 'embed-test' },
	};
}

/** Clocks here tell whole milliseconds, as timers do. */
const wholeTime = (time: VirtualTime): VirtualTime => ({
	...time,
	after: (ms, task) => time.after(Math.ceil(ms), task),
});

export function chaosWorld(options: WorldOptions): World {
	const { table, isolates, organizations } = options;
	const time = wholeTime(virtualTime(Date.UTC(2026, 10, 3, 9)));
	const random = sequence(table.seed);
	const called = upstreams({
		dialects: options.coresOnly ? PLAIN_DIALECTS : DIALECTS,
		table,
		time,
		play: options.play ?? playReal,
		pieces: options.pieces,
	});
	const health = healthObjects({ time, policy: BREAKER, delayMs: options.objectMs });
	const ledgers = new Map<string, OrganizationLedger>();
	for (let at = 0; at < organizations; at += 1)
		ledgers.set(organizationName(at), organizationLedger(organizationName(at), time));
	const recorded: Recorded[] = [];
	const gates: Gate[] = [];
	const rejections: unknown[] = [];
	const defer = (work: Promise<unknown>): void => {
		work.catch((error: unknown) => rejections.push(error));
	};

	function ledgerOf(organizationId: string): OrganizationLedger {
		const ledger = ledgers.get(organizationId);
		if (!ledger) throw new Error(`no ledger of ${organizationId}`);
		return ledger;
	}

	const noDatabase = (): Promise<never> => Promise.reject(new Error('no D1 here'));
	const clientOf = ({ queues }: Isolate): LedgerPort =>
		ledgerClient({
			stub: (organizationId) => ledgerOf(organizationId).api,
			direct: { standing: noDatabase, write: noDatabase },
			time,
			random,
			defer,
			log: () => undefined,
			queues,
		});

	function portsOf(isolate: Isolate, snapshot: Snapshot): Ports {
		const client = healthClient({
			organizationId: snapshot.organization.id,
			views: isolate.views,
			time,
			policy: BREAKER,
			object: health.object,
			defer,
		});
		return {
			time,
			random,
			newId: () => `id-${random()}`,
			send: called.send,
			config: { load: async () => snapshot, reload: async () => ({ ...snapshot, fresh: true }) },
			ledger: options.coresOnly ? ledgerOf(snapshot.organization.id).port : clientOf(isolate),
			health: listened(client, { time, recorded, gates }),
			affinity: isolate.affinity,
			encodings: unitEncodings(),
			summaries: NO_SUMMARIES,
			catalog: {
				facts: (provider, model) => ({
					...FACTS,
					provider,
					model,
					...(model.startsWith('embed') && { kind: 'embedding' }),
				}),
				models: () => [],
				locate: () => null,
				refresh: async () => undefined,
			},
			registry: {
				provider: findProvider,
				ids: providerIds,
				wires: options.coresOnly ? plainWires : wires,
				embedWires,
			},
			limits: { ...PATIENCE, totalMs: AMPLE_MS, maxAttempts: 3 },
			defer,
			log: () => undefined,
		};
	}

	const memories = Array.from(
		{ length: isolates },
		(): Isolate => ({ views: healthViews(), queues: new Map(), affinity: affinity(affinityMemory(), time.now) }),
	);
	const snapshots = Array.from({ length: organizations }, (_, organization) => snapshotOf(organization, options));
	return {
		time,
		upstreams: called,
		health,
		ledgers,
		recorded,
		gates,
		rejections,
		gateway(isolate, organization) {
			const memory = memories[isolate];
			const snapshot = snapshots[organization];
			if (!memory || !snapshot) throw new Error(`no isolate ${isolate}, or no organization ${organization}`);
			return gateway(portsOf(memory, snapshot));
		},
		evict() {
			health.evict();
			for (const ledger of ledgers.values()) ledger.restart();
		},
	};
}

interface Isolate {
	readonly views: ReturnType<typeof healthViews>;
	readonly queues: Map<string, CloseRequest[]>;
	readonly affinity: AffinityPort;
}

function listened(port: HealthPort, { time, recorded, gates }: Pick<World, 'time' | 'recorded' | 'gates'>): HealthPort {
	return {
		admits(place) {
			const answer = port.admits(place);
			if (answer !== 'closed') gates.push({ endpoint: place.endpoint, at: time.now(), answer });
			return answer;
		},
		record(facts, outcome) {
			recorded.push({ endpoint: facts.endpoint, outcome });
			port.record(facts, outcome);
		},
		async lease(place) {
			const leased = await port.lease(place);
			gates.push({ endpoint: place.endpoint, at: time.now(), answer: leased ? 'leased' : 'no lease' });
			return leased;
		},
		measures: (place) => port.measures(place),
		calibration: (endpoint, tokenizer) => port.calibration(endpoint, tokenizer),
		learn: (facts, sample) => port.learn(facts, sample),
		mayLearn: (endpoint, tokenizer) => port.mayLearn(endpoint, tokenizer),
		standing: (place, mark) => port.standing(place, mark),
		mayRetry: (endpoint, organizationId) => port.mayRetry(endpoint, organizationId),
	};
}

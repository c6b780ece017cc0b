/** Health and affinity as a test scripts them, with what was asked of them and told to them. */
import type { AffinityPort } from '../../src/gateway/ports';
import type {
	Calibration,
	EndpointFacts,
	HealthPort,
	KeyStanding,
	Measures,
	Outcome,
	Place,
	TokenSample,
} from '../../src/health/contract';

export interface HealthScript {
	/**
	 * Whose breaker is open: the provider of an endpoint (`openai`), a whole endpoint (`openai@openai.test`), or one
	 * class of models there (`openai@openai.test gpt-test`).
	 */
	readonly open?: ReadonlySet<string>;
	/** Named likewise: whose breaker gives this request the probe without being asked for the lease. */
	readonly probes?: ReadonlySet<string>;
	/** Asked each time, in place of both. */
	readonly admits?: (place: Place) => 'closed' | 'open' | 'probe';
	/** What is said to a request that waits for the lease; a function is asked each time. Absent: no. */
	readonly lease?: boolean | ((place: Place) => boolean);
	/** By `Credential.mark`; what a test leaves out is as of a key of which nothing bad is known. */
	readonly standings?: Readonly<Record<string, Partial<KeyStanding>>>;
	/** Named as in `open`, the narrowest name counts. */
	readonly measures?: Readonly<Record<string, Partial<Measures>>>;
	/** By `TokenSample.tokenizer`, at every endpoint; what is learned meanwhile changes nothing. */
	readonly calibrations?: Readonly<Record<string, Calibration>>;
	/** Is a prompt worth counting for what it teaches? Absent: no. */
	readonly mayLearn?: boolean;
	/** The retry budget; absent: there is room. */
	readonly mayRetry?: boolean | (() => boolean);
	/** Conversation → the target that answered it last, as `affinityOf` names it. */
	readonly affinity?: Readonly<Record<string, string>>;
}

export interface Reported {
	readonly endpoint: string;
	readonly facts: EndpointFacts;
	readonly outcome: Outcome;
}

export interface HeardHealth {
	readonly outcomes: Reported[];
	/** Providers whose breaker was asked. */
	readonly asked: string[];
	/** Places whose lease was waited for. */
	readonly leases: Place[];
	/** How often room for a retry was asked for. */
	readonly retries: () => number;
	/** What was learned of tokenizers. */
	readonly samples: TokenSample[];
	/** What was remembered, conversation first. */
	readonly remembered: (readonly [string, string])[];
}

const GOOD: KeyStanding = {
	refusedUntil: null,
	limitedUntil: null,
	requestsMinute: 0,
	tokensMinute: 0,
	rates: null,
};

/** The narrowest first. */
const namesOf = ({ endpoint, modelClass }: Place): readonly string[] => [
	`${endpoint} ${modelClass}`,
	endpoint,
	endpoint.split('@')[0] ?? endpoint,
];

const names = (set: ReadonlySet<string> | undefined, place: Place): boolean =>
	set !== undefined && namesOf(place).some((name) => set.has(name));

export function scriptedHealth(script: HealthScript): HeardHealth & {
	readonly health: HealthPort;
	readonly affinity: AffinityPort;
} {
	const outcomes: Reported[] = [];
	const asked: string[] = [];
	const leases: Place[] = [];
	const samples: TokenSample[] = [];
	const remembered: [string, string][] = [];
	const last = new Map(Object.entries(script.affinity ?? {}));
	const turns = new Map<string, number>();
	let retries = 0;
	return {
		outcomes,
		asked,
		leases,
		samples,
		remembered,
		retries: () => retries,
		health: {
			admits: (place) => {
				asked.push(place.endpoint.split('@')[0] ?? '');
				if (script.admits) return script.admits(place);
				if (names(script.probes, place)) return 'probe';
				return names(script.open, place) ? 'open' : 'closed';
			},
			record: (facts, outcome) => {
				outcomes.push({ endpoint: facts.endpoint, facts, outcome });
			},
			lease: async (place) => {
				leases.push(place);
				return typeof script.lease === 'function' ? script.lease(place) : (script.lease ?? false);
			},
			measures: (place) => {
				const named = namesOf(place).find((name) => script.measures?.[name]);
				return { firstEventMs: null, outputTokensPerSecond: null, ...(named && script.measures?.[named]) };
			},
			calibration: (_endpoint, tokenizer) => script.calibrations?.[tokenizer] ?? null,
			learn: (_facts, sample) => {
				samples.push(sample);
			},
			mayLearn: () => script.mayLearn ?? false,
			standing: (_place, mark) => {
				const standing = script.standings?.[mark];
				return standing ? { ...GOOD, ...standing } : null;
			},
			mayRetry: () => {
				retries += 1;
				return typeof script.mayRetry === 'function' ? script.mayRetry() : (script.mayRetry ?? true);
			},
		},
		affinity: {
			last: (conversation) => last.get(conversation) ?? null,
			remember: (conversation, target) => {
				remembered.push([conversation, target]);
				last.set(conversation, target);
			},
			turn: (list, takes = true) => {
				const turn = turns.get(list) ?? 0;
				if (takes) turns.set(list, turn + 1);
				return turn;
			},
		},
	};
}

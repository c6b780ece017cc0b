/** What a health object knows, as an organization may see it. Pure. */
import type {
	BreakerState,
	Calibration,
	ClassStatus,
	EndpointStatus,
	HealthCheck,
	LastError,
} from '../health/contract';
import { classInKey, WHOLE_ENDPOINT } from '../health/place';
import { type KeyAtEndpoint, type KeyStatus, keyView } from './provider-key-standing';

/** Figures of one model, or of all of an endpoint's. Times are ms since epoch. */
export interface HealthFigures {
	/** `open`: left alone. `half-open`: the next call tries it. `unknown`: its health object did not answer. */
	readonly state: BreakerState | 'unknown';
	/** Share of failures over the last 10 s, 0–1; null: not known. */
	readonly errorRate: number | null;
	/** ms to the first event over the last five minutes; null: no samples. */
	readonly p50FirstEventMs: number | null;
	readonly p95FirstEventMs: number | null;
	/** Moving average; null: no samples. */
	readonly outputTokensPerSecond: number | null;
	readonly lastError: LastError | null;
	/** When an open breaker lets the next call try; null: none is open. */
	readonly nextProbeAt: number | null;
}

export interface ModelStatus extends HealthFigures {
	/** Its dated versions included; `*`: models that no list knows. */
	readonly model: string;
	readonly lastSuccessAt: number | null;
}

/** How token counts of one tokenizer turned out there. */
export interface CalibrationStatus extends Calibration {
	readonly tokenizer: string;
}

/** One endpoint: the worst of its breakers, with the slowest and most failing of what it answers with. */
export interface ProviderStatus extends HealthFigures {
	readonly provider: string;
	/** With its port, where it has one of its own; null: the operator's own set-up. */
	readonly host: string | null;
	/** Of the scheduled check, which asks for a list and costs no tokens; null: none yet. */
	readonly lastCheck: HealthCheck | null;
	readonly models: readonly ModelStatus[];
	readonly keys: readonly KeyStatus[];
	/** By tokenizer; empty: nothing was learned yet. */
	readonly calibrations: readonly CalibrationStatus[];
}

export interface Viewing {
	readonly provider: string;
	readonly host: string | null;
	readonly keys: readonly KeyAtEndpoint[];
	/** Whether a class of models is the caller's to see. */
	readonly shows: (modelClass: string) => boolean;
	/** Figures of the environment's keys are everybody's together: for the operator. */
	readonly all: boolean;
	readonly now: number;
}

const UNKNOWN: HealthFigures = {
	state: 'unknown',
	errorRate: null,
	p50FirstEventMs: null,
	p95FirstEventMs: null,
	outputTokensPerSecond: null,
	lastError: null,
	nextProbeAt: null,
};

/** `status` null: the health object did not answer. */
export function statusView(status: EndpointStatus | null, viewing: Viewing): ProviderStatus {
	const { provider, host } = viewing;
	const keys = viewing.keys.map((key) => keyView(key, status, viewing));
	if (!status) return { provider, host, ...UNKNOWN, lastCheck: null, models: [], keys, calibrations: [] };
	const whole = status.classes[WHOLE_ENDPOINT];
	const classes = Object.entries(status.classes)
		.filter(([name]) => name !== WHOLE_ENDPOINT && viewing.shows(name))
		.sort(([one], [other]) => (one < other ? -1 : 1));
	const models = classes.map(([model, one]) => ({ model, ...figuresOf(one), lastSuccessAt: one.lastSuccessAt }));
	const parts = whole ? [figuresOf(whole), ...models] : models;
	const lastCheck = checkView(status.lastCheck);
	return { provider, host, ...together(parts), lastCheck, models, keys, calibrations: calibrationsOf(status, viewing) };
}

/** An object of an older release knows of none. */
const calibrationsOf = (
	{ tokens = {} }: Partial<Pick<EndpointStatus, 'tokens'>>,
	{ shows }: Viewing,
): readonly CalibrationStatus[] =>
	Object.entries(tokens)
		.filter(([tokenizer]) => {
			const modelClass = classInKey(tokenizer);
			return modelClass === null || shows(modelClass);
		})
		.map(([tokenizer, { factor, spread, samples }]) => ({ tokenizer, factor, spread, samples }))
		.sort((one, other) => (one.tokenizer < other.tokenizer ? -1 : 1));

const figuresOf = (one: ClassStatus): HealthFigures => ({
	state: one.state,
	errorRate: one.errorRate,
	p50FirstEventMs: one.p50FirstEventMs,
	p95FirstEventMs: one.p95FirstEventMs,
	outputTokensPerSecond: one.outputTokensPerSecond,
	lastError: one.lastError && { failure: one.lastError.failure, status: one.lastError.status, at: one.lastError.at },
	nextProbeAt: one.probeAt,
});

const checkView = (check: HealthCheck | null): HealthCheck | null =>
	check && { at: check.at, ok: check.ok, latencyMs: check.latencyMs, failure: check.failure, status: check.status };

const STATES = ['open', 'half-open', 'closed'] as const;

/** Percentiles of several can't be added up: the worst of them stands for all. */
function together(parts: readonly HealthFigures[]): HealthFigures {
	const worst = (
		of: (...values: number[]) => number,
		pick: (figures: HealthFigures) => number | null,
	): number | null => {
		const values = parts.flatMap((figures) => pick(figures) ?? []);
		return values.length === 0 ? null : of(...values);
	};
	const errors = parts.flatMap(({ lastError }) => lastError ?? []);
	return {
		state: STATES.find((state) => parts.some((figures) => figures.state === state)) ?? 'closed',
		errorRate: worst(Math.max, ({ errorRate }) => errorRate) ?? 0,
		p50FirstEventMs: worst(Math.max, ({ p50FirstEventMs }) => p50FirstEventMs),
		p95FirstEventMs: worst(Math.max, ({ p95FirstEventMs }) => p95FirstEventMs),
		outputTokensPerSecond: worst(Math.min, ({ outputTokensPerSecond }) => outputTokensPerSecond),
		lastError: errors.sort((one, other) => other.at - one.at)[0] ?? null,
		nextProbeAt: worst(Math.min, ({ nextProbeAt }) => nextProbeAt),
	};
}

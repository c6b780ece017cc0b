/**
 * How far counts are from the truth, learned from what upstreams report: functions over plain memory that is JSON as
 * it stands, the same for the shared object and each isolate. Ratios are true ÷ estimated; time is an argument (ms
 * since epoch).
 */
import type { Calibration, TokenSample } from '../health/contract';

/** As far as one organization moves it, until `AGREEING` are beyond that on the same side. */
const LEAST_ALONE = 0.8;
const MOST_ALONE = 1.6;
const LEAST = 0.5;
const MOST = 3;
const AGREEING = 3;
/** Organizations remembered; the one heard of longest ago goes. */
const MOST_ORGANIZATIONS = 8;
/** In a shorter prompt (tokens) it is the framing that counts. */
const LEAST_PROMPT = 64;
/** Beyond these a count is of something else than the prompt. */
const LEAST_RATIO = 0.2;
const MOST_RATIO = 5;
/** Weight of a new sample: too low a figure overflows, so what is higher comes faster. */
const WEIGHT_UP = 0.1;
const WEIGHT_DOWN = 0.07;
/** Samples that the tables' own figure stands for at first. */
const PRIOR = 3;
/** What an upstream states weighs as much as so many samples. */
const STATED = 20;
const MOST_COUNTED = 1_000_000_000;
/** After so long without a sample all is forgotten: tokenizers change. */
const FADE_MS = 7 * 86_400_000;

interface Mean {
	/** Ratio; 1 before the first sample. */
	mean: number;
	/** EWMA of the deviation from it. */
	spread: number;
	/** In samples: those taken, and what was stated for many. */
	weight: number;
}

interface OrganizationMean extends Mean {
	readonly organizationId: string;
	sampledAt: number;
}

/** Of one tokenizer at one endpoint; its own mean is of all organizations, each kept within the bounds of one alone. */
export interface CalibrationMemory extends Mean {
	readonly name: string;
	/** For whoever keeps several; see `health/recency.ts`. */
	heardAt: number;
	/** 0: no sample yet. */
	sampledAt: number;
	samples: number;
	organizations: OrganizationMean[];
}

export const newCalibration = (name: string): CalibrationMemory => ({
	name,
	heardAt: 0,
	sampledAt: 0,
	samples: 0,
	mean: 1,
	spread: 0,
	weight: 0,
	organizations: [],
});

/** Does it say anything? One of a short prompt, or with figures that can't be, does not. */
export const isTelling = (sample: TokenSample): boolean => ratioOf(sample) !== null;

/** Takes a sample; one that is not telling changes nothing. */
export function absorbSample(memory: CalibrationMemory, sample: TokenSample, now: number): void {
	const ratio = ratioOf(sample);
	if (ratio === null) return;
	if (isFaded(memory, now)) Object.assign(memory, newCalibration(memory.name));
	memory.heardAt = now;
	memory.sampledAt = now;
	memory.samples = Math.min(MOST_COUNTED, memory.samples + 1);
	take(memory, clamp(ratio, LEAST_ALONE, MOST_ALONE), sample.by);
	const own = organizationIn(memory, sample.organizationId, now);
	own.sampledAt = now;
	take(own, clamp(ratio, LEAST, MOST), sample.by);
}

/** null: nothing was learned, or too long ago. */
export function calibrationOf(memory: CalibrationMemory, now: number): Calibration | null {
	if (memory.samples === 0 || isFaded(memory, now)) return null;
	const { mean, spread } = agreed(memory, now) ?? memory;
	return { factor: Math.min(MOST, roundedUp(mean)), spread: roundedUp(spread), samples: memory.samples };
}

/** Of two that were learned apart: the one that counts more, so that nothing overflows. */
export const higherOf = (one: Calibration, other: Calibration): Calibration =>
	other.factor > one.factor ? other : one;

function ratioOf({ estimated, actual }: TokenSample): number | null {
	if (!Number.isFinite(estimated) || !Number.isFinite(actual) || estimated < LEAST_PROMPT) return null;
	const ratio = actual / estimated;
	return ratio >= LEAST_RATIO && ratio <= MOST_RATIO ? ratio : null;
}

function take(one: Mean, ratio: number, by: TokenSample['by']): void {
	const isHigher = ratio > one.mean;
	if (by === 'stated' && isHigher) {
		one.mean = ratio;
		one.weight = Math.min(MOST_COUNTED, Math.max(one.weight + 1, STATED));
		return;
	}
	const weight = Math.max(isHigher ? WEIGHT_UP : WEIGHT_DOWN, 1 / (one.weight + 1 + PRIOR));
	one.spread += weight * (Math.abs(ratio - one.mean) - one.spread);
	one.mean += weight * (ratio - one.mean);
	one.weight = Math.min(MOST_COUNTED, one.weight + 1);
}

function organizationIn(memory: CalibrationMemory, organizationId: string, now: number): OrganizationMean {
	const known = memory.organizations.find((one) => one.organizationId === organizationId);
	if (known && !isFaded(known, now)) return known;
	const made = { organizationId, sampledAt: now, mean: 1, spread: 0, weight: 0 };
	const others = memory.organizations
		.filter((one) => one !== known && !isFaded(one, now))
		.sort((one, other) => other.sampledAt - one.sampledAt);
	memory.organizations = [...others.slice(0, MOST_ORGANIZATIONS - 1), made];
	return made;
}

/**
 * What several organizations say beyond the bounds of one; null: they don't. Upwards three are enough, and the middle
 * one counts. Downwards none that is known may be left who says otherwise, and the highest counts: what is counted too
 * low overflows.
 */
function agreed({ organizations }: CalibrationMemory, now: number): Mean | null {
	const known = organizations.filter((one) => !isFaded(one, now)).sort((one, other) => one.mean - other.mean);
	const high = known.filter(({ mean }) => mean > MOST_ALONE);
	if (high.length >= AGREEING) return high[high.length >> 1] ?? null;
	const highest = known.at(-1);
	return known.length >= AGREEING && highest && highest.mean < LEAST_ALONE ? highest : null;
}

/** Also where the clock was far ahead when it was sampled. */
const isFaded = ({ sampledAt }: { readonly sampledAt: number }, now: number): boolean =>
	Math.abs(now - sampledAt) > FADE_MS;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** To three decimals. */
const roundedUp = (value: number): number => Math.ceil(value * 1_000) / 1_000;

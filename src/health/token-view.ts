/** What one isolate knows of the tokenizers at an endpoint: its own calls, and the object's word where that is newer. */
import {
	absorbSample,
	type CalibrationMemory,
	calibrationOf,
	higherOf,
	isTelling,
	newCalibration,
} from '../planner/calibration';
import type { Calibration, HealthSnapshot, TokenSample } from './contract';
import { heard, type Recency } from './recency';
import { MOST_TOKENIZERS } from './tokens';

/** Samples waiting to be reported; the oldest goes. */
const MOST_QUEUED = 200;
/** From so many samples on there is little left to learn. */
const ENOUGH_SAMPLES = 50;
/** Texts count so differently that more samples tell more. */
const WIDE_SPREAD = 0.1;
/** ms between two prompts that are counted for what they teach: at first, where counts differ, and else. */
const LEARN_EVERY_MS = 10_000;
const WIDE_EVERY_MS = 60_000;
const SETTLED_EVERY_MS = 600_000;

export interface LocalTokenizer extends CalibrationMemory {
	/** Of the view's samples, the last one of it; 0: none. */
	lastSample: number;
	/** When a prompt was last counted for what it teaches; 0: never. */
	countedAt: number;
}

/** What of an isolate's view its tokenizers depend on. */
export interface TokensView {
	readonly snapshot: HealthSnapshot | null;
	readonly tokens: Recency<LocalTokenizer>;
	samples: TokenSample[];
	/** Samples taken, and how many of them were when the last report that reached the object was made. */
	sampled: number;
	readonly sampledTold: number;
}

const newLocal = (name: string): LocalTokenizer => Object.assign(newCalibration(name), { lastSample: 0, countedAt: 0 });

/** Counts a sample at once. False: it says nothing, and is not to be reported. */
export function learnIn(view: TokensView, sample: TokenSample, now: number): boolean {
	if (!isTelling(sample)) return false;
	const one = heard(view.tokens, sample.tokenizer, MOST_TOKENIZERS, now, newLocal);
	absorbSample(one, sample, now);
	view.sampled += 1;
	one.lastSample = view.sampled;
	if (view.samples.length >= MOST_QUEUED) view.samples.shift();
	view.samples.push(sample);
	return true;
}

/** The object's word; while it has not heard all that was learned here, the higher of the two. */
export function calibrationIn(view: TokensView, tokenizer: string, now: number): Calibration | null {
	const own = view.tokens.get(tokenizer);
	const told = toldOf(view, tokenizer);
	if (own === undefined || (told !== undefined && own.lastSample <= view.sampledTold)) return told ?? null;
	const here = calibrationOf(own, now);
	return told && here ? higherOf(told, here) : (told ?? here);
}

/** See `HealthPort.mayLearn`. */
export function mayLearnIn(view: TokensView, tokenizer: string, now: number): boolean {
	const one = heard(view.tokens, tokenizer, MOST_TOKENIZERS, now, newLocal);
	const since = now - one.countedAt;
	if (since < LEARN_EVERY_MS || since < waitAfter(calibrationIn(view, tokenizer, now))) return false;
	one.countedAt = now;
	return true;
}

function waitAfter(known: Calibration | null): number {
	if (known === null || known.samples < ENOUGH_SAMPLES) return LEARN_EVERY_MS;
	return known.spread > WIDE_SPREAD ? WIDE_EVERY_MS : SETTLED_EVERY_MS;
}

/** Its names are others' words. */
const toldOf = ({ snapshot }: TokensView, tokenizer: string): Calibration | undefined =>
	snapshot !== null && Object.hasOwn(snapshot.tokens, tokenizer) ? snapshot.tokens[tokenizer] : undefined;

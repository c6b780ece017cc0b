/** What is remembered of the tokenizers at an endpoint, by `TokenSample.tokenizer`. Pure. */
import { absorbSample, type CalibrationMemory, calibrationOf, isTelling, newCalibration } from '../planner/calibration';
import type { Calibration, TokenSample } from './contract';
import { heard, type Recency } from './recency';

/** Tokenizers remembered per endpoint; the one heard of longest ago goes. */
export const MOST_TOKENIZERS = 64;

/** Takes what isolates report. */
export function absorbSamples(tokens: Recency<CalibrationMemory>, samples: readonly TokenSample[], now: number): void {
	for (const sample of samples)
		if (isTelling(sample))
			absorbSample(heard(tokens, sample.tokenizer, MOST_TOKENIZERS, now, newCalibration), sample, now);
}

/** Those of which something was learned. */
export function calibrationsOf(tokens: Recency<CalibrationMemory>, now: number): Record<string, Calibration> {
	const told: [string, Calibration][] = [];
	for (const one of tokens.values()) {
		const calibration = calibrationOf(one, now);
		if (calibration !== null) told.push([one.name, calibration]);
	}
	// Names are others' words: set by definition, so that none of them is taken for the prototype.
	return Object.fromEntries(told);
}

/**
 * Fallback chains (`FALLBACK_CONFIG`, `fallback_config:`): one list for everything, a list for each model, or named
 * steps (`primary`, `secondary`, `tertiary`, …, `baseline`), which are a list with names.
 */
import * as z from 'zod';
import type { Draft } from './draft';
import { faultAt, type ParsedFile, type Path } from './parse';
import { modelNamed } from './provider-names';
import { readShape } from './read-shape';

const text = z.string().min(1);
const chain = z.array(text).min(1);
const schema = z.union([chain, z.record(z.string(), z.union([text, chain]))], {
	error: 'expected a list of models, or models with their lists.',
});

const STEPS = ['primary', 'secondary', 'tertiary', 'quaternary', 'baseline'];

function stepsOf(value: Readonly<Record<string, string | readonly string[]>>): readonly string[] | null {
	const names = Object.keys(value);
	if (names.length === 0 || !names.every((name) => STEPS.includes(name))) return null;
	return STEPS.flatMap((step) => (Object.hasOwn(value, step) ? (value[step] ?? []) : []));
}

/** Throws `invalid_request` naming the line. */
export function fromFallbackConfig(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const read = readShape(file, path, schema, value);
	if (Array.isArray(read)) {
		draft.fallbackChain(read.map(modelNamed), path);
		return;
	}
	const steps = stepsOf(read);
	if (steps) {
		draft.fallbackChain(steps.map(modelNamed), path);
		return;
	}
	for (const [name, models] of Object.entries(read)) {
		const from = [...path, name];
		if (typeof models === 'string') throw faultAt(file, from, 'expected a list of models.');
		if (name === 'default' || name === '*') draft.fallbackChain(models.map(modelNamed), from);
		else draft.fallbacks(modelNamed(name), models.map(modelNamed), from);
	}
}

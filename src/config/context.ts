/** Context policies of several layers as one, each field with the layer that set it. Pure. */
import type { Origin, SourcedContext } from '../gateway/ports';
import { CONTEXT_FIELDS, type ContextField } from '../language/context';
import type { StoredContext } from './stored-context';

export interface ContextStatement {
	readonly origin: Origin;
	readonly context?: StoredContext | undefined;
}

type MutableContext = { -readonly [K in ContextField]?: SourcedContext[K] };

function set<K extends ContextField>(into: MutableContext, field: K, value: MutableContext[K]): void {
	into[field] = value;
}

export type Maximum = 'maxInputTokens' | 'maxOutputTokens';

export const isMaximum = (field: ContextField): field is Maximum =>
	field === 'maxInputTokens' || field === 'maxOutputTokens';

/** Of mode and summarizer the last word in `path` counts, of each maximum the lowest; undefined: nobody says anything. */
export function contextOf(path: readonly ContextStatement[]): SourcedContext | undefined {
	let context: MutableContext | undefined;
	for (const { origin, context: said } of path) {
		if (said === undefined) continue;
		for (const field of CONTEXT_FIELDS) {
			const value = said[field];
			if (value === undefined) continue;
			context ??= {};
			const standing = isMaximum(field) ? context[field] : undefined;
			if (standing && standing.value <= Number(value)) continue;
			set(context, field, { value, origin } as MutableContext[typeof field]);
		}
	}
	return context;
}

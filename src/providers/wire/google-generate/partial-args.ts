/** Arguments that come value by value (`partialArgs`, Vertex' `streamFunctionCallArguments`). */
import { exactText } from '../../../language/exact-json';
import { arrayOf, isObject, type Json, textOf } from '../json';

type Container = Record<string, unknown> | unknown[];

/** `.name`, `[0]`, `['na.me']` or `["na.me"]`. */
const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\[(?:'([^']*)'|"([^"]*)")\]/gy;

export class PartialArgs {
	readonly #root: Container = Object.create(null);
	/** The path whose text goes on with the next fragment. */
	#open: string | null = null;

	/** Each `{jsonPath, stringValue | numberValue | boolValue | nullValue, willContinue}`; what can't be read is passed over. */
	push(fragments: unknown): void {
		for (const fragment of arrayOf(fragments)) if (isObject(fragment)) this.#fragment(fragment);
	}

	/** The arguments as JSON text. */
	get text(): string {
		return exactText(this.#root);
	}

	#fragment(fragment: Json): void {
		const path = textOf(fragment.jsonPath) ?? '';
		const value = scalarOf(fragment);
		const steps = stepsOf(path);
		if (steps && value !== undefined) this.#set(steps, value, this.#open === path);
		this.#open = fragment.willContinue === true ? path : null;
	}

	#set(steps: readonly (string | number)[], value: unknown, append: boolean): void {
		let at = this.#root;
		for (const [depth, step] of steps.entries()) {
			if (!fits(at, step)) return;
			const holder = at as Record<string | number, unknown>;
			const next = steps[depth + 1];
			if (next === undefined) {
				const before = append ? textOf(holder[step]) : undefined;
				holder[step] = before !== undefined && typeof value === 'string' ? before + value : value;
				return;
			}
			holder[step] ??= typeof next === 'number' ? [] : Object.create(null);
			const inner = holder[step];
			if (typeof inner !== 'object' || inner === null) return;
			at = inner as Container;
		}
	}
}

/** Elements come in order; one far off would make an array of nothing but holes. */
const fits = (container: Container, step: string | number): boolean =>
	Array.isArray(container) ? typeof step === 'number' && step <= container.length : typeof step === 'string';

function scalarOf({ stringValue, numberValue, boolValue, nullValue }: Json): unknown {
	if (typeof stringValue === 'string') return stringValue;
	// A wide one is a marked text: see `exactJson`.
	if (typeof numberValue === 'number' || typeof numberValue === 'string') return numberValue;
	if (typeof boolValue === 'boolean') return boolValue;
	return nullValue === undefined ? undefined : null;
}

/** Null: no path into an object. */
function stepsOf(path: string): (string | number)[] | null {
	if (!path.startsWith('$')) return null;
	const steps: (string | number)[] = [];
	let end = 1;
	STEP.lastIndex = end;
	for (let match = STEP.exec(path); match; match = STEP.exec(path)) {
		const [whole, name, index, single, double] = match;
		steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
		end += whole.length;
	}
	return steps.length > 0 && end === path.length ? steps : null;
}

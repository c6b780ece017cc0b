/** Where in a form the gateway's validation error belongs. */
import { type RefObject, useEffect } from 'react';
import { explain } from './explain';

export interface FieldErrors {
	/** Message at this field (or within it, as `allowedModels[1]` is within `allowedModels`). */
	readonly at: (field: string) => string | undefined;
	/** The failure, where no field of the form shows it. */
	readonly rest: unknown;
}

const within = (field: string, param: string): boolean =>
	param === field || param.startsWith(`${field}[`) || param.startsWith(`${field}.`);

/** `fields`: those of the form. */
export function fieldErrors(failure: unknown, fields: readonly string[]): FieldErrors {
	if (!failure) return { at: () => undefined, rest: null };
	const { param, message, code } = explain(failure);
	// A slug that is taken is the one conflict a form can have; the database does not name the field.
	const field = param ?? (code === 'conflict' && fields.includes('slug') ? 'slug' : '');
	return {
		at: (name) => (within(name, field) ? message : undefined),
		rest: fields.some((name) => within(name, field)) ? null : failure,
	};
}

/** Brings the first field at fault into focus when a failure arrives. */
export function useFocusAtFault(form: RefObject<HTMLElement | null>, failure: unknown): void {
	useEffect(() => {
		if (failure) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
	}, [form, failure]);
}

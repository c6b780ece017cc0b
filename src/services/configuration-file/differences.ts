/** What an import changes, in words that hold no secret: the audit's own entries, field by field. */
import type { Step } from '../change';
import { isSameContent } from '../content';
import { type Fields, isFields } from './parse';

export interface FieldChange {
	readonly field: string;
	/** undefined is written as null. */
	readonly before: unknown;
	readonly after: unknown;
}

export interface Difference {
	readonly action: string;
	/** `provider`, `agent`, `custom-model`, `organization` */
	readonly entity: string;
	/** As people know it: slug, name, `provider/model`. */
	readonly name: string;
	readonly fields: readonly FieldChange[];
}

/** They move with every write and say nothing. */
const SILENT = new Set(['id', 'version', 'createdAt', 'updatedAt', 'promptHash', 'promptVersion', 'configVersion']);

/** Objects are compared name by name, so that one alias of two hundred is one line. */
function changesBetween(before: Fields, after: Fields, within: string): readonly FieldChange[] {
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return names.flatMap((name) => {
		if (within === '' && SILENT.has(name)) return [];
		const field = within === '' ? name : `${within}.${name}`;
		const [old, now] = [before[name], after[name]];
		if (isSameContent(old, now)) return [];
		if (isFields(old) && isFields(now)) return changesBetween(old, now, field);
		return [{ field, before: old ?? null, after: now ?? null }];
	});
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function nameOf({ entry }: Step, organization: string): string {
	if (entry.entity === 'organization') return organization;
	const fields: Fields = { ...entry.before, ...entry.after };
	const provider = text(fields.provider);
	const own = text(fields.slug) ?? text(fields.model) ?? text(fields.name);
	if (entry.entity === 'agent') return text(fields.slug) ?? entry.entityId;
	return provider && own ? `${provider}/${own}` : (own ?? entry.entityId);
}

/** `rotated`: ids of rows whose key is replaced, which no field of them shows. `organization`: its slug. */
export function differencesOf(
	steps: readonly Step[],
	rotated: ReadonlySet<string>,
	organization: string,
): readonly Difference[] {
	return steps.map((step) => {
		const { action, entity, entityId, before, after } = step.entry;
		const fields = changesBetween(before ?? {}, after ?? {}, '');
		const key = rotated.has(entityId) ? [{ field: 'apiKey', before: 'as it was', after: 'another one' }] : [];
		return { action, entity, name: nameOf(step, organization), fields: [...fields, ...key] };
	});
}

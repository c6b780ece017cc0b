/** What two states of one thing differ in, field by field, as people read it. */

export interface FieldChange {
	/** `settings.temperature` */
	readonly field: string;
	readonly before?: unknown;
	readonly after?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Objects are compared name by name. */
export function fieldChanges(before: object, after: object, within = ''): readonly FieldChange[] {
	const [old, now]: readonly Fields[] = [{ ...before }, { ...after }];
	const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])];
	return names.flatMap((name): readonly FieldChange[] => {
		const [left, right] = [old?.[name], now?.[name]];
		const field = within === '' ? name : `${within}.${name}`;
		if (same(left, right)) return [];
		return isFields(left) && isFields(right)
			? fieldChanges(left, right, field)
			: [{ field, before: left, after: right }];
	});
}

/** A value of the API in words: lists by comma, nothing as a dash. */
export function valueText(value: unknown): string {
	if (value === null || value === undefined || value === '') return '–';
	if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(valueText).join(', ');
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (isFields(value))
		return Object.entries(value)
			.map(([name, inner]) => `${name}: ${valueText(inner)}`)
			.join(', ');
	return String(value);
}

/** The fields of `after` that differ from `before`: a change says nothing of what it leaves alone. */
export function changedFields<Fields extends object>(before: Fields, after: Fields): Partial<Fields> {
	const changed: Partial<Fields> = {};
	for (const field in after)
		if (JSON.stringify(before[field]) !== JSON.stringify(after[field])) changed[field] = after[field];
	return changed;
}

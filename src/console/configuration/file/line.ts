/** `line 7: profiles.fast: …` → 7; null: the failure has no line. */
export function lineOf(message: string): number | null {
	const [, digits] = /^line (\d+): /.exec(message) ?? [];
	return digits === undefined ? null : Number(digits);
}

/** `line` from 1. Selected, so that it is seen and can be overwritten at once. */
export function selectLine(field: HTMLTextAreaElement | null, line: number): void {
	if (!field) return;
	const lines = field.value.split('\n');
	const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
	field.focus();
	field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}

/** Two texts line by line: what stayed, what went, what came. */

interface Line {
	readonly kind: 'same' | 'gone' | 'new';
	readonly text: string;
}

export interface DiffLine extends Line {
	/** Its place in the difference. */
	readonly at: number;
}

/** Above it all lines in between count as replaced: a table of them would be too large. */
const MOST_CELLS = 4_000_000;

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

const replaced = (before: readonly string[], after: readonly string[]): readonly Line[] => [
	...before.map((text): Line => ({ kind: 'gone', text })),
	...after.map((text): Line => ({ kind: 'new', text })),
];

/** Length of the longest common subsequence of what begins at each pair of lines. */
function lengths(before: readonly string[], after: readonly string[]): readonly Uint32Array[] {
	const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
	for (let old = before.length - 1; old >= 0; old--)
		for (let now = after.length - 1; now >= 0; now--) {
			const row = table[old];
			const below = table[old + 1];
			if (!row || !below) continue;
			row[now] = before[old] === after[now] ? (below[now + 1] ?? 0) + 1 : Math.max(below[now] ?? 0, row[now + 1] ?? 0);
		}
	return table;
}

function between(before: readonly string[], after: readonly string[]): readonly Line[] {
	if (before.length * after.length > MOST_CELLS) return replaced(before, after);
	const table = lengths(before, after);
	const lines: Line[] = [];
	let old = 0;
	let now = 0;
	while (old < before.length && now < after.length) {
		const text = before[old] ?? '';
		if (text === after[now]) {
			lines.push({ kind: 'same', text });
			old += 1;
			now += 1;
		} else if ((table[old + 1]?.[now] ?? 0) >= (table[old]?.[now + 1] ?? 0)) {
			lines.push({ kind: 'gone', text });
			old += 1;
		} else {
			lines.push({ kind: 'new', text: after[now] ?? '' });
			now += 1;
		}
	}
	return [...lines, ...replaced(before.slice(old), after.slice(now))];
}

export function lineDiff(before: string, after: string): readonly DiffLine[] {
	const [left, right] = [linesOf(before), linesOf(after)];
	const most = Math.min(left.length, right.length);
	let head = 0;
	while (head < most && left[head] === right[head]) head += 1;
	let tail = 0;
	while (tail < most - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
	const same = (text: string): Line => ({ kind: 'same', text });
	const lines = [
		...left.slice(0, head).map(same),
		...between(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
		...left.slice(left.length - tail).map(same),
	];
	return lines.map((line, at) => ({ ...line, at }));
}

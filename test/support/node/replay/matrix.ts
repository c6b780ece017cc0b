/** The cells of the matrix as a page. Throws where one is empty. */
import { ROWS } from './rows';
import { FAILURES, SCENARIOS } from './said';

export interface Cell {
	/** Label of the row. */
	readonly row: string;
	readonly column: string;
	readonly door: string;
	/** `works`, or what came instead. */
	readonly outcome: string;
}

const INTRODUCTION = `# Every provider, in every discipline

Made by \`test/e2e/matrix.test.ts\`: the built Worker, the official OpenAI and Anthropic clients in front of it, and behind it every provider replayed in its own protocol, which checks what reaches it. The same holds through both doors unless a cell says otherwise. A refusal comes before any call and names the field; [providers.md](providers.md) says what each provider does with each setting.
`;

function outcomeOf(cells: readonly Cell[], row: string, column: string): string {
	const found = cells.filter((cell) => cell.row === row && cell.column === column);
	if (found.length === 0) throw new Error(`no outcome of ${row} in ${column}`);
	const outcomes = new Set(found.map(({ outcome }) => outcome));
	if (outcomes.size === 1) return found[0]?.outcome ?? '';
	return found.map(({ door, outcome }) => `${door}: ${outcome}`).join('; ');
}

function table(cells: readonly Cell[], columns: readonly string[]): string {
	const lines = ROWS.map(({ label, model }) => [
		`${label}<br>\`${model}\``,
		...columns.map((column) => outcomeOf(cells, label, column)),
	]);
	const head = ['provider', ...columns];
	return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

export function matrixDocument(cells: readonly Cell[]): string {
	const errors = FAILURES.map((failure) => `error: ${failure}`);
	return `${INTRODUCTION}\n${table(cells, [...SCENARIOS, 'embeddings'])}\n\n## Errors\n\nThe Anthropic door keeps an upstream's 529 as \`overloaded_error\`.\n\n${table(cells, errors)}\n`;
}

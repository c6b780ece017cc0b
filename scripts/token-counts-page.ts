/** The text of `docs/token-counts.md`: how each family is counted, and how far that was from what providers reported. */
import type { TokenizerFamily } from '../src/catalog/facts';
import { FAMILIES } from '../src/planner/families';
import { mostImageTokens } from '../src/planner/image';

/** Of models that are counted alike; errors as shares of the truth. */
export interface AccuracyRow {
	readonly family: TokenizerFamily;
	readonly plain: Errors;
	readonly tools: Errors;
}

export interface Errors {
	/** Those that were recorded. */
	readonly models: readonly string[];
	readonly recordings: number;
	/** By the tables alone. */
	readonly median: number;
	readonly least: number;
	readonly most: number;
	/** With margin: the furthest under, or the least over. */
	readonly leastPlanned: number;
}

export interface Accuracy {
	readonly rows: readonly AccuracyRow[];
	readonly recordings: number;
	/** Reason → recordings. */
	readonly skipped: ReadonlyMap<string, number>;
}

/** What follows is of recordings that are not in this repository. */
export const RECORDED = '## Against recorded usage';

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]): string =>
	[row(head), row(head.map(() => '---')), ...rows].join('\n');

const percent = (share: number): string => `${share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)} %`;

const FAMILY_HEAD = [
	'family',
	'factor',
	'margin',
	'and once',
	'once',
	'a message',
	'a tool call and its result',
	'tools once',
	'a tool',
	'largest image',
];

const familyRow = (name: string, family: (typeof FAMILIES)[TokenizerFamily]): string =>
	row([
		name,
		family.factor,
		percent(family.margin),
		family.slack,
		family.base,
		family.perMessage,
		family.perCall + family.perResult,
		family.toolPreamble + family.toolsAlone,
		family.perTool,
		mostImageTokens(family.image, 'auto'),
	]);

export const familiesPart = (): string =>
	`${[
		'# Token counts',
		'',
		"How long a prompt is, in each family's tokens. OpenAI's models are counted by their own encoding, `o200k_base` or `cl100k_base`, which is exact. Nobody else publishes theirs: their text is counted in `o200k_base` and multiplied by a factor, then a margin is added, since one factor stands for all languages and for code. What providers report corrects the factor while it runs, and makes the margin smaller. Beside the text stand the figures of this table, in tokens: `src/planner/families.ts`; single models differ in `src/planner/overhead.ts`.",
		'',
		table(
			FAMILY_HEAD,
			Object.entries(FAMILIES).map(([name, family]) => familyRow(name, family)),
		),
		'',
		'Images are counted by their width and height, which stand in the first bytes of PNG, JPEG, WebP and GIF, and by the rules of each provider; one that is elsewhere counts as the largest there is, or at a flat figure where that would be out of all proportion. A document counts by its pages as far as it tells them, else by its length, and as 20,000 tokens where it is elsewhere. Audio counts by the length that a WAV file tells, else by its bytes.',
	].join('\n')}\n`;

const ACCURACY_HEAD = ['family', 'models', 'tools', 'recordings', 'median', 'lowest', 'highest', 'lowest with margin'];

const accuracyRows = ({ family, plain, tools }: AccuracyRow): string[] =>
	[
		{ ...plain, tools: 'no' },
		{ ...tools, tools: 'yes' },
	]
		.filter(({ recordings }) => recordings > 0)
		.map((errors) =>
			row([
				family,
				errors.models.join(', '),
				errors.tools,
				errors.recordings,
				percent(errors.median),
				percent(errors.least),
				percent(errors.most),
				percent(errors.leastPlanned),
			]),
		);

export const recordedPart = ({ rows, recordings, skipped }: Accuracy): string =>
	`${[
		RECORDED,
		'',
		`${recordings} recorded conversations, each with what its provider said that it counted. Printed by \`UPDATE_DOCS=1 npx vitest run --project node test/planner/accuracy.node.test.ts\` where the recordings are. Differences of our count from the true one, by the tables alone but for the last column; "tools": tools or an answer schema. The recordings are short, so that a token more or less is some percent.`,
		'',
		table(ACCURACY_HEAD, rows.flatMap(accuracyRows)),
		'',
		`Left out: ${[...skipped].map(([reason, count]) => `${reason} (${count})`).join(', ')}.`,
	].join('\n')}\n`;

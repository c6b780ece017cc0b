import { Text } from '@mantine/core';
import type { PromptSource } from '../../data/types';
import { type DiffLine, lineDiff } from '../../ui/line-diff';
import './prompt.css';

/** The whole of a prompt as one text, sections by their names. */
function textOf(source: PromptSource | null): string {
	if (source === null) return '';
	const { identity, system, instructions = [], format, variables = {}, cache } = source;
	const section = (title: string, text: string | undefined): string[] => (text ? [`# ${title}`, text] : []);
	const declared = Object.entries(variables).map(([name, { type, default: value, description }]) =>
		[`${name}: ${type}`, value === undefined ? 'required' : `default ${JSON.stringify(value)}`, description]
			.filter(Boolean)
			.join(', '),
	);
	return [
		...section('Identity', identity),
		...section('System prompt', system),
		...section('Instructions', instructions.map((text, at) => `${at + 1}. ${text}`).join('\n')),
		...section('Output format', format),
		...section('Variables', declared.join('\n')),
		...(cache ? ['# Marked for the prompt cache'] : []),
	].join('\n');
}

interface PromptDifferenceProps {
	/** null: none. */
	readonly before: PromptSource | null;
	readonly after: PromptSource | null;
}

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = { same: ' ', gone: '−', new: '+' };
const TAGS = { same: 'span', gone: 'del', new: 'ins' } as const;

export function PromptDifference({ before, after }: PromptDifferenceProps) {
	const lines = lineDiff(textOf(before), textOf(after));
	if (lines.every(({ kind }) => kind === 'same'))
		return (
			<Text size="sm" c="dimmed">
				{lines.length === 0 ? 'No prompt in either.' : 'They say the same.'}
			</Text>
		);
	return (
		<section className="difference" aria-label="Difference">
			{lines.map(({ at, kind, text }) => {
				const Tag = TAGS[kind];
				return (
					<Tag key={at} className="line" data-kind={kind}>
						<span aria-hidden="true">{SIGNS[kind]} </span>
						{text}
					</Tag>
				);
			})}
		</section>
	);
}

import { Badge, Stack, Table, Text } from '@mantine/core';
import type { Explanation } from '../../data/types';
import { perMillion, shortCount } from '../../ui/format';
import { TargetKeys } from './target-keys';

export type Target = Explanation['chain'][number];
type Answers = NonNullable<Target['answers']>;

function priceText({ price }: Answers): string {
	if (!price) return 'unknown';
	return `${perMillion(price.inputUsdPerMillion)} / ${perMillion(price.outputUsdPerMillion)}`;
}

interface TargetRowProps {
	readonly target: Target;
	/** As people count. */
	readonly place: number;
	/** The request is refused for it. */
	readonly refused: boolean;
}

/** One name: who answers by it, or why nobody does. */
export function TargetRow({ target, place, refused }: TargetRowProps) {
	const { name, usable, reason, answers } = target;
	return (
		<Table.Tr>
			<Table.Td>{place}</Table.Td>
			<Table.Th scope="row">
				<Text size="sm" ff="monospace" fw={500} style={{ overflowWrap: 'anywhere' }}>
					{answers?.model ?? name}
				</Text>
				{answers && answers.model !== name && (
					<Text size="xs" c="dimmed" fw={400}>
						named as {name}
					</Text>
				)}
				{answers && answers.upstreamModel !== answers.model.slice(answers.model.indexOf('/') + 1) && (
					<Text size="xs" c="dimmed" fw={400}>
						sent as {answers.upstreamModel}
					</Text>
				)}
			</Table.Th>
			<Table.Td>
				<Badge variant="light" tt="none" color={usable ? 'teal' : 'red'}>
					{usable ? 'usable' : refused ? 'refused' : 'skipped'}
				</Badge>
				{reason !== null && <Text size="sm">{reason}</Text>}
				{answers?.warnings.map(({ field, message }) => (
					<Text size="sm" key={`${field} ${message}`}>
						<b>{field}</b>: {message}
					</Text>
				))}
			</Table.Td>
			<Table.Td>
				<TargetKeys target={target} />
			</Table.Td>
			<Table.Td>
				{answers && (
					<Stack gap={0}>
						<Text size="sm">{priceText(answers)}</Text>
						{answers.price && (
							<Text size="xs" c="dimmed">
								{answers.price.origin === 'catalog' ? 'catalog' : `set by: ${answers.price.origin}`}
							</Text>
						)}
					</Stack>
				)}
			</Table.Td>
			<Table.Td>
				{answers && (
					<Text size="sm">
						{shortCount(answers.contextWindow)} / {answers.maxOutput === null ? '–' : shortCount(answers.maxOutput)}
						{!answers.known && ' (guessed)'}
					</Text>
				)}
			</Table.Td>
		</Table.Tr>
	);
}

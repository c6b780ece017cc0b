import { Badge, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { Explanation } from '../../data/types';
import { perMillion, shortCount } from '../../ui/format';

type Target = Explanation['chain'][number];
type Answers = NonNullable<Target['answers']>;

const KEYS: Readonly<Record<Answers['key']['source'], string>> = {
	organization: 'organization',
	environment: 'environment',
	none: 'none needed',
};

function priceText({ price }: Answers): string {
	if (!price) return 'unknown';
	return `${perMillion(price.inputUsdPerMillion)} / ${perMillion(price.outputUsdPerMillion)}`;
}

/** Who answers, and who would after that. */
export function Chain({ chain }: { readonly chain: readonly Target[] }) {
	return (
		<section aria-label="Chain">
			<Title order={2} size="h4" mb="xs">
				Who is asked, in order
			</Title>
			{chain.length === 0 ? (
				<Text c="dimmed">It is not clear what is asked for, so nobody is.</Text>
			) : (
				<Paper withBorder>
					<Table.ScrollContainer minWidth={640} type="native">
						<Table aria-label="Chain" verticalSpacing="xs" horizontalSpacing="md">
							<Table.Thead>
								<Table.Tr>
									{['', 'Target', 'State', 'Key', 'USD per 1M tokens, in / out', 'Context / output'].map((column) => (
										<Table.Th key={column}>{column}</Table.Th>
									))}
								</Table.Tr>
							</Table.Thead>
							<Table.Tbody>
								{chain.map((target, at) => (
									<TargetRow key={`${target.name} ${target.reason}`} target={target} at={at} />
								))}
							</Table.Tbody>
						</Table>
					</Table.ScrollContainer>
				</Paper>
			)}
		</section>
	);
}

function TargetRow({ target, at }: { readonly target: Target; readonly at: number }) {
	const { name, usable, reason, answers } = target;
	return (
		<Table.Tr>
			<Table.Td>{at + 1}</Table.Td>
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
					{usable ? 'usable' : at === 0 ? 'refused' : 'skipped'}
				</Badge>
				{reason !== null && <Text size="sm">{reason}</Text>}
				{answers?.warnings.map(({ field, message }) => (
					<Text size="sm" key={`${field} ${message}`}>
						<b>{field}</b>: {message}
					</Text>
				))}
			</Table.Td>
			<Table.Td>{answers && <KeyText answers={answers} />}</Table.Td>
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

function KeyText({ answers }: { readonly answers: Answers }) {
	const { source, name, last4 } = answers.key;
	return (
		<Group gap={6}>
			<Text size="sm">{name ?? KEYS[source]}</Text>
			{last4 !== null && last4 !== '' && (
				<Text size="xs" c="dimmed" ff="monospace">
					…{last4}
				</Text>
			)}
			{name !== null && (
				<Text size="xs" c="dimmed">
					{KEYS[source]}
				</Text>
			)}
		</Group>
	);
}

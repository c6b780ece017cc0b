/** Why this one answered: every candidate in the order in which it was considered, and what became of it. */
import { Badge, Code, Table, Text } from '@mantine/core';
import type { RoutingDecision } from '../data/types';
import { failureText } from '../failure/upstream-failures';
import { STRATEGIES, scoreText } from '../routing/strategies';

type Step = RoutingDecision['steps'][number];

const COLORS: Readonly<Record<Step['outcome'], string>> = {
	answered: 'teal',
	failed: 'red',
	skipped: 'gray',
	unused: 'gray',
};

function reasonText({ outcome, reason }: Step): string {
	if (outcome === 'unused') return reason ?? 'not needed';
	if (reason === null) return '';
	return outcome === 'failed' ? failureText(reason) : reason;
}

export function AnswerRouting({ routing }: { readonly routing: RoutingDecision }) {
	const { strategy, sticky, steps } = routing;
	const scored = steps.some(({ score }) => score !== null);
	return (
		<div>
			<Text size="xs" c="dimmed" mb={4}>
				Strategy: {STRATEGIES[strategy].label.toLowerCase()}.
				{sticky && ' The conversation stayed where its prompt is cached.'}
			</Text>
			<Table.ScrollContainer minWidth={scored ? 640 : 540} type="native">
				<Table aria-label="Routing" verticalSpacing={4} horizontalSpacing="xs" fz="xs">
					<Table.Thead>
						<Table.Tr>
							<Table.Th>#</Table.Th>
							<Table.Th>Candidate</Table.Th>
							<Table.Th>Key</Table.Th>
							<Table.Th>Outcome</Table.Th>
							<Table.Th ta="right">Attempts</Table.Th>
							{scored && <Table.Th ta="right">Score</Table.Th>}
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>
						{steps.map((step, at) => (
							<StepRow
								key={`${step.provider}/${step.model} ${step.key} ${step.outcome} ${step.reason}`}
								step={step}
								at={at}
								score={scored ? (scoreText(strategy, step.score) ?? '–') : null}
							/>
						))}
					</Table.Tbody>
				</Table>
			</Table.ScrollContainer>
		</div>
	);
}

interface StepRowProps {
	readonly step: Step;
	readonly at: number;
	/** null: there is no such column. */
	readonly score: string | null;
}

function StepRow({ step, at, score }: StepRowProps) {
	const { provider, model, key, outcome, attempts } = step;
	return (
		<Table.Tr>
			<Table.Td>{at + 1}</Table.Td>
			<Table.Th scope="row" fw={400}>
				<Code className="wrap">
					{provider}/{model}
				</Code>
			</Table.Th>
			<Table.Td>{key ?? '–'}</Table.Td>
			<Table.Td>
				<Badge size="sm" variant="light" tt="none" color={COLORS[outcome]}>
					{outcome}
				</Badge>{' '}
				{reasonText(step)}
			</Table.Td>
			<Table.Td ta="right">{attempts}</Table.Td>
			{score !== null && <Table.Td ta="right">{score}</Table.Td>}
		</Table.Tr>
	);
}

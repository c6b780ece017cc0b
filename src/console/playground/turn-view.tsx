import { Badge, Button, Group, Loader, Paper, Text } from '@mantine/core';
import { memo } from 'react';
import { FailureAlert } from '../failure/failure-alert';
import { AnswerDetails } from './answer-details';
import { AnswerFigures } from './answer-figures';
import { AnswerPartView } from './answer-parts';
import type { Answer, Turn } from './turn';

interface TurnViewProps {
	readonly turn: Turn;
	/** Asks again for this answer; only on the last one. */
	readonly retry: (() => void) | null;
}

const FINISHES: Readonly<Record<string, string>> = {
	length: 'ended at the maximum of output tokens',
	'content-filter': 'ended by the content filter',
	other: 'ended for a reason of its own',
};

function AnswerView({ answer, retry }: { readonly answer: Answer; readonly retry: (() => void) | null }) {
	const { parts, status, meta, failure, result } = answer;
	const ending = result && FINISHES[result.finish.kind];
	return (
		<Paper withBorder p="md" data-testid="answer" data-status={status}>
			{parts.map((part) => (
				<AnswerPartView key={part.index} part={part} />
			))}
			{status === 'streaming' && <Loader type="dots" size="sm" aria-label="Answering" />}
			<FailureAlert
				failure={failure}
				title={parts.length > 0 ? 'The answer was cut short' : `No answer from ${answer.model}`}
				{...(retry && { retry })}
			/>
			<Group justify="space-between" mt="sm" gap="xs">
				<AnswerFigures answer={answer} />
				<Group gap="xs">
					{status === 'stopped' && (
						<Badge variant="default" tt="none">
							stopped
						</Badge>
					)}
					{ending && (
						<Badge variant="default" tt="none">
							{ending}
						</Badge>
					)}
					{retry && status !== 'streaming' && !failure && (
						<Button variant="subtle" size="compact-xs" onClick={retry}>
							Ask again
						</Button>
					)}
				</Group>
			</Group>
			{meta && status !== 'streaming' && (
				<details>
					<Text component="summary" size="xs" c="dimmed" mt={6} style={{ cursor: 'pointer' }}>
						Receipt
						{meta.warnings.length > 0 && ` · ${meta.warnings.length} warning${meta.warnings.length > 1 ? 's' : ''}`}
					</Text>
					<AnswerDetails meta={meta} />
				</details>
			)}
		</Paper>
	);
}

export const TurnView = memo(function TurnView({ turn, retry }: TurnViewProps) {
	if (turn.role === 'assistant') return <AnswerView answer={turn} retry={retry} />;
	return (
		<Paper p="md" className="said" ml={{ base: 0, sm: 'xl' }}>
			<Text size="xs" c="dimmed" mb={4}>
				{turn.role === 'user' ? 'You' : `Result of ${turn.name}`}
			</Text>
			<div className="prose">{turn.text}</div>
		</Paper>
	);
});

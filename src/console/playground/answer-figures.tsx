import { Group, Text, Tooltip } from '@mantine/core';
import { useModels } from '../data/queries';
import { count, duration, usd } from '../ui/format';
import { type Figure, figuresOf } from './figures';
import type { Answer } from './turn';

const marked = ({ estimated }: Figure<number>, text: string): string => (estimated ? `≈ ${text}` : text);

function Times({ answer, firstMs }: { readonly answer: Answer; readonly firstMs: number | null }) {
	const { askedAt, endedAt } = answer;
	return (
		<>
			{firstMs !== null && (
				<Text size="xs" c="dimmed">
					first token {duration(firstMs)}
				</Text>
			)}
			{endedAt !== null && (
				<Text size="xs" c="dimmed">
					total {duration(endedAt - askedAt)}
				</Text>
			)}
		</>
	);
}

/** One line below an answer, live while it comes. */
export function AnswerFigures({ answer }: { readonly answer: Answer }) {
	const { data: models = [] } = useModels();
	const { promptTokens, completionTokens, cost, firstMs } = figuresOf(answer, models);
	const { meta, endedAt, parts } = answer;
	// Nothing was answered: there is nothing to count.
	if (!meta && parts.length === 0 && endedAt !== null) return <Times answer={answer} firstMs={null} />;
	const estimated = completionTokens.estimated || cost?.estimated;
	return (
		<Group gap="md" data-testid="figures">
			{meta && (
				<Text size="xs" fw={600} ff="monospace">
					{meta.provider}/{meta.model}
				</Text>
			)}
			<Tooltip
				label={estimated ? 'Estimated from the characters until the provider has counted' : 'As the provider counted'}
				events={{ hover: true, focus: true, touch: true }}
			>
				<Text size="xs" c="dimmed">
					{promptTokens && `${marked(promptTokens, count(promptTokens.value))} in · `}
					{marked(completionTokens, count(completionTokens.value))} out
				</Text>
			</Tooltip>
			<Text size="xs" c="dimmed">
				{cost ? marked(cost, usd(cost.value)) : answer.status === 'done' ? 'price unknown' : 'cost …'}
			</Text>
			<Times answer={answer} firstMs={firstMs} />
		</Group>
	);
}

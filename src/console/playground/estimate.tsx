/** What the conversation would count and cost with the message that is being written; asked only where it is wanted. */
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ChatInput, EstimateResult } from '../../client';
import { FailureAlert } from '../failure/failure-alert';
import { useSignedIn } from '../session/session';
import { estimateTexts } from './estimate-words';

/** After the last key: each question carries the whole conversation. */
const QUIET_MS = 500;

interface EstimateProps {
	/** The message that is being written. */
	readonly text: string;
	/** Nothing can be sent now. */
	readonly paused: boolean;
	readonly requestOf: (text: string) => ChatInput | null;
	/** Beside the button. */
	readonly children: ReactNode;
}

export function Estimate({ text, paused, requestOf, children }: EstimateProps) {
	const [wanted, setWanted] = useState(false);
	return (
		<>
			{wanted && <Estimated text={text} paused={paused} requestOf={requestOf} />}
			<Group justify="space-between" mt={4} gap="xs" mih={22}>
				{children}
				<Button
					variant="subtle"
					size="compact-xs"
					ml="auto"
					aria-expanded={wanted}
					onClick={() => setWanted((now) => !now)}
				>
					{wanted ? 'Hide the estimate' : 'Estimate'}
				</Button>
			</Group>
		</>
	);
}

function Estimated({ text, paused, requestOf }: Omit<EstimateProps, 'children'>) {
	const { client, organization } = useSignedIn();
	const [written] = useDebouncedValue(text, QUIET_MS);
	const request = paused || written.trim() === '' ? null : requestOf(written);
	const { data, error, isFetching, isPlaceholderData } = useQuery({
		queryKey: [organization, 'estimate', request],
		queryFn: ({ signal }) => (request ? client.cost.estimate(request, { signal }) : null),
		enabled: request !== null,
		placeholderData: keepPreviousData,
		staleTime: 0,
		gcTime: 0,
	});
	if (request === null || text.trim() === '')
		return (
			<Text size="xs" c="dimmed" mt="xs" role="status">
				{paused
					? 'Estimated again once a message can be sent.'
					: 'Write a message to see what it would count and cost.'}
			</Text>
		);
	if (error)
		return (
			<div style={{ marginBlockStart: 8 }}>
				<FailureAlert failure={error} title="This can’t be estimated" />
			</div>
		);
	return (
		<div role="status" aria-busy={isFetching} style={{ opacity: isPlaceholderData || text !== written ? 0.6 : 1 }}>
			{data ? <Figures estimate={data} /> : <Loader type="dots" size="xs" mt="xs" aria-label="Estimating" />}
		</div>
	);
}

function Figures({ estimate }: { readonly estimate: EstimateResult }) {
	const { who, input, output, cost, budget, planned } = estimateTexts(estimate);
	return (
		<Stack gap={2} mt="xs" data-testid="estimate">
			<Group gap="2px 16px">
				<Text size="xs" fw={600} ff="monospace" className="wrap">
					{who}
				</Text>
				{[input, output, cost].map((figure) => (
					<Text key={figure} size="xs">
						{figure}
					</Text>
				))}
				<Text size="xs" {...(estimate.fits === false && { className: 'gone' })}>
					{budget}
				</Text>
			</Group>
			{planned !== null && <Text size="xs">{planned}</Text>}
		</Stack>
	);
}

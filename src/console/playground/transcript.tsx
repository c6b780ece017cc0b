import { Stack, Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { counted } from '../ui/format';
import type { Turn } from './turn';
import { TurnView } from './turn-view';

interface TranscriptProps {
	readonly turns: readonly Turn[];
	readonly retry: () => void;
}

/** How far from its end a page still counts as read to the end (px). */
const NEAR_END = 160;

/** Said once at the beginning and the end of an answer; its pieces would only interrupt a screen reader. */
function announcement(last: Turn | undefined): string {
	if (last?.role !== 'assistant') return '';
	switch (last.status) {
		case 'streaming':
			return 'Answering';
		case 'stopped':
			return 'The answer was stopped';
		case 'failed':
			return '';
		case 'done':
			return last.usage ? `Answered with ${counted(last.usage.completionTokens, 'token')}` : 'Answered';
	}
}

export function Transcript({ turns, retry }: TranscriptProps) {
	const asked = useRef(0);
	useEffect(() => {
		const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
		const more = turns.length > asked.current;
		asked.current = turns.length;
		if (more || scrollHeight - scrollTop - clientHeight < NEAR_END)
			window.scrollTo({ top: document.documentElement.scrollHeight });
	}, [turns]);
	return (
		<>
			{turns.length === 0 && (
				<Stack flex={1} justify="center" align="center" gap={4} p="xl">
					<Text fw={600}>Ask something</Text>
					<Text c="dimmed" size="sm" ta="center" maw={420}>
						The answer comes with who gave it, what it cost, and how it was routed. The models of{' '}
						<Text span ff="monospace" size="sm">
							mock
						</Text>{' '}
						answer without any provider.
					</Text>
				</Stack>
			)}
			{turns.length > 0 && (
				<ol className="turns" aria-label="Conversation">
					{turns.map((turn, at) => (
						<li key={turn.id}>
							<TurnView turn={turn} retry={at === turns.length - 1 ? retry : null} />
						</li>
					))}
				</ol>
			)}
			<VisuallyHidden role="status">{announcement(turns.at(-1))}</VisuallyHidden>
		</>
	);
}

/** How an answer came about: attempts, routing, context receipt, warnings. */
import { Code, List, Stack, Table, Text } from '@mantine/core';
import type { AnswerMeta } from '../../client';
import { count, duration } from '../ui/format';
import { AnswerRouting } from './answer-routing';

function Facts({ meta }: { readonly meta: AnswerMeta }) {
	const { context, requests } = meta;
	const facts: [string, string][] = [
		['Request', meta.requestId],
		['Attempts', count(meta.attempts)],
		['Configuration version', count(meta.configVersion)],
		['Added by the gateway', duration(meta.overheadMs)],
	];
	if (context) {
		const { before, after, limit, method, dropped, summarized } = context;
		facts.push(
			['Context', `${count(after)} of ${count(limit)} tokens (${method}), ${count(before)} before planning`],
			['Messages left out', `${count(dropped)} dropped, ${count(summarized)} summarized`],
		);
	}
	if (requests) facts.push(['Requests left', `${count(requests.remaining)} of ${count(requests.limit)}`]);
	return (
		<Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} aria-label="Receipt">
			<Table.Tbody>
				{facts.map(([name, value]) => (
					<Table.Tr key={name}>
						<Table.Th scope="row" fw={400} w={170}>
							<Text size="xs" c="dimmed">
								{name}
							</Text>
						</Table.Th>
						<Table.Td>
							<Text size="xs" style={{ overflowWrap: 'anywhere' }}>
								{value}
							</Text>
						</Table.Td>
					</Table.Tr>
				))}
			</Table.Tbody>
		</Table>
	);
}

export function AnswerDetails({ meta }: { readonly meta: AnswerMeta }) {
	return (
		<Stack gap="xs" pt="xs">
			<Facts meta={meta} />
			<AnswerRouting routing={meta.routing} />
			{meta.warnings.length > 0 && (
				<List size="xs" spacing={4} aria-label="Warnings">
					{meta.warnings.map(({ field, message }) => (
						<List.Item key={`${field} ${message}`}>
							<Code>{field}</Code> {message}
						</List.Item>
					))}
				</List>
			)}
		</Stack>
	);
}

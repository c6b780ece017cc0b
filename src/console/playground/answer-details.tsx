/** How an answer came about: attempts, routing, context receipt, warnings. */
import { Code, List, Stack, Table, Text } from '@mantine/core';
import type { AnswerMeta } from '../../client';
import { methodText, receiptText } from '../context/receipt-words';
import { count, counted, duration } from '../ui/format';
import { AnswerRouting } from './answer-routing';
import { TakenAway } from './taken-away';

function Facts({ meta }: { readonly meta: AnswerMeta }) {
	const { context, requests } = meta;
	const facts: [string, string][] = [
		['Request', meta.requestId],
		['Attempts', count(meta.attempts)],
		['Configuration version', count(meta.configVersion)],
		['Added by the gateway', duration(meta.overheadMs)],
	];
	if (context) {
		facts.push(
			['Context', receiptText(context)],
			['Kept free for the answer', counted(context.reserve, 'token')],
			['Counted', methodText(context)],
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
			{meta.context && <TakenAway receipt={meta.context} />}
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

import { Table, Text } from '@mantine/core';
import type { ContextReceipt } from '../../client';
import { takenAway } from '../context/receipt-words';
import { count, counted } from '../ui/format';

/** More of them say no more. */
const MOST_ROWS = 20;

/** What of the conversation was not sent as it came, message by message. */
export function TakenAway({ receipt }: { readonly receipt: ContextReceipt }) {
	const rows = takenAway(receipt);
	if (rows.length === 0) return null;
	return (
		<div>
			<Table.ScrollContainer minWidth={360} type="native">
				<Table aria-label="Taken away" verticalSpacing={4} horizontalSpacing="xs" fz="xs">
					<Table.Thead>
						<Table.Tr>
							<Table.Th>Messages</Table.Th>
							<Table.Th>What was done</Table.Th>
							<Table.Th ta="right">Tokens before</Table.Th>
							<Table.Th ta="right">After</Table.Th>
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>
						{rows.slice(0, MOST_ROWS).map(({ what, messages, before, after }) => (
							<Table.Tr key={`${messages} ${what}`}>
								<Table.Th scope="row" fw={400}>
									{messages}
								</Table.Th>
								<Table.Td className="wrap">{what}</Table.Td>
								<Table.Td ta="right">{count(before)}</Table.Td>
								<Table.Td ta="right">{count(after)}</Table.Td>
							</Table.Tr>
						))}
					</Table.Tbody>
				</Table>
			</Table.ScrollContainer>
			<Text size="xs" c="dimmed" mt={4}>
				Messages are counted from 1, a system prompt included.
				{rows.length > MOST_ROWS && ` ${counted(rows.length - MOST_ROWS, 'more row')} not shown.`}
			</Text>
		</div>
	);
}

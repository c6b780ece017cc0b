import { DataList, Text } from '@mantine/core';
import type { RoutingPolicy } from '../data/types';
import { policyText, ROUTING_LABELS } from './policy-text';
import { ROUTING_FIELDS } from './routing-draft';

/** A policy that may only be looked at. */
export function RoutingTable({ policy }: { readonly policy: RoutingPolicy }) {
	const rows = ROUTING_FIELDS.flatMap((field) => {
		const text = policyText(policy, field);
		return text === null ? [] : [{ field, text }];
	});
	if (rows.length === 0) return <Text c="dimmed">Nothing of its own: the gateway’s routing holds.</Text>;
	return (
		<DataList labelWidth="240px">
			{rows.map(({ field, text }) => (
				<DataList.Item key={field}>
					<DataList.ItemLabel>{ROUTING_LABELS[field]}</DataList.ItemLabel>
					<DataList.ItemValue>{text}</DataList.ItemValue>
				</DataList.Item>
			))}
		</DataList>
	);
}

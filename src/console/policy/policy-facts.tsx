import { DataList, Text } from '@mantine/core';
import { type PolicyWords, saidBy } from './words';

interface PolicyFactsProps<Policy> {
	readonly words: PolicyWords<Policy>;
	readonly policy: Policy;
	/** Said where the policy says nothing. */
	readonly none: string;
}

/** A policy that may only be looked at. */
export function PolicyFacts<Policy>({ words, policy, none }: PolicyFactsProps<Policy>) {
	const rows = saidBy(words, policy);
	if (rows.length === 0) return <Text c="dimmed">{none}</Text>;
	return (
		<DataList labelWidth="240px">
			{rows.map(([label, text]) => (
				<DataList.Item key={label}>
					<DataList.ItemLabel>{label}</DataList.ItemLabel>
					<DataList.ItemValue>{text}</DataList.ItemValue>
				</DataList.Item>
			))}
		</DataList>
	);
}

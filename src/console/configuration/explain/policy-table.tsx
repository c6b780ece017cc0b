import { DataList, Paper, Title } from '@mantine/core';
import type { Explanation } from '../../data/types';
import { count } from '../../ui/format';

type Policy = Explanation['policy'];

const WHO: Readonly<Record<Policy['kind'], string>> = {
	'gateway-key': 'A gateway key',
	operator: 'The operator',
	user: 'A signed-in user',
};

const some = (list: readonly string[] | null): string => (list === null ? 'all' : list.join(', ') || 'none');
const may = (allowed: boolean): string => (allowed ? 'yes' : 'no');

function limitsText(limits: NonNullable<Policy['limits']>): string {
	const said = [
		limits.requestsPerMinute !== null && `${count(limits.requestsPerMinute)} requests a minute`,
		limits.requestsPerDay !== null && `${count(limits.requestsPerDay)} requests a day`,
		limits.budgetDayUsd !== null && `$${limits.budgetDayUsd} a day`,
		limits.budgetMonthUsd !== null && `$${limits.budgetMonthUsd} a month`,
		limits.budgetTotalUsd !== null && `$${limits.budgetTotalUsd} in all`,
	].filter((text) => text !== false);
	return said.join(', ') || 'none';
}

/** What the credential lets through. */
export function PolicyTable({ policy }: { readonly policy: Policy }) {
	const rows = [
		['Who asks', WHO[policy.kind]],
		['Models', some(policy.allowedModels)],
		['Agents', some(policy.allowedAgents)],
		['Providers', some(policy.allowedProviders)],
		['Another model beside an agent', may(policy.mayOverrideModel)],
		['Settings in place of configured ones', may(policy.mayOverrideSettings)],
		['System messages beside an agent', may(policy.mayOverridePrompt)],
		['Limits of its own', policy.limits ? limitsText(policy.limits) : 'none'],
	] as const;
	return (
		<section aria-label="Key">
			<Title order={2} size="h4" mb="xs">
				What the key lets through
			</Title>
			<Paper withBorder p="md">
				<DataList labelWidth="260px">
					{rows.map(([label, value]) => (
						<DataList.Item key={label}>
							<DataList.ItemLabel>{label}</DataList.ItemLabel>
							<DataList.ItemValue>{value}</DataList.ItemValue>
						</DataList.Item>
					))}
				</DataList>
			</Paper>
		</section>
	);
}

import { Button, Center, DataList, Loader, Modal, Paper, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useOrganization } from '../configuration/queries';
import type { Organization } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { useSignedIn } from '../session/session';
import { count, instant } from '../ui/format';
import { PageHead } from '../ui/page-head';
import { regionName } from './organization-draft';
import { OrganizationForm } from './organization-form';

const PLANS: Readonly<Record<Organization['plan'], string>> = {
	free: 'free: the gateway’s own configuration',
	pro: 'pro: own configuration and keys',
	enterprise: 'enterprise: own configuration and keys',
};

const limit = (value: number | null): string => (value === null ? 'the gateway’s' : count(value));
const budget = (usd: string | null): string => (usd === null ? 'none' : `$${usd}`);

/** Whoever manages one organization sees that one. */
export function OwnOrganization() {
	const { data, error, refetch } = useOrganization();
	const { access } = useSignedIn();
	const [opened, { open, close }] = useDisclosure(false);
	return (
		<Stack>
			<PageHead title="Organization" description="Plan, limits and budgets; a change holds from the next request on">
				{data && <Button onClick={open}>{access.owns ? 'Edit' : 'Edit name and region'}</Button>}
			</PageHead>
			{error && !data && (
				<FailureAlert failure={error} title="The organization could not be read" retry={() => void refetch()} />
			)}
			{!error && !data && (
				<Center p="xl">
					<Loader aria-label="Loading" />
				</Center>
			)}
			{data && <Facts organization={data} />}
			<Modal
				opened={opened && data !== undefined}
				onClose={close}
				title={data?.name}
				size="lg"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{data && <OrganizationForm organization={data} close={close} />}
			</Modal>
		</Stack>
	);
}

function Facts({ organization }: { readonly organization: Organization }) {
	const rows = [
		['Name', organization.name],
		['Slug', organization.slug],
		['Plan', PLANS[organization.plan]],
		['Region', regionName(organization.region)],
		['Requests per minute', limit(organization.requestsPerMinute)],
		['Requests per day', limit(organization.requestsPerDay)],
		['Budget per day', budget(organization.budgetDayUsd)],
		['Budget per month', budget(organization.budgetMonthUsd)],
		['Changed', instant(organization.updatedAt)],
	] as const;
	return (
		<Paper withBorder p="md" maw={640} component="section" aria-label="Your organization">
			<DataList labelWidth="200px" withDivider>
				{rows.map(([label, value]) => (
					<DataList.Item key={label}>
						<DataList.ItemLabel>{label}</DataList.ItemLabel>
						<DataList.ItemValue>{value}</DataList.ItemValue>
					</DataList.Item>
				))}
			</DataList>
		</Paper>
	);
}

import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSignedIn } from '../session/session';
import { useOrganization } from './queries';

/** Before what plan free reads but can't change: why, and who can change that. */
export function PlanNotice({ of }: { readonly of: ReactNode }) {
	const { data } = useOrganization();
	const { access } = useSignedIn();
	return (
		<>
			{data && !data.configurationInForce && (
				<Alert color="cyan" variant="light" title="Plan free uses the gateway’s own configuration" mb="md">
					{data.name} can look at it here, but not change it: an own one comes with the plans pro and enterprise.{' '}
					{access.role === 'operator' ? 'Change the plan under Organizations.' : 'Ask the operator for another plan.'}
				</Alert>
			)}
			{of}
		</>
	);
}

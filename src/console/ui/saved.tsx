import { Alert } from '@mantine/core';
import { CheckIcon } from './icons';

/** What was just written holds. */
export function Saved({ shown }: { readonly shown: boolean }) {
	return (
		<div role="status">
			{shown && (
				<Alert color="teal" icon={<CheckIcon />} title="Saved">
					In force on the next request.
				</Alert>
			)}
		</div>
	);
}

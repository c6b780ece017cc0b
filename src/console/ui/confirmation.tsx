import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureAlert } from '../failure/failure-alert';

interface ConfirmationProps {
	readonly opened: boolean;
	readonly title: string;
	/** What will happen, and whether it can be undone. */
	readonly children: ReactNode;
	/** What else is to be decided. */
	readonly choices?: ReactNode;
	/** The verb of the button: 'Delete', 'Revoke'. */
	readonly action: string;
	readonly pending: boolean;
	readonly failure: unknown;
	readonly confirm: () => void;
	readonly close: () => void;
}

/** Asks before what can't be undone; the way back has the focus. */
export function Confirmation(props: ConfirmationProps) {
	const { opened, title, children, choices, action, pending, failure, confirm, close } = props;
	return (
		<Modal opened={opened} onClose={close} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
			<Stack>
				<Text size="sm">{children}</Text>
				{choices}
				<FailureAlert failure={failure} />
				<Group justify="flex-end">
					<Button variant="default" onClick={close} data-autofocus>
						Cancel
					</Button>
					<Button color="red.9" onClick={confirm} loading={pending}>
						{action}
					</Button>
				</Group>
			</Stack>
		</Modal>
	);
}

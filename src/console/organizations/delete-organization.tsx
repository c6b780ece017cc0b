import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useChange } from '../data/queries';
import type { Organization } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { useSignedIn } from '../session/session';

interface DeleteOrganizationProps {
	/** null: closed. */
	readonly organization: Organization | null;
	readonly close: () => void;
}

/** The slug is typed once more, so that no slip deletes the wrong one. */
export function DeleteOrganization({ organization, close }: DeleteOrganizationProps) {
	return (
		<Modal
			opened={organization !== null}
			onClose={close}
			title={`Delete ${organization?.name ?? ''}?`}
			centered
			closeButtonProps={{ 'aria-label': 'Close' }}
		>
			{organization && <Form key={organization.id} organization={organization} close={close} />}
		</Modal>
	);
}

function Form({ organization, close }: { readonly organization: Organization; readonly close: () => void }) {
	const { client } = useSignedIn();
	const [confirm, setConfirm] = useState('');
	const remove = useChange(undefined, client.organizations.delete.mutate);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		remove.mutate({ id: organization.id, confirm: confirm.trim() }, { onSuccess: close });
	};
	return (
		<form onSubmit={submit}>
			<Stack>
				<Text size="sm">
					All of its keys and tokens are refused from the next request on. This can’t be undone. Its usage and its audit
					log stay on record.
				</Text>
				<TextInput
					label={`Type ${organization.slug} to confirm`}
					required
					data-autofocus
					autoComplete="off"
					spellCheck={false}
					value={confirm}
					onChange={(event) => setConfirm(event.currentTarget.value)}
				/>
				<FailureAlert failure={remove.error} />
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button
						type="submit"
						color="red.9"
						loading={remove.isPending}
						disabled={confirm.trim() !== organization.slug}
					>
						Delete organization
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

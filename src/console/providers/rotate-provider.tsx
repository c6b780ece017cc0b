import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useChange } from '../data/queries';
import type { ProviderRow } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSignedIn } from '../session/session';
import { SecretInput } from '../ui/secret-input';
import { keyText } from './provider-state';

interface RotateProviderProps {
	/** null: closed. */
	readonly row: ProviderRow | null;
	readonly close: () => void;
}

/** Another key in the place of the stored one. */
export function RotateProvider({ row, close }: RotateProviderProps) {
	return (
		<Modal
			opened={row !== null}
			onClose={close}
			title={`New key for ${row?.name ?? ''}`}
			closeButtonProps={{ 'aria-label': 'Close' }}
		>
			{row && <Form row={row} close={close} />}
		</Modal>
	);
}

function Form({ row, close }: { readonly row: ProviderRow; readonly close: () => void }) {
	const { client } = useSignedIn();
	const [apiKey, setApiKey] = useState('');
	const [test, setTest] = useState(true);
	const form = useRef<HTMLFormElement>(null);
	const rotate = useChange('providers', client.providers.rotate.mutate);
	const { at, rest } = fieldErrors(rotate.error, ['apiKey']);
	useFocusAtFault(form, rotate.error);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		rotate.mutate({ id: row.id, version: row.version, apiKey: apiKey.trim(), test }, { onSuccess: close });
	};
	return (
		<form ref={form} onSubmit={submit} autoComplete="off">
			<Stack>
				<Text size="sm">
					It takes the place of {keyText(row)} from the next request on; name, address and settings stay.
				</Text>
				<FailureAlert failure={rest} title="The key could not be replaced" />
				<SecretInput
					label="New API key"
					required
					data-autofocus
					value={apiKey}
					error={at('apiKey')}
					onChange={(event) => setApiKey(event.currentTarget.value)}
				/>
				<Switch
					label="Try it first, and keep the old one where it fails"
					checked={test}
					onChange={(event) => setTest(event.currentTarget.checked)}
				/>
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={rotate.isPending}>
						Replace key
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

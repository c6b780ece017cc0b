import { Button, Group, Modal, Select, Stack, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useRef, useState } from 'react';
import { useChange, useProviderKinds } from '../data/queries';
import type { ProviderKind } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSignedIn } from '../session/session';
import { PlusIcon } from '../ui/icons';
import { addInput, NEW_PROVIDER, type ProviderDraft } from './provider-draft';
import { ProviderFields } from './provider-fields';

export const fieldsOf = (kind: ProviderKind | undefined): readonly string[] => [
	'provider',
	'name',
	'apiKey',
	'baseUrl',
	...[...(kind?.config ?? []), ...(kind?.poolConfig ?? [])].map((field) => `config.${field}`),
];

export function NewProvider() {
	const [opened, { open, close }] = useDisclosure(false);
	return (
		<>
			<Button leftSection={<PlusIcon />} onClick={open}>
				Add a key
			</Button>
			<Modal
				opened={opened}
				onClose={close}
				title="New provider key"
				size="lg"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				<Form close={close} />
			</Modal>
		</>
	);
}

function Form({ close }: { readonly close: () => void }) {
	const { client } = useSignedIn();
	const kinds = useProviderKinds();
	const [draft, setDraft] = useState<ProviderDraft>(NEW_PROVIDER);
	const form = useRef<HTMLFormElement>(null);
	const add = useChange('providers', client.providers.add.mutate);
	const kind = kinds.data?.find(({ id }) => id === draft.provider);
	const { at, rest } = fieldErrors(add.error, fieldsOf(kind));
	useFocusAtFault(form, add.error);

	const change = (part: Partial<ProviderDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		add.mutate(addInput(draft), { onSuccess: close });
	};
	return (
		<form ref={form} onSubmit={submit} autoComplete="off">
			<Stack>
				<FailureAlert
					failure={kinds.error}
					title="The providers could not be read"
					retry={() => void kinds.refetch()}
				/>
				<FailureAlert failure={rest} title="The key could not be added" />
				<Select
					label="Provider"
					required
					searchable
					data-autofocus
					nothingFoundMessage="No such provider"
					data={(kinds.data ?? []).map(({ id, label }) => ({ value: id, label }))}
					value={draft.provider === '' ? null : draft.provider}
					error={at('provider')}
					onChange={(provider) => change({ provider: provider ?? '', config: {}, baseUrl: '' })}
				/>
				{kind && <ProviderFields kind={kind} draft={draft} errorAt={at} change={change} />}
				{kind && (
					<Group gap="xl">
						<Switch
							label="In use at once"
							checked={draft.isActive}
							onChange={(event) => change({ isActive: event.currentTarget.checked })}
						/>
						<Switch
							label="Tried before this provider’s other keys"
							disabled={!draft.isActive}
							checked={draft.isDefault && draft.isActive}
							onChange={(event) => change({ isDefault: event.currentTarget.checked })}
						/>
					</Group>
				)}
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={add.isPending} disabled={!kind}>
						Add key
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

import { Button, Fieldset, Group, Modal, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useRef, useState } from 'react';
import { useChange } from '../data/queries';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSession, useSignedIn } from '../session/session';
import { PlusIcon } from '../ui/icons';
import {
	createInput,
	hasOwner,
	NEW_FIELDS,
	NEW_ORGANIZATION,
	type NewOrganizationDraft,
	PLANS,
	planOf,
	REGIONS,
	regionOf,
} from './organization-draft';

export function NewOrganization() {
	const [opened, { open, close }] = useDisclosure(false);
	return (
		<>
			<Button leftSection={<PlusIcon />} onClick={open}>
				New organization
			</Button>
			<Modal
				opened={opened}
				onClose={close}
				title="New organization"
				size="lg"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				<Form close={close} />
			</Modal>
		</>
	);
}

function Form({ close }: { readonly close: () => void }) {
	const { client, organization } = useSignedIn();
	const { selectOrganization } = useSession();
	const [draft, setDraft] = useState(NEW_ORGANIZATION);
	const form = useRef<HTMLFormElement>(null);
	const create = useChange(undefined, client.organizations.create.mutate);
	const { at, rest } = fieldErrors(create.error, NEW_FIELDS);
	useFocusAtFault(form, create.error);

	const change = (part: Partial<NewOrganizationDraft>): void => setDraft((now) => ({ ...now, ...part }));
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		create.mutate(createInput(draft), {
			onSuccess: (created) => {
				close();
				if (organization === null) selectOrganization(created.slug);
			},
		});
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The organization could not be created" />
				<SimpleGrid cols={{ base: 1, xs: 2 }}>
					<TextInput
						label="Name"
						required
						data-autofocus
						value={draft.name}
						error={at('name')}
						onChange={(event) => change({ name: event.currentTarget.value })}
					/>
					<TextInput
						label="Slug"
						description="Lower-case letters, digits, - and _"
						inputWrapperOrder={['label', 'input', 'description', 'error']}
						required
						spellCheck={false}
						value={draft.slug}
						error={at('slug')}
						onChange={(event) => change({ slug: event.currentTarget.value })}
					/>
					<Select
						label="Plan"
						description="free uses the gateway’s configuration alone"
						allowDeselect={false}
						data={[...PLANS]}
						value={draft.plan}
						error={at('plan')}
						onChange={(value) => change({ plan: planOf(value) })}
					/>
					<Select
						label="Region"
						description="Where its limits and budgets are kept"
						placeholder="Wherever it is asked first"
						clearable
						clearButtonProps={{ 'aria-label': 'Clear the region' }}
						data={REGIONS.map((region) => ({ ...region }))}
						value={draft.region || null}
						error={at('region')}
						onChange={(value) => change({ region: regionOf(value) })}
					/>
				</SimpleGrid>
				<Fieldset legend="First owner: may be added later">
					<SimpleGrid cols={{ base: 1, xs: 2 }}>
						<TextInput
							label="User id"
							description="The sub of the user’s tokens"
							required={hasOwner(draft)}
							spellCheck={false}
							value={draft.ownerId}
							error={at('owner.userId')}
							onChange={(event) => change({ ownerId: event.currentTarget.value })}
						/>
						<TextInput
							label="E-mail"
							description="To know the user by"
							type="email"
							value={draft.ownerEmail}
							error={at('owner.email')}
							onChange={(event) => change({ ownerEmail: event.currentTarget.value })}
						/>
						<TextInput
							label="Name of the owner"
							value={draft.ownerName}
							error={at('owner.name')}
							onChange={(event) => change({ ownerName: event.currentTarget.value })}
						/>
					</SimpleGrid>
				</Fieldset>
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={create.isPending}>
						Create organization
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

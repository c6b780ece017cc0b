import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type FormEvent, useRef, useState } from 'react';
import { useChange } from '../data/queries';
import { FailureAlert } from '../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../failure/fields';
import { useSession, useSignedIn } from '../session/session';
import { PlusIcon } from '../ui/icons';
import { PLANS, planOf } from './organization-draft';

export function NewOrganization() {
	const [opened, { open, close }] = useDisclosure(false);
	return (
		<>
			<Button leftSection={<PlusIcon />} onClick={open}>
				New organization
			</Button>
			<Modal opened={opened} onClose={close} title="New organization" closeButtonProps={{ 'aria-label': 'Close' }}>
				<Form close={close} />
			</Modal>
		</>
	);
}

function Form({ close }: { readonly close: () => void }) {
	const { client, organization } = useSignedIn();
	const { selectOrganization } = useSession();
	const [name, setName] = useState('');
	const [slug, setSlug] = useState('');
	const [plan, setPlan] = useState(planOf(null));
	const form = useRef<HTMLFormElement>(null);
	const create = useChange(undefined, client.organizations.create.mutate);
	const { at, rest } = fieldErrors(create.error, ['name', 'slug', 'plan']);
	useFocusAtFault(form, create.error);

	const submit = (event: FormEvent): void => {
		event.preventDefault();
		create.mutate(
			{ name, slug: slug.trim(), plan },
			{
				onSuccess: (created) => {
					close();
					if (organization === null) selectOrganization(created.slug);
				},
			},
		);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The organization could not be created" />
				<TextInput
					label="Name"
					required
					data-autofocus
					value={name}
					error={at('name')}
					onChange={(event) => setName(event.currentTarget.value)}
				/>
				<TextInput
					label="Slug"
					description="Lower-case letters, digits, - and _"
					required
					spellCheck={false}
					value={slug}
					error={at('slug')}
					onChange={(event) => setSlug(event.currentTarget.value)}
				/>
				<Select
					label="Plan"
					description="free uses the gateway's configuration alone"
					allowDeselect={false}
					data={[...PLANS]}
					value={plan}
					error={at('plan')}
					onChange={(value) => setPlan(planOf(value))}
				/>
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

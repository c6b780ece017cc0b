import { Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import type { Alias } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useSignedIn } from '../../session/session';
import { Confirmation } from '../../ui/confirmation';
import { PlusIcon } from '../../ui/icons';
import { ModelInput } from '../../ui/model-input';
import { Rows } from '../../ui/rows';
import { useAliases, useConfigurationChange, useModelNames, useOwnConfiguration } from '../queries';

interface AliasRowProps {
	readonly alias: Alias;
	readonly mayChange: boolean;
	readonly edit: () => void;
	readonly remove: () => void;
}

function AliasRow({ alias: { name, target, leadsTo }, mayChange, edit, remove }: AliasRowProps) {
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" ff="monospace" fw={600}>
					{name}
				</Text>
			</Table.Th>
			<Table.Td>
				<Text size="sm" ff="monospace">
					{target}
				</Text>
				{leadsTo !== target && (
					<Text size="xs" c="dimmed" ff="monospace">
						in the end {leadsTo}
					</Text>
				)}
			</Table.Td>
			{mayChange && (
				<Table.Td>
					<Group gap="xs" wrap="nowrap">
						<Button variant="default" size="compact-sm" aria-label={`Edit ${name}`} onClick={edit}>
							Edit
						</Button>
						<Button variant="light" color="red" size="compact-sm" aria-label={`Remove ${name}`} onClick={remove}>
							Remove
						</Button>
					</Group>
				</Table.Td>
			)}
		</Table.Tr>
	);
}

type Edited = { readonly alias: Alias | null };

export function AliasesTab() {
	const { client } = useSignedIn();
	const query = useAliases();
	const mayChange = useOwnConfiguration();
	const [edited, setEdited] = useState<Edited | null>(null);
	const [removed, setRemoved] = useState<Alias | null>(null);
	const remove = useConfigurationChange(client.trpc.aliases.remove.mutate);
	const keep = (): void => {
		setRemoved(null);
		remove.reset();
	};
	return (
		<>
			<Group justify="space-between" mb="md">
				<Text size="sm" maw={640}>
					Names of your own for models, profiles or other aliases. Programs keep the name; you decide what it means.
				</Text>
				{mayChange && (
					<Button leftSection={<PlusIcon />} onClick={() => setEdited({ alias: null })}>
						New alias
					</Button>
				)}
			</Group>
			<Rows
				label="Aliases"
				columns={['Alias', 'Stands for', ...(mayChange ? ['Actions'] : [])]}
				query={query}
				empty="No alias yet. With one, a request may name ‘best’ and you choose which model that is."
				row={(alias) => (
					<AliasRow
						key={alias.name}
						alias={alias}
						mayChange={mayChange}
						edit={() => setEdited({ alias })}
						remove={() => setRemoved(alias)}
					/>
				)}
			/>
			<Modal
				opened={edited !== null}
				onClose={() => setEdited(null)}
				title={edited?.alias ? `Alias ${edited.alias.name}` : 'New alias'}
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{edited && <AliasForm alias={edited.alias} close={() => setEdited(null)} />}
			</Modal>
			<Confirmation
				opened={removed !== null}
				title={`Remove ${removed?.name ?? ''}?`}
				action="Remove alias"
				pending={remove.isPending}
				failure={remove.error}
				confirm={() => removed && remove.mutate({ name: removed.name }, { onSuccess: keep })}
				close={keep}
			>
				Requests that name it are refused from the next one on, unless the catalog knows a model of that name.
			</Confirmation>
		</>
	);
}

function AliasForm({ alias, close }: { readonly alias: Alias | null; readonly close: () => void }) {
	const { client } = useSignedIn();
	const [name, setName] = useState(alias?.name ?? '');
	const [target, setTarget] = useState(alias?.target ?? '');
	const form = useRef<HTMLFormElement>(null);
	const names = useModelNames(true);
	const { data: aliases = [] } = useAliases();
	const taken = alias === null && aliases.some((one) => one.name === name.trim());
	const set = useConfigurationChange(client.trpc.aliases.set.mutate);
	const { at, rest } = fieldErrors(set.error, ['name', 'target']);
	useFocusAtFault(form, set.error);
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		if (!taken) set.mutate({ name: name.trim(), target: target.trim() }, { onSuccess: close });
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The alias could not be saved" />
				<TextInput
					label="Alias"
					description="Letters, digits, . - and _"
					required
					data-autofocus={alias === null}
					readOnly={alias !== null}
					spellCheck={false}
					value={name}
					error={taken ? 'There is an alias of this name: edit that one.' : at('name')}
					onChange={(event) => setName(event.currentTarget.value)}
				/>
				<ModelInput
					label="Stands for"
					description="provider/model, profile:<name> or another alias"
					required
					before={names}
					value={target}
					error={at('target')}
					onChange={setTarget}
				/>
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={set.isPending}>
						Save alias
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

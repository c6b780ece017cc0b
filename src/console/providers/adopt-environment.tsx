import { Alert, Button, Checkbox, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useChange } from '../data/queries';
import type { ProviderRow } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { useSignedIn } from '../session/session';

interface AdoptEnvironmentProps {
	readonly rows: readonly ProviderRow[];
}

/** The operator's: keys of the environment as rows of the organization. Nothing where there are none. */
export function AdoptEnvironment({ rows }: AdoptEnvironmentProps) {
	const { access } = useSignedIn();
	const [opened, { open, close }] = useDisclosure(false);
	const ids = rows.filter(({ source }) => source === 'environment').map(({ provider }) => provider);
	if (access.role !== 'operator' || ids.length === 0) return null;
	return (
		<>
			<Button variant="default" onClick={open}>
				Adopt the environment’s keys
			</Button>
			<Modal
				opened={opened}
				onClose={close}
				title="Adopt the environment’s keys"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				<Adoption ids={ids} close={close} />
			</Modal>
		</>
	);
}

function Adoption({ ids, close }: { readonly ids: readonly string[]; readonly close: () => void }) {
	const { client, organization } = useSignedIn();
	const [chosen, setChosen] = useState<readonly string[]>(ids);
	const adopt = useChange('providers', client.providers.adoptEnvironment.mutate);
	if (adopt.data) return <Outcome {...adopt.data} close={close} />;
	return (
		<Stack>
			<Text size="sm">
				Each becomes a key of <b>{organization}</b>, sealed for the environment’s own address and no other. From then on
				it is changed here, and the environment may lose it.
			</Text>
			<FailureAlert failure={adopt.error} title="The keys could not be adopted" />
			<Checkbox.Group label="Providers" value={[...chosen]} onChange={setChosen}>
				<Stack gap="xs" mt="xs">
					{ids.map((id) => (
						<Checkbox key={id} value={id} label={id} />
					))}
				</Stack>
			</Checkbox.Group>
			<Group justify="flex-end">
				<Button variant="default" onClick={close}>
					Cancel
				</Button>
				<Button
					loading={adopt.isPending}
					disabled={chosen.length === 0}
					onClick={() => adopt.mutate({ providers: [...chosen] })}
				>
					Adopt
				</Button>
			</Group>
		</Stack>
	);
}

interface OutcomeProps {
	readonly adopted: readonly ProviderRow[];
	readonly skipped: readonly { readonly provider: string; readonly reason: string }[];
	readonly close: () => void;
}

function Outcome({ adopted, skipped, close }: OutcomeProps) {
	return (
		<Stack role="status">
			{adopted.length > 0 && (
				<Alert color="teal" title="Adopted">
					{adopted.map(({ provider }) => provider).join(', ')}
				</Alert>
			)}
			{skipped.length > 0 && (
				<Alert color="yellow" title="Left with the environment">
					<List size="sm">
						{skipped.map(({ provider, reason }) => (
							<List.Item key={provider}>
								{provider}: {reason}
							</List.Item>
						))}
					</List>
				</Alert>
			)}
			<Group justify="flex-end">
				<Button onClick={close} data-autofocus>
					Close
				</Button>
			</Group>
		</Stack>
	);
}

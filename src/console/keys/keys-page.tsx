import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange, useGatewayKeys } from '../data/queries';
import type { GatewayKey } from '../data/types';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';
import { instant } from '../ui/format';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { NewKey } from './new-key';

type State = 'in force' | 'revoked' | 'expired';

const COLORS: Readonly<Record<State, string>> = { 'in force': 'teal', revoked: 'red', expired: 'gray' };

function stateOf({ revokedAt, expiresAt }: GatewayKey): State {
	if (revokedAt !== null) return 'revoked';
	return expiresAt !== null && expiresAt <= Date.now() ? 'expired' : 'in force';
}

function reachOf({ allowedModels, allowedAgents }: GatewayKey): string {
	const models = allowedModels ? allowedModels.join(', ') : 'all models';
	return allowedAgents ? `${models}; agents ${allowedAgents.join(', ')}` : models;
}

function KeyRow({ row, revoke }: { readonly row: GatewayKey; readonly revoke: (row: GatewayKey) => void }) {
	const state = stateOf(row);
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={600}>
					{row.name}
				</Text>
				<Text size="xs" c="dimmed" ff="monospace" fw={400}>
					sy_{row.id}_…{row.last4}
				</Text>
			</Table.Th>
			<Table.Td>
				<Group gap={4}>
					{row.scopes.map((scope) => (
						<Badge key={scope} variant="light" tt="none" color={scope === 'manage' ? 'grape' : 'cyan'}>
							{scope}
						</Badge>
					))}
				</Group>
			</Table.Td>
			<Table.Td>
				<Text size="xs" maw={220} style={{ overflowWrap: 'anywhere' }}>
					{reachOf(row)}
				</Text>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(row.expiresAt)}</Text>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(row.createdAt)}</Text>
			</Table.Td>
			<Table.Td>
				<Badge variant="light" tt="none" color={COLORS[state]}>
					{state}
				</Badge>
			</Table.Td>
			<Table.Td>
				{state === 'in force' && (
					<Button
						variant="light"
						color="red"
						size="compact-sm"
						aria-label={`Revoke ${row.name}`}
						onClick={() => revoke(row)}
					>
						Revoke
					</Button>
				)}
			</Table.Td>
		</Table.Tr>
	);
}

export default function KeysPage() {
	const { client } = useSignedIn();
	const query = useGatewayKeys();
	const [chosen, setChosen] = useState<GatewayKey | null>(null);
	const revoke = useChange('keys', client.gatewayKeys.revoke.mutate);
	const close = (): void => {
		setChosen(null);
		revoke.reset();
	};
	return (
		<>
			<PageHead title="Gateway keys" description="What programs sign in with">
				<NewKey />
			</PageHead>
			<Rows
				label="Gateway keys"
				columns={['Key', 'Scopes', 'May use', 'Expires', 'Created', 'State', 'Actions']}
				query={query}
				empty="No key yet."
				row={(row) => <KeyRow key={row.id} row={row} revoke={setChosen} />}
			/>
			<Confirmation
				opened={chosen !== null}
				title={`Revoke ${chosen?.name ?? ''}?`}
				action="Revoke key"
				pending={revoke.isPending}
				failure={revoke.error}
				confirm={() => chosen && revoke.mutate({ id: chosen.id }, { onSuccess: close })}
				close={close}
			>
				Requests with this key are refused from the next one on. This can’t be undone.
			</Confirmation>
		</>
	);
}

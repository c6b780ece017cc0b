import { Badge, Button, Group, Table, Text } from '@mantine/core';
import type { GatewayKey } from '../data/types';
import { count, instant } from '../ui/format';

type State = 'active' | 'revoked' | 'expired';

const COLORS: Readonly<Record<State, string>> = { active: 'teal', revoked: 'red', expired: 'gray' };

function stateOf({ revokedAt, expiresAt }: GatewayKey): State {
	if (revokedAt !== null) return 'revoked';
	return expiresAt !== null && expiresAt <= Date.now() ? 'expired' : 'active';
}

function reachOf({ allowedModels, allowedAgents, allowedProviders }: GatewayKey): string {
	return [
		allowedModels ? allowedModels.join(', ') : 'all models',
		...(allowedProviders ? [`of ${allowedProviders.join(', ')}`] : []),
		...(allowedAgents ? [`through the agents ${allowedAgents.join(', ')}`] : []),
	].join('; ');
}

function limitsOf(row: GatewayKey): string {
	const limits = [
		row.requestsPerMinute !== null && `${count(row.requestsPerMinute)} a minute`,
		row.requestsPerDay !== null && `${count(row.requestsPerDay)} a day`,
		row.budgetDayUsd !== null && `$${row.budgetDayUsd} a day`,
		row.budgetMonthUsd !== null && `$${row.budgetMonthUsd} a month`,
		row.budgetTotalUsd !== null && `$${row.budgetTotalUsd} in all`,
	];
	return limits.filter(Boolean).join(', ') || 'none of its own';
}

interface KeyRowProps {
	readonly row: GatewayKey;
	readonly edit: (row: GatewayKey) => void;
	readonly rotate: (row: GatewayKey) => void;
	readonly revoke: (row: GatewayKey) => void;
}

export function KeyRow({ row, ...actions }: KeyRowProps) {
	const state = stateOf(row);
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" fw={600} className="wrap">
					{row.name}
				</Text>
				<Text size="xs" c="dimmed" ff="monospace" fw={400} className="wrap">
					sy_{row.id}_…{row.last4}
				</Text>
			</Table.Th>
			<Table.Td>
				<Group gap={4}>
					{row.parentId !== null && (
						<Badge variant="default" tt="none">
							token
						</Badge>
					)}
					{row.scopes.map((scope) => (
						<Badge key={scope} variant="light" tt="none" color={scope === 'manage' ? 'grape' : 'cyan'}>
							{scope}
						</Badge>
					))}
				</Group>
			</Table.Td>
			<Table.Td>
				<Text size="xs" maw={200} className="wrap">
					{reachOf(row)}
				</Text>
			</Table.Td>
			<Table.Td>
				<Text size="xs" maw={170}>
					{limitsOf(row)}
				</Text>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(row.expiresAt)}</Text>
			</Table.Td>
			<Table.Td>
				<Text size="sm">{instant(row.lastUsedAt)}</Text>
			</Table.Td>
			<Table.Td>
				<Badge variant="light" tt="none" color={COLORS[state]}>
					{state}
				</Badge>
			</Table.Td>
			<Table.Td>
				<KeyActions row={row} state={state} {...actions} />
			</Table.Td>
		</Table.Tr>
	);
}

/** A revoked key is what it is; a token is revoked and no more. */
function KeyActions({ row, state, edit, rotate, revoke }: KeyRowProps & { readonly state: State }) {
	if (state === 'revoked') return null;
	const changeable = row.parentId === null;
	return (
		<Group gap="xs" wrap="nowrap">
			{changeable && (
				<Button variant="default" size="compact-sm" aria-label={`Edit ${row.name}`} onClick={() => edit(row)}>
					Edit
				</Button>
			)}
			{changeable && state === 'active' && (
				<Button variant="default" size="compact-sm" aria-label={`Rotate ${row.name}`} onClick={() => rotate(row)}>
					Rotate
				</Button>
			)}
			<Button
				variant="light"
				color="red"
				size="compact-sm"
				aria-label={`Revoke ${row.name}`}
				onClick={() => revoke(row)}
			>
				Revoke
			</Button>
		</Group>
	);
}

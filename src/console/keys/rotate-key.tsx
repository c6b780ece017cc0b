import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../data/queries';
import type { GatewayKey } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { useSignedIn } from '../session/session';
import { NewSecret } from './new-secret';

/** Seconds for which the old key goes on. */
const GRACES = [
	{ value: '0', label: 'Stops at once' },
	{ value: '3600', label: 'Goes on for an hour' },
	{ value: '86400', label: 'Goes on for a day' },
	{ value: '604800', label: 'Goes on for a week' },
	{ value: '2592000', label: 'Goes on for 30 days' },
];

interface RotateKeyProps {
	/** null: closed. */
	readonly row: GatewayKey | null;
	readonly close: () => void;
}

/** A successor with the same rights, and an end for the key itself. */
export function RotateKey({ row, close }: RotateKeyProps) {
	const { client } = useSignedIn();
	const [grace, setGrace] = useState('86400');
	const rotate = useChange('keys', client.gatewayKeys.rotate.mutate);
	const done = (): void => {
		close();
		rotate.reset();
	};
	const secret = rotate.data?.key;
	return (
		<Modal
			opened={row !== null}
			onClose={done}
			title={secret === undefined ? `Rotate ${row?.name ?? ''}` : 'Your new key'}
			closeOnClickOutside={secret === undefined}
			closeOnEscape={secret === undefined}
			withCloseButton={secret === undefined}
			closeButtonProps={{ 'aria-label': 'Close' }}
		>
			{row && secret === undefined && (
				<Stack>
					<Text size="sm">
						A new key with the same rights and limits takes its place, and what is left of its total budget goes with
						it.
					</Text>
					<FailureAlert failure={rotate.error} title="The key could not be rotated" />
					<Select
						label="The old key"
						data-autofocus
						allowDeselect={false}
						data={GRACES}
						value={grace}
						onChange={(value) => setGrace(value ?? '0')}
					/>
					<Group justify="flex-end">
						<Button variant="default" onClick={done}>
							Cancel
						</Button>
						<Button
							loading={rotate.isPending}
							onClick={() => rotate.mutate({ id: row.id, graceSeconds: Number(grace) })}
						>
							Rotate key
						</Button>
					</Group>
				</Stack>
			)}
			{secret !== undefined && <NewSecret secret={secret} done={done} />}
		</Modal>
	);
}

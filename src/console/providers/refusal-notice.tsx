import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ProviderRow } from '../data/types';
import { WarningIcon } from '../ui/icons';
import { refusedText } from './provider-state';

interface RefusalNoticeProps {
	readonly row: ProviderRow;
	readonly rotate: (row: ProviderRow) => void;
}

/** What it means that a provider refuses the key, and what ends it. Nothing where it does not. */
export function RefusalNotice({ row, rotate }: RefusalNoticeProps) {
	const text = refusedText(row);
	if (text === null) return null;
	return (
		<Alert color="red" variant="light" icon={<WarningIcon />} title={`This key is ${text}`} mb="md" maw={820}>
			<Stack gap="xs">
				<Text size="sm">
					{advice(row.refusedStatus)} Until then other keys and targets answer in its place where there are any, and
					this one is tried now and then. The notice goes as soon as it answers.
				</Text>
				{row.source === 'organization' && (
					<Group>
						<Button size="compact-sm" variant="default" onClick={() => rotate(row)}>
							Replace the key
						</Button>
					</Group>
				)}
			</Stack>
		</Alert>
	);
}

function advice(status: number | null): string {
	switch (status) {
		case 401:
			return 'The provider does not know it any more: it was revoked, has expired, or was not copied whole. Replace it, then test it.';
		case 402:
		case 429:
			return 'The account behind it has used up what was paid for. Top it up or raise its limit at the provider, then test the key.';
		case 403:
			return 'The provider knows it, but it may not do what is asked: give it access to the models at the provider, or replace it. Then test it.';
		default:
			return 'Look at the account at the provider, or replace the key. Then test it.';
	}
}

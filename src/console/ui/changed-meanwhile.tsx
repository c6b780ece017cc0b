/** Somebody else changed what a form was made from: what they changed, and what becomes of one's own changes. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { explain } from '../failure/explain';
import { WarningIcon } from './icons';

/** A refusal because the row is at another version by now. */
export function isOutdated(failure: unknown): boolean {
	if (!failure) return false;
	const { code, param } = explain(failure);
	return code === 'conflict' && param === 'version';
}

interface ChangedMeanwhileProps {
	/** `agent`, `prompt` */
	readonly what: string;
	/** What they changed; null: it is still being read. */
	readonly children: ReactNode | null;
	/** What becomes of both where one's own is saved: 'Save mine over it'. */
	readonly overwrite: string;
	readonly pending: boolean;
	readonly save: () => void;
	readonly reload: () => void;
}

export function ChangedMeanwhile({ what, children, overwrite, pending, save, reload }: ChangedMeanwhileProps) {
	return (
		<Alert
			color="orange"
			variant="light"
			icon={<WarningIcon />}
			title={`This ${what} was changed meanwhile`}
			role="alert"
		>
			<Stack gap="xs">
				<Text size="sm">Nothing of yours is saved yet. This is what is different from what you began with:</Text>
				{children ?? <Text size="sm">Being read…</Text>}
				<Group gap="xs">
					<Button size="compact-sm" variant="default" onClick={reload} disabled={children === null}>
						Discard mine and reload
					</Button>
					<Button size="compact-sm" onClick={save} loading={pending} disabled={children === null}>
						{overwrite}
					</Button>
				</Group>
			</Stack>
		</Alert>
	);
}

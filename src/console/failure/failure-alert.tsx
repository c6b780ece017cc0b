import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { WarningIcon } from '../ui/icons';
import { explain } from './explain';

interface FailureAlertProps {
	readonly failure: unknown;
	/** What was being done, e.g. 'The agents could not be read'. */
	readonly title?: string;
	/** In place of the usual advice for its code. */
	readonly advice?: string | undefined;
	readonly retry?: () => void;
}

/** Nothing where there is no failure. */
export function FailureAlert({ failure, title, advice: ours, retry }: FailureAlertProps) {
	if (!failure) return null;
	const { code, message, advice, param, retryAfterMs } = explain(failure);
	return (
		<Alert color="red" variant="light" icon={<WarningIcon />} title={title ?? 'That did not work'} role="alert">
			<Stack gap={6}>
				<Text size="sm" style={{ overflowWrap: 'anywhere' }}>
					{message}
				</Text>
				<Text size="sm">
					{ours ?? advice}
					{retryAfterMs !== null && ` Possible again in ${Math.ceil(retryAfterMs / 1_000)} s.`}
				</Text>
				<Group gap="xs">
					<Code>{code}</Code>
					{param !== null && <Code>{param}</Code>}
					{retry && (
						<Button size="compact-sm" variant="default" onClick={retry}>
							Try again
						</Button>
					)}
				</Group>
			</Stack>
		</Alert>
	);
}

import { Badge, Text } from '@mantine/core';

interface HealthStateProps {
	readonly state: string;
	readonly color: string;
	/** What it means for the next request. */
	readonly meaning: string;
}

/** In words, so that nobody depends on a colour. */
export function HealthState({ state, color, meaning }: HealthStateProps) {
	return (
		<>
			<Badge variant="light" tt="none" color={color}>
				{state}
			</Badge>
			<Text size="xs" c="dimmed">
				{meaning}
			</Text>
		</>
	);
}

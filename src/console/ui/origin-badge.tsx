import { Badge } from '@mantine/core';
import type { Explanation } from '../data/types';

export type Origin = Explanation['model']['origin'];

const COLORS: Readonly<Record<Origin, string>> = {
	default: 'gray',
	environment: 'orange',
	global: 'grape',
	organization: 'cyan',
	agent: 'teal',
	request: 'blue',
};

/** Which layer of the configuration said it. */
export function OriginBadge({ origin }: { readonly origin: Origin }) {
	return (
		<Badge variant="light" color={COLORS[origin]} tt="none" style={{ flexShrink: 0 }}>
			{origin}
		</Badge>
	);
}

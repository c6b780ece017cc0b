import { Badge, Group, Stack, Text } from '@mantine/core';
import type { Explanation } from '../../data/types';

type Target = Explanation['chain'][number];
type Key = Target['barred'][number];

const SOURCES: Readonly<Record<Key['source'], string>> = {
	organization: 'organization',
	environment: 'environment',
	none: 'none needed',
};

const nameOf = ({ rowId, source }: Key): string => rowId ?? source;

/** Every key that may be asked, in order, and those that residency keeps out. */
export function TargetKeys({ target: { answers, barred } }: { readonly target: Target }) {
	return (
		<Stack gap={4}>
			{answers?.keys.map((key) => (
				<KeyText key={nameOf(key)} of={key} />
			))}
			{barred.map((key) => (
				<div key={nameOf(key)}>
					<KeyText of={key} />
					<Text size="xs" className="gone">
						kept out by residency
					</Text>
				</div>
			))}
		</Stack>
	);
}

function KeyText({ of: { source, name, last4, residency } }: { readonly of: Key }) {
	return (
		<Group gap={6}>
			<Text size="sm">{name ?? SOURCES[source]}</Text>
			{last4 !== null && last4 !== '' && (
				<Text size="xs" c="dimmed" ff="monospace">
					…{last4}
				</Text>
			)}
			{name !== null && (
				<Text size="xs" c="dimmed">
					{SOURCES[source]}
				</Text>
			)}
			{residency !== null && (
				<Badge variant="default" size="sm" tt="none">
					{residency}
				</Badge>
			)}
		</Group>
	);
}

import { Badge, Group } from '@mantine/core';
import type { ProviderRow } from '../data/types';
import { instant } from '../ui/format';

/** Whose it is, and whether it is used. */
export function ProviderState({ row }: { readonly row: ProviderRow }) {
	return (
		<Group gap={4}>
			<Badge variant="light" tt="none" color={row.isActive ? 'teal' : 'gray'}>
				{row.isActive ? 'in use' : 'inactive'}
			</Badge>
			{row.isDefault && (
				<Badge variant="light" tt="none">
					default
				</Badge>
			)}
			{row.source === 'environment' && (
				<Badge variant="default" tt="none">
					environment
				</Badge>
			)}
			{row.refusedAt !== null && (
				<Badge variant="light" color="red" tt="none">
					refused
				</Badge>
			)}
		</Group>
	);
}

/** Since when its provider refuses it; null: it does not. */
export function refusedText({ refusedAt, refusedStatus }: ProviderRow): string | null {
	if (refusedAt === null) return null;
	return `refused since ${instant(refusedAt)}${refusedStatus === null ? '' : ` (HTTP ${refusedStatus})`}`;
}

/** `…abcd`, as far as anybody may know it. */
export function keyText({ keyLast4 }: ProviderRow): string {
	if (keyLast4 === null) return 'no key';
	return keyLast4 === '' ? 'key stored' : `…${keyLast4}`;
}

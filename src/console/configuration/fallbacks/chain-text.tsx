import { Text } from '@mantine/core';

/** In order; a chain of none says so. */
export function ChainText({ chain }: { readonly chain: readonly string[] }) {
	return (
		<Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }} {...(chain.length === 0 && { c: 'dimmed' })}>
			{chain.length === 0 ? 'nothing follows' : chain.join(', then ')}
		</Text>
	);
}

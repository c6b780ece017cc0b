import { Button, Center } from '@mantine/core';

interface NextPageProps {
	readonly query: {
		readonly hasNextPage: boolean;
		readonly isFetchingNextPage: boolean;
		readonly fetchNextPage: () => unknown;
	};
}

/** Nothing where a list is at its end. */
export function NextPage({ query }: NextPageProps) {
	if (!query.hasNextPage) return null;
	return (
		<Center mt="md">
			<Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
				Show more
			</Button>
		</Center>
	);
}

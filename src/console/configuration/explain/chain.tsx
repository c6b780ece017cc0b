import { Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { Explanation } from '../../data/types';
import { STRATEGIES } from '../../routing/strategies';
import { type Target, TargetRow } from './target-row';

type Route = Pick<Explanation, 'chain' | 'group' | 'contextChain' | 'filterChain' | 'routing' | 'refusal'>;

/** With their widths, so that one below the other the tables have the same columns. */
const COLUMNS = [
	['', '5%'],
	['Target', '25%'],
	['State', '25%'],
	['Keys', '17%'],
	['USD per 1M tokens, in / out', '15%'],
	['Context / output', '13%'],
] as const;

/** Who answers, and who would after that. */
export function Chain({ route }: { readonly route: Route }) {
	const { chain, group, contextChain, filterChain, routing, refusal } = route;
	const strategy = routing.strategy?.value ?? 'priority';
	const beside = group.length > 0;
	const refused = refusal !== null;
	return (
		<Stack gap="lg">
			<section aria-label="Chain">
				<Title order={2} size="h4" mb="xs">
					Who is asked, in order
				</Title>
				{chain.length === 0 && <Text c="dimmed">It is not clear what is asked for, so nobody is.</Text>}
				{beside && (
					<>
						<Text size="sm" c="dimmed" mb="xs">
							One of these first, as good as each other. {STRATEGIES[strategy].label}:{' '}
							{STRATEGIES[strategy].explanation}
						</Text>
						<Targets label="Group" targets={[...chain.slice(0, 1), ...group]} refused={refused} />
						{chain.length > 1 && (
							<Text size="sm" c="dimmed" mt="md" mb="xs">
								After all of them, in this order:
							</Text>
						)}
					</>
				)}
				<Targets
					label="Chain"
					targets={beside ? chain.slice(1) : chain}
					from={beside ? group.length + 2 : 1}
					refused={refused && !beside}
				/>
			</section>
			<Special label="Where the context is too long" targets={contextChain} />
			<Special label="Where a content filter refuses" targets={filterChain} />
		</Stack>
	);
}

interface SpecialProps {
	readonly label: string;
	readonly targets: readonly Target[];
}

/** In place of all others, after one failure alone. */
function Special({ label, targets }: SpecialProps) {
	if (targets.length === 0) return null;
	return (
		<section aria-label={label}>
			<Title order={3} size="h5" mb="xs">
				{label}
			</Title>
			<Targets label={label} targets={targets} />
		</section>
	);
}

interface TargetsProps {
	/** Accessible name. */
	readonly label: string;
	readonly targets: readonly Target[];
	/** Place of the first of them. */
	readonly from?: number;
	/** So is the request, for what is wrong with the first of them. */
	readonly refused?: boolean;
}

function Targets({ label, targets, from = 1, refused = false }: TargetsProps) {
	if (targets.length === 0) return null;
	return (
		<Paper withBorder>
			<Table.ScrollContainer minWidth={800} type="native">
				<Table aria-label={label} verticalSpacing="xs" horizontalSpacing="md" layout="fixed">
					<Table.Thead>
						<Table.Tr>
							{COLUMNS.map(([column, width]) => (
								<Table.Th key={column} w={width}>
									{column}
								</Table.Th>
							))}
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>
						{targets.map((target, at) => (
							<TargetRow
								key={`${target.name} ${target.reason}`}
								target={target}
								place={from + at}
								refused={refused && at === 0}
							/>
						))}
					</Table.Tbody>
				</Table>
			</Table.ScrollContainer>
		</Paper>
	);
}

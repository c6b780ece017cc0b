import { Autocomplete, Button, SimpleGrid, Switch, TextInput } from '@mantine/core';
import { useSignedIn } from '../session/session';
import { ACTIONS, draftOfAddress, ENTITIES, type FilterDraft } from './audit-filter';

interface FilterFieldsProps {
	readonly draft: FilterDraft;
	readonly change: (part: Partial<FilterDraft>) => void;
}

const EMPTY = draftOfAddress('');

export function FilterFields({ draft, change }: FilterFieldsProps) {
	const { access } = useSignedIn();
	const empty = JSON.stringify(draft) === JSON.stringify(EMPTY);
	return (
		<SimpleGrid component="search" aria-label="Filter" cols={{ base: 2, md: 4 }} mb="md">
			<Autocomplete
				label="Kind"
				placeholder="All"
				data={[...ENTITIES]}
				value={draft.entity}
				onChange={(entity) => change({ entity })}
			/>
			<TextInput
				label="Id"
				placeholder="All"
				spellCheck={false}
				value={draft.entityId}
				onChange={(event) => change({ entityId: event.currentTarget.value })}
			/>
			<TextInput
				label="Actor"
				placeholder="operator, user:<id>, key:<id>"
				spellCheck={false}
				value={draft.actor}
				onChange={(event) => change({ actor: event.currentTarget.value })}
			/>
			<Autocomplete
				label="Action"
				placeholder="All"
				data={[...ACTIONS]}
				value={draft.action}
				onChange={(action) => change({ action })}
			/>
			<TextInput
				type="datetime-local"
				label="From"
				value={draft.from}
				onChange={(event) => change({ from: event.currentTarget.value })}
			/>
			<TextInput
				type="datetime-local"
				label="Until"
				value={draft.to}
				onChange={(event) => change({ to: event.currentTarget.value })}
			/>
			{access.role === 'operator' && (
				<Switch
					label="Of the platform itself"
					mt={30}
					checked={draft.platform}
					onChange={(event) => change({ platform: event.currentTarget.checked })}
				/>
			)}
			<Button variant="default" mt={25} disabled={empty} onClick={() => change(EMPTY)}>
				Clear the filter
			</Button>
		</SimpleGrid>
	);
}

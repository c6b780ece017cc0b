/** A model by name: chosen from those that can be used now, or written, since not every model is listed. */
import { Autocomplete, type ComboboxParsedItem, type OptionsFilter } from '@mantine/core';
import { useModels } from '../data/queries';
import type { Model } from '../data/types';

export interface ModelInputProps {
	readonly label: string;
	readonly value: string;
	readonly onChange: (model: string) => void;
	readonly kind?: Model['kind'];
	/** Offered before the models: agents, `default`. */
	readonly before?: readonly { readonly group: string; readonly items: readonly string[] }[];
	readonly description?: string | undefined;
	readonly placeholder?: string;
	readonly error?: string | undefined;
	readonly required?: boolean;
	readonly w?: string;
	/** px */
	readonly maw?: number;
	/** The label is there for screen readers only. */
	readonly labelHidden?: boolean;
}

const MOST_SHOWN = 80;

const itemsOf = (entry: ComboboxParsedItem): readonly { readonly value: string }[] =>
	'group' in entry ? entry.items.flatMap(itemsOf) : [entry];

/** A value that is one of the options was chosen and not typed: then all are offered again. */
const filter: OptionsFilter = ({ options, search }) => {
	const sought = search.trim().toLowerCase();
	const chosen = options.some((entry) => itemsOf(entry).some((item) => item.value === search));
	if (sought === '' || chosen) return options;
	return options.flatMap((entry): ComboboxParsedItem[] => {
		if (!('group' in entry)) return entry.value.toLowerCase().includes(sought) ? [entry] : [];
		const items = entry.items.filter((item) => 'value' in item && item.value.toLowerCase().includes(sought));
		return items.length > 0 ? [{ ...entry, items }] : [];
	});
};

function grouped(models: readonly Model[]): { group: string; items: string[] }[] {
	const groups = new Map<string, string[]>();
	for (const { id, provider } of models) groups.set(provider, [...(groups.get(provider) ?? []), id]);
	return [...groups].map(([group, items]) => ({ group, items }));
}

export function ModelInput({ label, labelHidden, kind = 'chat', before = [], ...input }: ModelInputProps) {
	const { data: models = [] } = useModels();
	const data = [
		...before.filter(({ items }) => items.length > 0).map(({ group, items }) => ({ group, items: [...items] })),
		...grouped(models.filter((model) => model.kind === kind)),
	];
	return (
		<Autocomplete
			{...input}
			{...(labelHidden ? { 'aria-label': label } : { label })}
			data={data}
			filter={filter}
			limit={MOST_SHOWN}
			maxDropdownHeight={320}
			spellCheck={false}
			autoComplete="off"
			onFocus={(event) => event.currentTarget.select()}
		/>
	);
}

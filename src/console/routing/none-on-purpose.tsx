import { Checkbox } from '@mantine/core';

interface NoneOnPurposeProps {
	readonly label: string;
	/** null: nothing is set here. */
	readonly list: readonly unknown[] | null;
	/** What would hold then. */
	readonly below: readonly unknown[] | undefined;
	readonly change: (list: readonly [] | null) => void;
}

/** A list that is empty and counts all the same: only where there is something that it would stand over. */
export function NoneOnPurpose({ label, list, below, change }: NoneOnPurposeProps) {
	const isEmpty = list !== null && list.length === 0;
	if (list !== null && !isEmpty) return null;
	if (!isEmpty && (below === undefined || below.length === 0)) return null;
	return (
		<Checkbox
			mt="xs"
			size="xs"
			label={label}
			checked={isEmpty}
			onChange={(event) => change(event.currentTarget.checked ? [] : null)}
		/>
	);
}

import { Select } from '@mantine/core';
import { type ExplainedOptions, nameIn, namesIn } from './explained-options';

interface ExplainedSelectProps<Name extends string> {
	readonly label: string;
	readonly description?: string | undefined;
	/** What holds where nothing is chosen. */
	readonly placeholder: string;
	/** Of the button that empties it. */
	readonly clearLabel: string;
	readonly options: ExplainedOptions<Name>;
	/** '': nothing is chosen. */
	readonly value: Name | '';
	readonly error?: string | undefined;
	/** px */
	readonly maw?: number;
	readonly onChange: (value: Name | '') => void;
}

/** A choice, or none, where each option says in a line what it does. */
export function ExplainedSelect<Name extends string>(props: ExplainedSelectProps<Name>) {
	const { clearLabel, options, value, onChange, ...input } = props;
	return (
		<Select
			{...input}
			clearable
			clearButtonProps={{ 'aria-label': clearLabel }}
			data={namesIn(options).map((name) => ({ value: name, label: options[name].label }))}
			renderOption={({ option }) => {
				const name = nameIn(options, option.value);
				return (
					<div>
						<div>{option.label}</div>
						{name !== '' && <div className="option-hint">{options[name].explanation}</div>}
					</div>
				);
			}}
			maxDropdownHeight={420}
			value={value || null}
			onChange={(chosen) => onChange(nameIn(options, chosen))}
		/>
	);
}

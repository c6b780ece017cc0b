/** Options of a choice, by name, in the order in which they are offered. */
export interface ExplainedOption {
	readonly label: string;
	/** One line. */
	readonly explanation: string;
}

export type ExplainedOptions<Name extends string> = Readonly<Record<Name, ExplainedOption>>;

export const namesIn = <Name extends string>(options: ExplainedOptions<Name>): readonly Name[] =>
	Object.keys(options) as Name[];

/** '': it is none of them. */
export const nameIn = <Name extends string>(options: ExplainedOptions<Name>, text: string | null): Name | '' =>
	namesIn(options).find((name) => name === text) ?? '';

/** See variables.mjs. */
export function workerVariableNames(root: string): Set<string>;
export function selectVariables(
	names: ReadonlySet<string>,
	...layers: readonly Readonly<Record<string, string | undefined>>[]
): Record<string, string>;
export function parseVariables(text: string): Record<string, string>;
export function envFileText(variables: Readonly<Record<string, string>>): string;

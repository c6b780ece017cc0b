export function buildConsole(
	root: string,
	options?: { readonly force?: boolean; readonly quiet?: boolean },
): Promise<void>;

export function rotateKeys(
	call: (procedure: string, input: object, kind: 'mutation') => Promise<unknown>,
	print: (line: string) => void,
): Promise<number>;

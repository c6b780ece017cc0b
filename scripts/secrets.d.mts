export function newGatewayKey(): string;
export function gatewayKeyParts(key: string): { readonly id: string; readonly secret: string } | null;
export function completeSecrets(
	path: string,
	environment: Readonly<Record<string, string | undefined>>,
): Record<string, string>;

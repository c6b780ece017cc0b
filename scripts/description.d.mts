export function writeDescription(root: string): Promise<void>;

export function writeAssets(root: string): Promise<void>;

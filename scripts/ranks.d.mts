export function ranksFile(name: 'o200k_base' | 'cl100k_base'): ArrayBuffer;
export function writeRanks(root: string): void;

export function buildWorker(root: string, options?: { readonly force?: boolean }): Promise<string>;
export function sizeOf(path: string): { readonly bytes: number; readonly gzip: number };

/** The path of a base URL without a slash at its end; empty for a bare host. */
export const rootPath = (baseUrl: string): string => baseUrl.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/+$/, '');

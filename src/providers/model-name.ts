/** `pattern` as a model's name in which `*` stands for anything, an empty text included. */
export function matchesName(pattern: string, name: string): boolean {
	const [head = '', ...others] = pattern.split('*');
	const tail = others.pop();
	if (tail === undefined) return pattern === name;
	if (!name.startsWith(head) || name.length < head.length + tail.length || !name.endsWith(tail)) return false;
	const end = name.length - tail.length;
	let at = head.length;
	for (const part of others) {
		const found = name.indexOf(part, at);
		if (found < 0 || found + part.length > end) return false;
		at = found + part.length;
	}
	return true;
}

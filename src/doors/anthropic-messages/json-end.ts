/** Watches JSON text as it comes, without keeping it: is the object, or array, over? */
export class JsonEnd {
	#depth = 0;
	#inString = false;
	#escaped = false;
	#over = false;

	/** True from the bracket on that closes the first one. */
	get over(): boolean {
		return this.#over;
	}

	push(text: string): void {
		for (let at = 0; at < text.length && !this.#over; at += 1) {
			const unit = text[at] ?? '';
			if (this.#inString) this.#string(unit);
			else this.#bare(unit);
		}
	}

	#string(unit: string): void {
		if (this.#escaped) this.#escaped = false;
		else if (unit === '\\') this.#escaped = true;
		else if (unit === '"') this.#inString = false;
	}

	#bare(unit: string): void {
		if (unit === '"') this.#inString = true;
		else if (unit === '{' || unit === '[') this.#depth += 1;
		else if (unit === '}' || unit === ']') {
			this.#depth -= 1;
			this.#over = this.#depth <= 0;
		}
	}
}

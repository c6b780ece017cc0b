/** The console as its tests use it: every test fails where the page logged an error or broke its own policy. */
import { type APIRequestContext, test as base, expect, type Locator, type Page } from '@playwright/test';
import { SignJWT } from 'jose';
import { ADMIN_KEY, GATEWAY_KEY, JWT_SECRET, ORIGIN } from './environment';

export { expect } from '@playwright/test';

interface Console {
	/** What went wrong in the page; a test that provokes something takes it out by `expected`. */
	readonly problems: Problems;
}

class Problems {
	#list: string[] = [];

	add(problem: string): void {
		this.#list.push(problem);
	}

	/** Takes out what the test provoked; fails where it did not happen. */
	expected(pattern: RegExp): void {
		expect(this.#list.filter((problem) => pattern.test(problem))).not.toEqual([]);
		this.#list = this.#list.filter((problem) => !pattern.test(problem));
	}

	get all(): readonly string[] {
		return this.#list;
	}
}

const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
	console.error('policy violated: ' + event.violatedDirective + ' ' + event.blockedURI))`;

export const test = base.extend<Console>({
	problems: [
		async ({ page }, use) => {
			const problems = new Problems();
			page.on('pageerror', (error) => problems.add(error.message));
			page.on('console', (message) => {
				if (message.type() === 'error') problems.add(message.text());
			});
			page.on('request', (request) => {
				if (!request.url().startsWith(`${ORIGIN}/`)) problems.add(`a request to ${request.url()}`);
			});
			await page.addInitScript(REPORT_VIOLATIONS);
			await use(problems);
			expect(problems.all).toEqual([]);
		},
		{ auto: true },
	],
});

export async function enter(page: Page, key: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Key or token' }).fill(key);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signIn(page: Page, key: string): Promise<void> {
	await page.goto('/');
	await enter(page, key);
	await expect(composer(page)).toBeVisible();
}

/** With the key that `npm run dev` prints: it calls models and manages nothing. */
export const signInAsCaller = (page: Page): Promise<void> => signIn(page, GATEWAY_KEY);
export const signInAsOperator = (page: Page): Promise<void> => signIn(page, ADMIN_KEY);

interface Person {
	readonly sub: string;
	readonly role: 'owner' | 'admin' | 'member' | 'service';
}

/** A token as the identity provider of the demo organization makes them. */
export const tokenOf = ({ sub, role }: Person): Promise<string> =>
	new SignJWT({ sub, role, organization_id: 'demo' })
		.setProtectedHeader({ alg: 'HS256' })
		.setExpirationTime('10m')
		.sign(new TextEncoder().encode(JWT_SECRET));

export const signInAs = async (page: Page, person: Person): Promise<void> => signIn(page, await tokenOf(person));

/** A mutation of the typed API as the operator, beside the console. */
export async function change<Answer>(request: APIRequestContext, procedure: string, input: object): Promise<Answer> {
	const response = await request.post(`/trpc/${procedure}`, {
		headers: { authorization: `Bearer ${ADMIN_KEY}` },
		data: input,
	});
	const body = (await response.json()) as { result?: { data: Answer } };
	if (!body.result) throw new Error(`${procedure} failed: ${JSON.stringify(body)}`);
	return body.result.data;
}

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' });
export const lastAnswer = (page: Page): Locator => page.getByTestId('answer').last();

export async function open(page: Page, name: string): Promise<void> {
	await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
	await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

export async function choose(page: Page, model: string): Promise<void> {
	await page.getByRole('combobox', { name: 'Model or agent' }).fill(model);
	await page.keyboard.press('Escape');
}

/** Returns once the answer has begun. */
export async function ask(page: Page, model: string, text: string): Promise<void> {
	await choose(page, model);
	const before = await page.getByTestId('answer').count();
	await composer(page).fill(text);
	await composer(page).press('Enter');
	await expect(page.getByTestId('answer')).toHaveCount(before + 1);
}

export async function answered(page: Page): Promise<Locator> {
	await expect(lastAnswer(page)).toHaveAttribute('data-status', 'done');
	return lastAnswer(page);
}

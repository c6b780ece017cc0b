import { answered, ask, choose, composer, expect, lastAnswer, open, signInAsCaller, test } from './console';

test.beforeEach(({ page }) => signInAsCaller(page));

test('an answer comes with its cost, who gave it and its receipt', async ({ page }) => {
	await ask(page, 'mock/echo', 'Seven words go into this very message.');
	const answer = await answered(page);
	await expect(answer).toContainText('Seven words go into this very message.');
	const figures = answer.getByTestId('figures');
	await expect(figures).toContainText('mock/echo');
	await expect(figures).toContainText(/\d+ in · \d+ out/);
	await expect(figures).toContainText(/\$0\.0000\d+/);
	await expect(figures).toContainText(/first token \d/);
	await expect(figures).not.toContainText('≈');
	await answer.getByText('Receipt').click();
	const receipt = answer.getByRole('table', { name: 'Receipt' });
	await expect(receipt.getByRole('row', { name: /Context/ })).toContainText(
		/Nothing was taken away: \d+ prompt tokens, and [\d,]+ fit/,
	);
	await expect(receipt.getByRole('row', { name: /Attempts/ })).toContainText('1');
	const routing = answer.getByRole('table', { name: 'Routing' });
	await expect(routing.getByRole('row')).toHaveCount(2);
	await expect(routing.getByRole('row', { name: /mock\/echo/ })).toContainText('answered');
});

test('an answer that is on its way can be stopped, and the conversation goes on', async ({ page }) => {
	await ask(page, 'mock/slow', 'word '.repeat(400));
	await expect(lastAnswer(page)).toContainText('word word word');
	await expect(lastAnswer(page).getByTestId('figures')).toContainText('≈');
	await page.getByRole('button', { name: 'Stop' }).click();
	await expect(lastAnswer(page)).toHaveAttribute('data-status', 'stopped');
	const length = (await lastAnswer(page).textContent())?.length ?? 0;
	expect(length).toBeLessThan(1_500);
	await ask(page, 'mock/echo', 'And now?');
	await expect(await answered(page)).toContainText('And now?');
	await expect(page.getByTestId('answer')).toHaveCount(2);
});

test('reasoning stands apart from the answer', async ({ page }) => {
	await ask(page, 'mock/reasoning', 'Think first.');
	const answer = await answered(page);
	await expect(answer.getByTestId('reasoning')).toContainText('I shall answer it');
	await expect(answer).toContainText('Think first.');
});

test('a tool call is shown and takes its result', async ({ page }) => {
	await page.getByRole('button', { name: 'Insert an example' }).click();
	await ask(page, 'mock/tools', 'How is the weather?');
	const answer = await answered(page);
	await expect(answer).toContainText('tool call');
	await expect(answer).toContainText('"place"');
	await page.getByRole('textbox', { name: 'Result of weather' }).fill('{"celsius": 7}');
	await page.getByRole('button', { name: 'Send result' }).click();
	await expect(lastAnswer(page)).toContainText('weather returned {"celsius": 7}');
});

test('tools that are not JSON are named at their field and not sent', async ({ page }) => {
	const tools = page.getByRole('textbox', { name: 'Tools' });
	await tools.fill('[{');
	await expect(tools).toHaveAttribute('aria-invalid', 'true');
	await composer(page).fill('Hello');
	await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
});

test('a failure is shown with its code and what to do about it', async ({ page }) => {
	await ask(page, 'nobody/nothing', 'Hello');
	const alert = lastAnswer(page).getByRole('alert');
	await expect(alert).toContainText('model_not_found');
	await expect(alert).toContainText('Choose a model from the list');
	await choose(page, 'mock/echo');
	await alert.getByRole('button', { name: 'Try again' }).click();
	await expect(await answered(page)).toContainText('Hello');
	await expect(page.getByTestId('answer')).toHaveCount(1);
});

test('an answer that breaks off keeps what came and says why it ended', async ({ page }) => {
	await ask(page, 'mock/script', '[{"text":"The beginning"},{"delayMs":200},{"cut":true}]');
	await expect(lastAnswer(page)).toHaveAttribute('data-status', 'failed');
	await expect(lastAnswer(page)).toContainText('The beginning');
	await expect(lastAnswer(page).getByRole('alert')).toContainText('The answer was cut short');
});

test('a conversation stays while another page is looked at', async ({ page }) => {
	await ask(page, 'mock/slow', 'one two three four five six seven eight nine ten eleven twelve');
	await open(page, 'Models');
	await open(page, 'Playground');
	await expect(await answered(page)).toContainText('eleven twelve');
});

test('the keyboard alone reaches the composer, sends and stops', async ({ page }) => {
	await page.reload();
	await expect(composer(page)).toBeVisible();
	await page.keyboard.press('Tab');
	await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
	await page.keyboard.press('Enter');
	const focused = 'document.activeElement?.getAttribute("aria-label")';
	for (let presses = 0; presses < 8 && (await page.evaluate(focused)) !== 'Message'; presses++)
		await page.keyboard.press('Tab');
	await expect(composer(page)).toBeFocused();
	await page.keyboard.type('/'.repeat(3));
	await page.keyboard.press('Shift+Enter');
	await page.keyboard.type('second line');
	await page.keyboard.press('Enter');
	await expect(await answered(page)).toContainText('second line');
	await expect(composer(page)).toBeFocused();
	await ask(page, 'mock/slow', 'word '.repeat(400));
	await expect(lastAnswer(page)).toContainText('word word');
	await page.keyboard.press('Escape');
	await expect(lastAnswer(page)).toHaveAttribute('data-status', 'stopped');
});

/** What a request would count and cost, in words. */
import type { EstimateResult } from '../../client';
import { isUntouched, methodText, receiptText } from '../context/receipt-words';
import { count, counted, usd } from '../ui/format';

function costText({ costUsd }: EstimateResult): string {
	if (!costUsd) return 'price unknown';
	const [min, max] = [usd(Number(costUsd.min)), usd(Number(costUsd.max))];
	return min === max ? max : `${min} to ${max}`;
}

function budgetText({ budgetLeftUsd, fits }: EstimateResult): string {
	if (budgetLeftUsd === null) return fits === null ? 'the budget can’t be read now' : 'no budget is set';
	const left = `${usd(Number(budgetLeftUsd))} of the budget left`;
	if (fits === null) return left;
	return fits ? `${left}: it fits` : `${left}: the most it may cost does not fit`;
}

/** Figures, one beside the other. `planned`: what would be taken away; null: nothing would. */
export function estimateTexts(estimate: EstimateResult) {
	const { inputTokens, outputTokens, method, context, provider, model } = estimate;
	const factor = context.method === method ? context.factor : null;
	return {
		who: `${provider}/${model}`,
		input: `${counted(inputTokens, 'token')} in, ${methodText({ method, factor })}`,
		output: `up to ${count(outputTokens.max)} out`,
		cost: costText(estimate),
		budget: budgetText(estimate),
		planned: isUntouched(context) ? null : receiptText(context),
	};
}

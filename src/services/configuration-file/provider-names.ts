/** What other programs call our providers (docs.litellm.ai/docs/providers), where it is not our own id. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
	azure: 'azure-openai',
	azure_ai: 'azure-openai',
	azure_openai: 'azure-openai',
	bedrock_converse: 'bedrock',
	cloudflare: 'workers-ai',
	cohere_chat: 'cohere',
	custom_openai: 'custom',
	gemini: 'google',
	hosted_vllm: 'custom',
	lm_studio: 'lmstudio',
	meta: 'meta-llama',
	meta_llama: 'meta-llama',
	ollama_chat: 'ollama',
	openai_like: 'custom',
	text_completion_openai: 'openai',
	vllm: 'custom',
	workers_ai: 'workers-ai',
};

/** Our id of a provider as anybody spells it; unknown names come back as they are, for the check that knows ours. */
export function providerNamed(name: string): string {
	const plain = name.trim().toLowerCase();
	return Object.hasOwn(OTHER_NAMES, plain) ? (OTHER_NAMES[plain] ?? plain) : plain;
}

/** Providers whose name stands for any server that speaks their protocol, once an address is given. */
const AT_ADDRESS: Readonly<Record<string, string>> = { openai: 'custom' };

/** The provider that is meant where the entry has an address of its own. */
export const providerAt = (id: string): string => (Object.hasOwn(AT_ADDRESS, id) ? (AT_ADDRESS[id] ?? id) : id);

/** `provider/model` with the provider in our spelling; a bare name stays bare. */
export function modelNamed(name: string): string {
	const slash = name.indexOf('/');
	return slash > 0 ? `${providerNamed(name.slice(0, slash))}/${name.slice(slash + 1)}` : name;
}

/** LiteLLM writes `os.environ/NAME`; a reference is `${NAME}` here. */
export const referenceOf = (text: string): string => text.replace(/^os\.environ\/(\w+)$/, '$${$1}');

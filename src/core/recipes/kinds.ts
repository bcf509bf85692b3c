/** The names of what a recipe can ask for; apart from the recipe, so that pages need not know what training is made of. */

export type Technique = 'sft' | 'dpo';
export type BackendId = 'local';

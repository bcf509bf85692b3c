/** The names of what a recipe can ask for; apart from the recipe, so that pages need not know what training is made of. */

export const TECHNIQUES = ['sft', 'dpo', 'rft', 'distill', 'cpt'] as const;
export type Technique = (typeof TECHNIQUES)[number];

export const BACKEND_IDS = ['local'] as const;
export type BackendId = (typeof BACKEND_IDS)[number];

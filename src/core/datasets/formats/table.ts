/** All formats, those that say most about a row first: a row is what the first of them says that knows it. */

import { alpaca } from './alpaca.ts';
import { anthropicHh } from './anthropicHh.ts';
import { bedrockConversation } from './bedrockConversation.ts';
import { bedrockRft } from './bedrockRft.ts';
import type { Format, FormatId } from './format.ts';
import { gemini } from './gemini.ts';
import { geminiPreference } from './geminiPreference.ts';
import { geminiRft } from './geminiRft.ts';
import { kto, ktoMessages } from './kto.ts';
import { labelledText } from './labelledText.ts';
import { novaDpo } from './novaDpo.ts';
import { openaiChat } from './openaiChat.ts';
import { openaiDpo } from './openaiDpo.ts';
import { openaiRft } from './openaiRft.ts';
import { plainTextFormat } from './plainText.ts';
import { promptCompletion, promptCompletionMessages } from './promptCompletion.ts';
import { sharegpt } from './sharegpt.ts';
import { trlPreferenceImplicit, trlPreferenceImplicitText } from './trlImplicit.ts';
import { trlPreference, trlPreferenceMessages } from './trlPreference.ts';
import { ultrafeedback } from './ultrafeedback.ts';
import { verl } from './verl.ts';

export const FORMATS: readonly Format[] = [
  ktoMessages, kto,
  bedrockRft, verl,
  geminiPreference, geminiRft, gemini,
  ultrafeedback, openaiDpo,
  trlPreferenceMessages, trlPreference,
  anthropicHh, trlPreferenceImplicitText, trlPreferenceImplicit,
  novaDpo, bedrockConversation, openaiRft, openaiChat, sharegpt,
  alpaca, promptCompletionMessages, promptCompletion,
  labelledText, plainTextFormat,
];

const BY_ID = new Map(FORMATS.map((format) => [format.id, format]));

export const FORMAT_IDS: readonly FormatId[] = FORMATS.map(({ id }) => id).sort();

export function formatOf(id: FormatId): Format {
  const format = BY_ID.get(id);
  if (!format) throw new Error(`no format is called ${id}`);
  return format;
}

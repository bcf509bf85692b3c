/** Repairs a browser language that Intl refuses, before uPlot formats with it: Chromium under LANG=C says "en-US@posix". */

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}

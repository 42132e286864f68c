import { readAsset } from './assets.ts';
import { escapeHtml, jsonForScript } from './embed.ts';

export interface Page {
  readonly title: string;
  /** The script that draws it from its data. */
  readonly script: 'report.js' | 'timeline.js';
  readonly data: unknown;
}

const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="#0b6bcb"><circle cx="8" cy="3" r="2"/>' +
      '<circle cx="3" cy="12" r="2"/><circle cx="13" cy="12" r="2"/></g></svg>',
  );

/** One file with all that it needs: it asks no network, and a policy holds it to that. */
export function htmlPage({ title, script, data }: Page): string {
  const style = readAsset(script === 'timeline.js' ? 'timeline.css' : 'style.css');
  const code = readAsset(script);
  const policy = [
    "default-src 'none'",
    `script-src ${code.hash}`,
    `style-src ${style.hash}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON}">
<style>${style.text}</style>
</head>
<body>
<noscript>This page draws itself with JavaScript, from data that it carries. It asks no network.</noscript>
<div id="page"></div>
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${code.text}</script>
</body>
</html>
`;
}

/** What a form or a query says; '' behind a name without a value. Broken percent signs stay as they are. */
export function pairsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('&').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decoded(name), decoded(value.join('='))];
    }),
  );
}

/** Path and query of the address of a request. */
export function addressed(url: string): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const [path = '', query = ''] = url.split('?', 2);
  return { path: decoded(path), query: pairsOf(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
